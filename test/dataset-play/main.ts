/**
 * A dataset with faults, alone in its mount namespace: rows whose job writes its spec's hash and notes it beside the
 * data folder; failures of five kinds, two kills, a full disk, a stop. Prints what is wrong as JSON.
 */
import {mkdirSync, readFileSync, watch, writeFileSync} from 'node:fs';
import path from 'node:path';
import {mountSmallDisk} from '../chaos/small-disk.js';
import {startCosmos} from '../cosmos.js';

const [folder = '', rowsWord = ''] = process.argv.slice(2);
const count = Number(rowsWord);
/** One row of so many fails. */
const failEvery = 50;
const kinds = ['flaky', 'killed', 'silent', 'empty', 'exit'] as const;
const ending: Readonly<Record<string, string>> = {
	silent: 'no-output',
	empty: 'no-output',
	exit: 'program-error',
};

const kindOf = (index: number) =>
	index % failEvery === 7 ? kinds[Math.floor(index / failEvery) % kinds.length] : undefined;
const textOf = (index: number) => `clip ${index} ${kindOf(index) ?? 'fine'}`;

const disk = mountSmallDisk(path.join(folder, 'disk'), 256 + Math.ceil(count / 5));
const notes = path.join(folder, 'notes');
const job = path.join(folder, 'job.sh');
const config = path.join(folder, 'config.toml');
const manifest = path.join(folder, 'manifest.jsonl');
const out = path.join(disk.folder, 'out.jsonl');
mkdirSync(path.join(folder, 'host'));
writeFileSync(notes, '');
writeFileSync(
	job,
	`text=$(cat "$2"); echo "begin $text" >> ${notes}
again() { [ "$(grep -cxF "begin $text" ${notes})" != 1 ]; }
case "$text" in
*flaky) again || exit 3;;
*killed) again || kill -9 $$;;
*silent) exit 0;;
*empty) : > "$3/hash.txt"; exit 0;;
*exit) exit 4;;
esac
hash=$(sha256sum < "$1"); hash=\${hash%% *}
echo "$hash" > "$3/hash.txt"; echo "done $text $hash" >> ${notes}
`,
);
writeFileSync(
	config,
	`default_host = "here"
[hosts.here]
ssh = "local"
engine = "process"
simulated = true
remote_dir = "${folder}/host"
gpus = [[0], [1], [2]]
[recipes.hash]
command = ["sh", "${job}", "{spec}", "{prompt}", "{outputs}"]
inputs = []
outputs = ["hash.txt"]
`,
);
writeFileSync(
	manifest,
	Array.from(
		{length: count},
		(_, index) => `${JSON.stringify({id: `r${index}`, text: textOf(index), seed: index})}\n`,
	).join(''),
);

const words = [
	...['dataset', 'run', manifest, '-o', out, '--recipe', 'hash'],
	...['--config', config, '--data', path.join(disk.folder, 'data')],
];
const noted = () => readFileSync(notes, 'utf8').split('\n');
const finished = () => noted().filter(line => line.startsWith('done ')).length;

/** Resolves when a part of all rows has run. */
function until(part: number): Promise<void> {
	return new Promise(resolve => {
		const look = () => {
			if (finished() >= part * count) {
				watcher.close();
				resolve();
			}
		};

		const watcher = watch(notes, look);
		look();
	});
}

/** Runs the dataset, and does something to it in the middle. @returns how it ended */
async function play(part: number, strike: (pid: number) => void) {
	const started = startCosmos(words, {env: {HOME: folder}});
	const ended = started.ended.then(end => ({end}));
	await Promise.race([until(part), ended]);
	strike(started.process.pid as number);
	return (await ended).end;
}

const ends: Array<{code: number; said: string}> = [];
const note = ({code, stderr}: {code: number; stderr: string}) =>
	ends.push({code, said: stderr.slice(-300)});
note(await play(0.15, pid => process.kill(pid, 'SIGKILL')));
note(await play(0.3, pid => process.kill(pid, 'SIGKILL')));
note(await play(0.5, disk.fill));
disk.free();
note(await play(0.7, pid => process.kill(pid, 'SIGINT')));
note(await startCosmos(words, {env: {HOME: folder}}).ended);

const problems: string[] = [];
const done = new Map<string, string[]>();
for (const line of noted()) {
	const [, text = '', hash = ''] = /^done (.*) (\w{64})$/.exec(line) ?? [];
	done.set(text, [...(done.get(text) ?? []), hash]);
}

const rows = readFileSync(out, 'utf8')
	.trimEnd()
	.split('\n')
	.map(line => JSON.parse(line));
if (rows.length !== count) {
	problems.push(`${rows.length} rows instead of ${count}`);
}

for (const [index, row] of rows.entries()) {
	const kind = kindOf(index);
	const reason = kind === undefined ? undefined : ending[kind];
	const hashes = done.get(textOf(index)) ?? [];
	const is = `${row.id} ${row.status} ${row.reason ?? ''}`.trim();
	const wanted = `r${index} ${reason === undefined ? 'completed' : `failed ${reason}`}`;
	if (is !== wanted) {
		problems.push(`${is} instead of ${wanted}: ${row.message ?? ''}`);
	} else if (reason === undefined) {
		const written = readFileSync(row.outputs[0].path, 'utf8').trim();
		if (hashes.length !== 1 || written !== hashes[0]) {
			problems.push(`${row.id} has ${written}; its jobs wrote ${hashes.join(', ')}`);
		}
	}
}

disk.unmount();
process.stdout.write(JSON.stringify({ends, problems, rows: rows.length}));
