// `npm run profile -- [SECONDS]`: the dashboard with 50,000 log lines a second streaming into it, for ten
// seconds or as many as are given; prints in which functions it spent its time, and where the profile
// lies, which a browser's developer tools open.
import './typescript-hook.mjs';
import {mkdtempSync, readdirSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {must} from '../scripts/steps.mjs';

/** Functions that are printed. */
const most = 25;

const [length = 10] = process.argv.slice(2).map(Number);
if (!(length > 0)) {
	process.stderr.write('npm run profile -- [SECONDS]: SECONDS is a number above 0\n');
	process.exit(2);
}

const {withStreamingLog} = await import('./streaming.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-profile-'));
must('node', ['scripts/build.mjs', '--names']);
let begun = 0;
try {
	await withStreamingLog(
		async terminal => {
			begun = process.hrtime.bigint();
			await wait(length * 1000);
			// Asked to end, it writes its profile.
			terminal.kill('SIGTERM');
			await terminal.exited;
		},
		['--cpu-prof', `--cpu-prof-dir=${folder}`],
	);
} finally {
	must('node', ['scripts/build.mjs']);
}

const [name] = readdirSync(folder).filter(file => file.endsWith('.cpuprofile'));
const file = path.join(folder, name);
// The time before the stream does not count.
const {rows, whole} = selfTimes(JSON.parse(readFileSync(file, 'utf8')), Number(begun / 1000n));
for (const [what, time] of rows.slice(0, most)) {
	const share = ((100 * time) / whole).toFixed(1).padStart(5);
	console.log(`${(time / 1000).toFixed(0).padStart(6)} ms ${share}%  ${what}`);
}

console.log(`\n${file}`);

/** Functions with the microseconds spent in each of them, the heaviest first. */
function selfTimes({nodes, samples, timeDeltas, startTime}, since) {
	const names = new Map(nodes.map(({id, callFrame}) => [id, nameOf(callFrame)]));
	const times = new Map();
	let at = startTime;
	let whole = 0;
	for (const [index, id] of samples.entries()) {
		at += timeDeltas[index];
		if (at >= since) {
			times.set(names.get(id), (times.get(names.get(id)) ?? 0) + timeDeltas[index]);
			whole += timeDeltas[index];
		}
	}

	return {rows: [...times].sort(([, a], [, b]) => b - a), whole};
}

function nameOf({functionName, url, lineNumber}) {
	const place = url === '' ? '' : `  ${path.basename(url)}:${lineNumber + 1}`;
	return `${functionName || '(anonymous)'}${place}`;
}
