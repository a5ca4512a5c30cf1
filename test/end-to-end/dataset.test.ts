import {appendFileSync, existsSync, readFileSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createWorkflow} from '../../source/index.js';
import {samplesFolder} from '../../source/package-root.js';
import {startCosmos} from '../cosmos.js';
import {type DatasetShell, openDatasetShell} from '../dataset-shell.js';

let shell: DatasetShell;
let out: string;

beforeEach(async () => {
	shell = await openDatasetShell();
	out = path.join(shell.folder, 'out.jsonl');
});

afterEach(() => shell.close());

const lines = (...rows: object[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('');
const dataset = (manifest: string, ...words: string[]) =>
	shell.run('dataset', 'run', manifest, '-o', out, '--recipe', 'hash', ...words);

describe('a dataset run', () => {
	it('writes a row for each clip, with outputs, seconds, host and the columns of the manifest', async () => {
		const manifest = shell.write(
			'm.csv',
			'\ufeffid,text,seed,shot\na,"A street, wet",1,s1\nb,A dune,2,s2\n',
		);
		expect(await dataset(manifest)).toMatchObject({code: 0});
		const [first, second] = shell.rows('out.jsonl');
		expect(first).toMatchObject({
			...{id: 'a', line: 2, status: 'completed', text: 'A street, wet', shot: 's1', host: 'here'},
			settings: {seed: 1},
			attempts: 1,
			seconds: expect.any(Number),
			outputs: [{sha256: expect.stringMatching(/^[0-9a-f]{64}$/)}],
		});
		expect(second).toMatchObject({id: 'b', line: 3, status: 'completed'});
		const [output] = (first?.outputs ?? []) as Array<{path: string}>;
		expect(readFileSync(output?.path ?? '', 'utf8')).toMatch(/^[0-9a-f]{64} /);
		const {stdout} = await shell.run('list', 'runs', '--where', `dataset:${first?.dataset}`);
		expect(stdout.trim().split('\n')).toHaveLength(2);
	});

	it('runs what is new and what has changed, and nothing else, when it is repeated', async () => {
		const rows = ['a', 'b', 'c'].map(id => ({id, text: `Clip ${id}`}));
		const manifest = shell.write('m.jsonl', lines(...rows));
		await dataset(manifest);
		expect(await dataset(manifest)).toMatchObject({code: 0});
		expect(shell.begun()).toHaveLength(3);
		shell.write(
			'm.jsonl',
			lines({...rows[0], seed: 5}, ...rows.slice(1), {id: 'd', text: 'Clip d'}),
		);
		const plan = await dataset(manifest, '--dry-run', '--json');
		expect(JSON.parse(plan.stdout)).toMatchObject({rows: 4, finished: 2, changed: 1, run: 2});
		expect(JSON.parse(plan.stdout).seconds).toBeGreaterThan(0);
		await dataset(manifest);
		expect(shell.begun().sort()).toEqual(['Clip a', 'Clip a', 'Clip b', 'Clip c', 'Clip d']);
		expect(shell.rows('out.jsonl').map(({id, status}) => `${id} ${status}`)).toEqual([
			...['a completed', 'b completed', 'c completed', 'd completed'],
		]);
	});

	it('runs two rows of the same content once, and gives both the result', async () => {
		const manifest = shell.write(
			'm.jsonl',
			lines({id: 'a', text: 'Same'}, {id: 'b', text: 'Same'}),
		);
		expect(await dataset(manifest)).toMatchObject({code: 0});
		expect(shell.begun()).toEqual(['Same']);
		const [a, b] = shell.rows('out.jsonl');
		expect(a?.outputs).toEqual(b?.outputs);
	});

	it('makes a clip of each combination of settings and texts, with its axes wherever a run is shown', async () => {
		const weathers = ['rain', 'snow', 'fog'];
		const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
		const manifest = shell.write('m.jsonl', lines({id: 'a', text: 'In {rain|snow|fog}'}));
		expect(await dataset(manifest, '--seed', '1..8')).toMatchObject({code: 0});
		const rows = shell.rows('out.jsonl');
		const points = seeds.flatMap(seed => weathers.map(text => ({seed, text})));
		expect(rows.map(({id, text, sweep}) => ({id, text, sweep}))).toEqual(
			points.map(point => ({
				id: `a seed ${point.seed}, text ${point.text}`,
				text: `In ${point.text}`,
				sweep: point,
			})),
		);
		const {stdout} = await shell.run('list', 'sweeps', '--json');
		const sweeps = JSON.parse(stdout);
		expect(sweeps).toMatchObject([
			{runs: 24, axes: {seed: seeds, text: weathers}, statuses: {completed: 24}},
		]);
		const where = ['list', 'runs', '--where', `sweep:${sweeps[0].id}`];
		const list = (await shell.run(...where)).stdout.trim().split('\n');
		expect(list).toHaveLength(24);
		expect(list).toContainEqual(expect.stringContaining('seed 8, text fog'));
		const json = JSON.parse((await shell.run(...where, '--json')).stdout) as Array<{
			sweep: {axes: (typeof points)[number]};
		}>;
		const order = ({seed, text}: (typeof points)[number]) => seed * 10 + weathers.indexOf(text);
		const found = json.map(({sweep}) => sweep.axes).sort((a, b) => order(a) - order(b));
		expect(found).toEqual(points);
		const show = await shell.run('show', rows[23]?.run as string);
		expect(show.stdout).toContain(`sweep     ${sweeps[0].id}: seed 8, text fog\n`);
	});

	it('refuses a manifest of a few lines that stands for millions of clips', async () => {
		const text = Array.from({length: 13}, (_, at) => `{a${at}|b${at}}`).join(' ');
		const many = Array.from({length: 200}, (_, at) => ({id: String(at), text: `${at} ${text}`}));
		const manifest = shell.write('m.jsonl', lines(...many));
		const {code, stderr} = await dataset(manifest, '--dry-run');
		expect({code, stderr}).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('m.jsonl make more than 100000 clips'),
		});
	});

	it('takes a folder of clips, files by role, and patterns', async () => {
		const sample = path.join(samplesFolder(), 'city-night', 'color.mp4');
		const video = readFileSync(sample, 'latin1');
		for (const name of ['clip_0000', 'clip_0001']) {
			shell.write(`clips/${name}/rgb.mp4`, '');
			writeFileSync(path.join(shell.folder, 'clips', name, 'rgb.mp4'), video, 'latin1');
		}

		const folder = path.join(shell.folder, 'clips');
		const words = ['--recipe', 'color', '--text', 'A street'];
		const byFolder = await shell.run('dataset', 'run', folder, '-o', out, ...words, '--dry-run');
		expect(byFolder.stdout).toContain('2 clips: 1 to run, 1 the same as another');
		const manifest = shell.write(
			'm.jsonl',
			lines(
				{id: 'f', folder: 'clips/*', text: 'One'},
				{id: 'p', color: 'clips/*/rgb.mp4', text: 'Two'},
				{id: 'o', color: sample, text: 'Three'},
			),
		);
		const {stdout} = await shell.run(
			'dataset',
			'run',
			manifest,
			'-o',
			out,
			...words,
			'--dry-run',
			'--json',
		);
		expect(JSON.parse(stdout)).toMatchObject({rows: 5, run: 3, repeated: 2, bad: []});
	});

	it('refuses an output file that it did not write, and one of another kind', async () => {
		const manifest = shell.write('m.jsonl', lines({text: 'A'}));
		shell.write('out.jsonl', 'mine\n');
		expect(await dataset(manifest)).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('exists, and no dataset wrote it'),
		});
		expect(readFileSync(out, 'utf8')).toBe('mine\n');
		expect((await shell.run('dataset', 'run', manifest, '-o', 'x.txt')).stderr).toContain(
			'written as JSON lines or CSV',
		);
	});
});

it('waits at its end for the jobs of others that it has started, and starts no more', async () => {
	const go = path.join(shell.folder, 'go');
	const job = shell.write('held.sh', `until [ -e ${go} ]; do sleep 0.1; done; echo x > "$1/x"\n`);
	appendFileSync(
		shell.config,
		`[recipes.held]\ncommand = ["sh", "${job}", "{outputs}"]\ninputs = []\noutputs = ["x"]\n`,
	);
	const prompt = (await shell.run('create', 'prompt', 'Other')).stdout.trim();
	await shell.run('queue', 'add', 'recipe', 'held', prompt);
	const manifest = shell.write('m.jsonl', lines({id: 'a', text: 'Mine'}));
	const words = ['dataset', 'run', manifest, '-o', out, '--recipe', 'hash'];
	const env = {HOME: shell.folder, COSMOS_DATA: shell.data};
	const started = startCosmos([...words, '--config', shell.config], {env});
	await started.seen(/every row has ended; waiting for 1 other job of the queue/, 'stderr');
	expect(shell.rows('out.jsonl')).toMatchObject([{id: 'a', status: 'completed'}]);
	await shell.run('queue', 'add', 'recipe', 'hash', prompt);
	writeFileSync(go, '');
	expect(await started.ended).toMatchObject({code: 0});
	const runs = (await shell.store.listRuns()).map(({run}) => `${run.model} ${run.status}`);
	expect(runs.sort()).toEqual(['hash completed', 'held completed']);
});

describe('a bad row', () => {
	const manifest = () =>
		shell.write('m.csv', 'id,text,seed\na,Fine,1\nb,Wrong,x\nc,,3\nd,Short\ne,Out of range,-4\n');

	it('is named with file, line, column and rule, and nothing starts', async () => {
		const file = manifest();
		const plan = await dataset(file, '--dry-run');
		expect(plan.code).toBe(2);
		expect(plan.stderr.trimEnd().split('\n')).toEqual([
			`${file}:3: column "seed": must be a whole number, not "x"`,
			`${file}:4: column "text": is empty, and there is no --text`,
			`${file}:5: has 2 cells, and the head has 3`,
			expect.stringContaining(`${file}:6: --seed must be 0 to 4294967295, not -4`),
		]);
		const ended = await dataset(file);
		expect(ended).toMatchObject({code: 2, stderr: expect.stringContaining('and 3 more')});
		expect([existsSync(out), shell.begun()]).toEqual([false, []]);
	});

	it('is one whose text has a NUL character', async () => {
		const file = shell.write('nul.jsonl', lines({text: 'A'}, {text: 'B\0'}));
		const {code, stderr} = await dataset(file, '--dry-run');
		expect([code, stderr]).toEqual([2, `${file}:2: a text has a NUL character\n`]);
	});

	it('is written with its reason by --skip-bad, which runs the others', async () => {
		const ended = await dataset(manifest(), '--skip-bad');
		expect(ended.code).toBe(1);
		const rows = shell.rows('out.jsonl').map(({id, status, reason}) => [id, status, reason]);
		expect(rows).toEqual([
			['a', 'completed', undefined],
			...['b', 'c', 'd', 'e'].map(id => [id, 'bad', 'bad-row']),
		]);
	});

	it.each([
		['{"text": ', ':1: is not valid JSON'],
		['[1]', ':1: must be a JSON object'],
		['{"text": "A", "color": "no/such.mp4"}', ':1: there is no file no/such.mp4'],
		['{"text": "A", "color": "no/*.mp4"}', 'column "color": matches no files: no/*.mp4'],
		['{"text": "A", "settings": {"sed": 1}}', 'column "settings": sed is not a setting'],
		['{"text": "A", "name": "a/b"}', 'is not a valid prompt name'],
		['', 'has no rows'],
	])('%s is refused', async (text, message) => {
		const ended = await dataset(shell.write('m.jsonl', `${text}\n`), '--dry-run');
		expect(ended.code).toBe(2);
		expect(ended.stderr.replaceAll(`${shell.folder}/`, '')).toContain(message);
	});
});

describe('a failure', () => {
	it('is tried again as its reason says, and reported once', async () => {
		const manifest = shell.write(
			'm.jsonl',
			lines({id: 'a', text: 'flaky a'}, {id: 'b', text: 'silent b'}, {id: 'c', text: 'fail 4'}),
		);
		const ended = await dataset(manifest);
		expect(ended.code).toBe(1);
		const rows = shell.rows('out.jsonl').map(row => [row.id, row.status, row.reason, row.attempts]);
		expect(rows).toEqual([
			['a', 'completed', undefined, 2],
			['b', 'failed', 'no-output', 2],
			['c', 'failed', 'program-error', 2],
		]);
		expect(ended.stderr.match(/^b: failed/gm)).toHaveLength(1);
		expect(shell.begun().sort()).toEqual([
			...['fail 4', 'fail 4', 'flaky a', 'flaky a', 'silent b', 'silent b'],
		]);
	});

	it('stops the dataset when there are more than --max-failures', async () => {
		const texts = Array.from({length: 10}, (_, at) => ({id: `r${at}`, text: `fail ${at + 1}`}));
		const manifest = shell.write('m.jsonl', lines(...texts));
		const ended = await dataset(manifest, '--max-failures', '20%');
		expect(ended).toMatchObject({code: 1, stderr: expect.stringContaining('--max-failures')});
		const rows = shell.rows('out.jsonl');
		const failed = rows.filter(({status}) => status === 'failed').length;
		expect(failed).toBeGreaterThan(2);
		expect(failed).toBeLessThan(10);
		const waiting = rows.filter(({status}) => status === 'waiting' || status === 'cancelled');
		expect(waiting.length + failed).toBe(10);
		const {jobs} = await shell.store.readQueue();
		expect(jobs.filter(({status}) => status === 'waiting')).toEqual([]);
	});

	it('is an input that has changed since the manifest was read', async () => {
		const file = shell.write('notes.txt', 'one');
		const config = readFileSync(shell.config, 'utf8');
		shell.write(
			'config.toml',
			`${config}\n[recipes.notes]\ncommand = ["cp", "{input.notes}", "{outputs}/hash.txt"]\ninputs = ["notes"]\noutputs = ["hash.txt"]\n`,
		);
		const manifest = shell.write(
			'm.jsonl',
			lines({id: 'a', text: 'A', notes: file}, {id: 'b', text: 'B', notes: file}),
		);
		const workflow = await createWorkflow({dataDir: shell.data, configFile: shell.config});
		try {
			const rows = workflow.runDataset({
				...{manifest, out, recipe: 'notes'},
				onPlan() {
					shell.write('notes.txt', 'two');
				},
			});
			const seen = [];
			for await (const {id, status, reason} of rows) {
				seen.push([id, status, reason]);
			}

			expect(seen).toEqual([
				['a', 'failed', 'input-changed'],
				['b', 'failed', 'input-changed'],
			]);
		} finally {
			await workflow.close();
		}
	});

	it('is an input that has changed when its run began, whatever it is later', async () => {
		const file = shell.write('notes.txt', 'one');
		appendFileSync(
			shell.config,
			`\n[recipes.notes]\ncommand = ["cp", "{input.notes}", "{outputs}/hash.txt"]\ninputs = ["notes"]\noutputs = ["hash.txt"]\n`,
		);
		const manifest = shell.write('m.jsonl', lines({id: 'a', text: 'A', notes: file}));
		const workflow = await createWorkflow({dataDir: shell.data, configFile: shell.config});
		const rows = async () => {
			const seen = [];
			for await (const row of workflow.runDataset({manifest, out, recipe: 'notes'})) {
				seen.push(row);
			}

			return seen;
		};

		try {
			await workflow.queue.pause();
			let isChanged = false;
			const unwatch = shell.store.watch(async () => {
				if ((await shell.store.jobIds()).length > 0 && !isChanged) {
					isChanged = true;
					unwatch();
					shell.write('notes.txt', 'two');
					await workflow.queue.resume();
				}
			});
			expect(await rows()).toMatchObject([{status: 'failed', reason: 'input-changed'}]);
			shell.write('notes.txt', 'one');
			const [row] = await rows();
			expect(row).toMatchObject({status: 'completed'});
			expect(readFileSync(row?.outputs[0]?.path ?? '', 'utf8')).toBe('one');
		} finally {
			await workflow.close();
		}
	});
});

it('is complete without the rows that its manifest has no more', async () => {
	const bad = Array.from({length: 250}, (_, at) => ({id: `r${at}`}));
	const manifest = shell.write('m.jsonl', lines(...bad));
	expect(await dataset(manifest, '--skip-bad')).toMatchObject({code: 1});
	shell.write('m.jsonl', lines({id: 'a', text: 'A'}));
	expect(await dataset(manifest)).toMatchObject({code: 0});
	expect(await shell.run('dataset', 'status', 'latest')).toMatchObject({
		code: 0,
		stdout: expect.stringContaining('out: 1 completed; ended'),
	});
	const file = path.join(shell.folder, 'again.jsonl');
	await shell.run('dataset', 'export', 'latest', '-o', file);
	expect(shell.rows('again.jsonl')).toMatchObject([{id: 'a', status: 'completed'}]);
});

it('is an async iterator in the library, and takes up a touched input as the same', async () => {
	const file = shell.write('m.jsonl', lines({id: 'a', text: 'A'}, {id: 'b', text: 'fail 3'}));
	const workflow = await createWorkflow({dataDir: shell.data, configFile: shell.config});
	try {
		const seen: string[] = [];
		const rows = workflow.runDataset({manifest: file, out, recipe: 'hash'});
		for (;;) {
			const {done, value} = await rows.next();
			if (done) {
				expect(value.counts).toMatchObject({completed: 1, failed: 1, waiting: 0});
				break;
			}

			seen.push(`${value.id} ${value.status}`);
		}

		expect(seen.sort()).toEqual(['a completed', 'b failed']);
		utimesSync(file, 1, 1);
		expect(await workflow.planDataset({manifest: file, out, recipe: 'hash'})).toMatchObject({
			...{finished: 1, run: 1},
		});
	} finally {
		await workflow.close();
	}
});

it('goes on where a killed process was, and runs no clip twice', async () => {
	const texts = Array.from({length: 12}, (_, at) => ({id: `r${at}`, text: `Clip ${at}`}));
	const manifest = shell.write('m.jsonl', lines(...texts));
	const words = ['dataset', 'run', manifest, '-o', out, '--recipe', 'hash'];
	const more = ['--config', shell.config, '--data', shell.data];
	const env = {HOME: shell.folder};
	const first = startCosmos([...words, ...more], {env});
	await shell.untilBegun(4);
	first.process.kill('SIGKILL');
	await first.ended;
	const second = await startCosmos([...words, ...more], {env}).ended;
	expect(second.stderr).toContain('12 completed');
	expect(second.code).toBe(0);
	expect(shell.begun().sort()).toEqual(texts.map(({text}) => text).sort());
	const rows = shell.rows('out.jsonl');
	expect(rows.map(({id, status}) => `${id} ${status}`)).toEqual(
		texts.map(({id}) => `${id} completed`),
	);
});

it('lists, shows, stops and exports datasets', async () => {
	const manifest = shell.write(
		'm.jsonl',
		lines({id: 'a', text: 'A', shot: 'x,y'}, {id: 'b', text: 'fail 3'}),
	);
	await dataset(manifest, '--name', 'night');
	const status = await shell.run('dataset', 'status', 'night');
	expect(status).toMatchObject({
		code: 1,
		stdout: expect.stringContaining('night: 1 completed, 1 failed; ended'),
	});
	const list = await shell.run('dataset', 'list', '--json');
	expect(JSON.parse(list.stdout)).toMatchObject([
		{name: 'night', counts: {completed: 1, failed: 1}},
	]);
	const show = await shell.run('dataset', 'show', 'latest', '--status', 'failed');
	expect(show.stdout).toMatch(/^b\tfailed\tfail-3\trun_\w+\there\tprogram-error: .*3/);
	const file = path.join(shell.folder, 'rows.csv');
	expect(await shell.run('dataset', 'export', 'night', '-o', file)).toMatchObject({code: 0});
	const [head, row] = readFileSync(file, 'utf8').split('\n');
	expect(head).toMatch(/^id,line,dataset,status,.*,shot$/);
	expect(row).toMatch(/^a,1,ds_\w+,completed,.*,"x,y"$/);
	expect((await shell.run('dataset', 'export', 'night', '-o', file)).code).toBe(2);
	expect(await shell.run('dataset', 'stop', 'night')).toMatchObject({code: 0});
	expect((await shell.run('verify')).code).toBe(0);
	expect((await shell.run('dataset', 'status', 'none')).code).toBe(2);
});
