import {createHash} from 'node:crypto';
import {
	appendFile,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rename,
	rm,
	writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {addJobs} from '../../../source/domain/queue/queue-change.js';
import {thisProcess} from '../../../source/machine/process-identity.js';
import {type Locked, openDatasetFiles} from '../../../source/store/dataset-files.js';
import {openStore, type Store} from '../../../source/store/store.js';
import {job} from '../../domain/queue-jobs.js';
import {samplePrompt, sampleRun} from '../samples.js';

let folder: string;
let store: Store;
/** A completed run with a video, and one without outputs; the file that has both. */
let done: string;
let other: string;
let segment: string;

const at = (...parts: string[]) => path.join(folder, ...parts);
const problems = async (deep = false) => (await store.verify({deep})).filter(({isNote}) => !isNote);
const seen = async (deep = false) =>
	(await problems(deep)).map(({kind, path: name}) => `${kind} ${name}`);

async function fixAll() {
	for (const {repair} of await store.verify()) {
		await repair?.();
	}

	return (await problems()).map(({path: name, what}) => `${name} ${what}`);
}

/** Everything that was set aside, without the time in its path. */
async function aside(): Promise<string[]> {
	const names = await readdir(at('set-aside'), {recursive: true, withFileTypes: true});
	return names
		.filter(entry => entry.isFile())
		.map(entry => path.relative(at('set-aside'), path.join(entry.parentPath, entry.name)))
		.map(name => name.split(path.sep).slice(1).join('/'));
}

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-verify-'));
	store = await openStore({folder, onNotice: () => undefined});
	const prompt = await store.addPrompt(id => samplePrompt(id));
	const sha256 = createHash('sha256').update('video').digest('hex');
	const run = await store.addRun(id => ({
		...sampleRun(id, {promptId: prompt.id}),
		status: 'completed',
		exitCode: 0,
		outputs: [{name: 'output.mp4', size: 5, sha256}],
	}));
	done = run.id;
	await writeFile(at('runs', done, 'outputs', 'output.mp4'), 'video');
	const second = await store.addRun(id => ({
		...sampleRun(id, {promptId: prompt.id}),
		status: 'cancelled',
	}));
	other = second.id;
	segment = `run-index/${done}.json`;
});
afterEach(() => rm(folder, {recursive: true}));

test('an intact store has no findings', async () => {
	expect(await store.verify({deep: true})).toEqual([]);
});

test('checking changes nothing', async () => {
	await writeFile(at(segment), 'garbage');
	await mkdir(at('runs', 'run_zzzzzzzzzzzz'));
	const before = (await readdir(folder, {recursive: true})).sort();
	await store.verify({deep: true});
	expect((await readdir(folder, {recursive: true})).sort()).toEqual(before);
});

describe('a damaged file', () => {
	test('is found, moved aside and replaced by its readable records', async () => {
		const text = await readFile(at(segment), 'utf8');
		await writeFile(at(segment), text.replace('"status":"completed"', '"status":"happy"'));
		expect(await seen()).toEqual([`damaged ${segment}`]);
		expect(await fixAll()).toEqual([]);
		expect(await store.runIds()).toEqual([done, other]);
		expect(await readdir(at('run-index'))).toContain(`${done}.json.damaged-1`);
	});

	test('without readable records is moved aside, and the folders of its runs are reported', async () => {
		await rm(at(`${segment}.previous`));
		await writeFile(at(segment), 'garbage');
		for (const {kind, repair} of await store.verify()) {
			if (kind === 'damaged') {
				await repair?.();
			}
		}

		expect(await seen()).toEqual([`orphan runs/${done}`, `orphan runs/${other}`]);
		expect(await readFile(at(`${segment}.damaged-1`), 'utf8')).toBe('garbage');
	});

	test('of a newer schema is reported and not changed', async () => {
		const text = (await readFile(at(segment), 'utf8')).replace(/"version":\d+/, '"version":999');
		await writeFile(at(segment), text);
		expect(await store.verify()).toEqual([
			{
				kind: 'newer',
				path: segment,
				what: expect.stringContaining('written by a newer cosmos (schema 999'),
				advice: expect.stringContaining('Update cosmos'),
			},
		]);
		expect(await readFile(at(segment), 'utf8')).toBe(text);
	});
});

test('an index that does not match its records is rebuilt', async () => {
	const text = await readFile(at(segment), 'utf8');
	await writeFile(at(segment), text.replace(`"${done}","${other}"`, `"${done}"`));
	expect(await seen()).toEqual([`index ${segment}`]);
	expect(await fixAll()).toEqual([]);
	expect(await readFile(at(segment), 'utf8')).toBe(text);
});

test('presets and rows of a dataset that cannot be read are reported', async () => {
	const {dataset, release} = (await openDatasetFiles(store).create(id => ({
		...{id, name: 'clips', manifest: 'm.csv', out: '/out.jsonl'},
		...{createdAt: '2026-11-01T00:00:00.000Z', rows: 1},
	}))) as Locked;
	await release();
	expect(await seen()).toEqual([]);
	await writeFile(at('presets.json'), '{"version": 1, "presets": [{}]}');
	await writeFile(at('datasets', dataset.id, 'rows-000000.json'), 'not JSON');
	expect(await seen()).toEqual([
		'damaged presets.json',
		`damaged datasets/${dataset.id}/rows-000000.json`,
	]);
});

test('a job that the queue does not list is found, and listed again', async () => {
	await store.changeQueue(queue => ({...queue, paused: true}));
	const [name = ''] = await readdir(at('queue'));
	const old = await readFile(at('queue', name));
	await store.changeQueue(queue => addJobs(queue, [job(1)]));
	await writeFile(at('queue', name), old);
	const another = await openStore({folder});
	expect((await another.readQueue()).jobs).toEqual([]);
	expect(await seen()).toEqual([`index queue/${name}`]);
	expect(await fixAll()).toEqual([]);
	expect((await another.readQueue()).jobs).toEqual([job(1)]);
});

test('jobs that the queue lists but does not have are found, and no longer listed', async () => {
	await store.changeQueue(queue => addJobs(queue, [job(1)]));
	const [name = ''] = await readdir(at('jobs'));
	await rm(at('jobs', name));
	expect((await seen())[0]).toMatch(/^index queue/);
	expect(await fixAll()).toEqual([]);
});

test('records in the wrong file are moved to the right one, and none is lost', async () => {
	const text = await readFile(at(segment), 'utf8');
	await writeFile(at('run-index', `${other}.json`), text);
	expect(await seen()).toContain(`astray run-index/${other}.json`);
	expect(await fixAll()).toEqual([]);
	expect((await store.listRuns()).map(({run}) => run.id)).toEqual([other, done]);
});

describe('the leftovers of a killed process', () => {
	test('of a writer are moved aside', async () => {
		await writeFile(at(`${segment}.tmp`), 'half');
		expect(await seen()).toEqual([`unfinished ${segment}.tmp`]);
		expect(await fixAll()).toEqual([]);
		expect(await aside()).toEqual([`${segment}.tmp`]);
	});

	test('of a download are moved aside', async () => {
		const part = `runs/${done}/outputs.parts/0a1b`;
		await mkdir(path.dirname(at(part)));
		await writeFile(at(part), 'half');
		expect(await seen()).toEqual([`unfinished ${part}`]);
		expect(await fixAll()).toEqual([]);
		expect(await aside()).toEqual([part]);
	});

	test('of a download are kept for the next `cosmos fetch`', async () => {
		const failure = {reason: 'collect', message: 'cancelled', hint: ''} as const;
		const {id} = await store.addRun(added => ({
			...sampleRun(added),
			status: 'uncollected',
			exitCode: 0,
			failure,
		}));
		await mkdir(at('runs', id, 'outputs.parts'), {recursive: true});
		await writeFile(at('runs', id, 'outputs.parts', '0a1b'), 'half');
		expect(await seen()).toEqual([]);
	});

	test('of a lock are removed', async () => {
		const owner = {...thisProcess(), startTime: '1'};
		await writeFile(at('lock'), JSON.stringify({nonce: 'ab', note: '', since: '', owner}));
		expect(await seen()).toEqual(['lock lock']);
		expect(await fixAll()).toEqual([]);
	});

	test('of a committed change are finished', async () => {
		await mkdir(at('staging'));
		await rename(at(segment), at('staging', 'moved.json'));
		await rm(at(`${segment}.previous`));
		const steps = {version: 1, moves: [['staging/moved.json', segment]], removes: []};
		await writeFile(at('transaction.json'), JSON.stringify(steps));
		expect(await seen()).toEqual(['unfinished transaction.json']);
		expect(await fixAll()).toEqual([]);
		expect(await readdir(at('run-index'))).toEqual([`${done}.json`]);
	});

	test('of an uncommitted change are removed', async () => {
		await mkdir(at('staging'));
		expect(await seen()).toEqual(['unfinished staging']);
		expect(await fixAll()).toEqual([]);
	});

	test('are moved aside if a list of steps leaves the data folder', async () => {
		const steps = {version: 1, moves: [['prompts', '../prompts']], removes: ['../x']};
		await writeFile(at('transaction.json'), JSON.stringify(steps));
		expect(await seen()).toEqual(['damaged transaction.json']);
		expect(await fixAll()).toEqual([]);
		expect(await readdir(folder)).toContain('transaction.json.damaged-1');
	});
});

describe('a folder without a run', () => {
	test('is moved aside if it has content', async () => {
		await mkdir(at('runs', 'run_zzzzzzzzzzzz'));
		await writeFile(at('runs', 'run_zzzzzzzzzzzz', 'log'), 'words');
		expect(await fixAll()).toEqual([]);
		expect(await aside()).toEqual(['runs/run_zzzzzzzzzzzz/log']);
	});

	test('is removed if it is empty', async () => {
		await mkdir(at('runs', 'run_zzzzzzzzzzzz', 'outputs'), {recursive: true});
		expect(await fixAll()).toEqual([]);
		expect((await readdir(at('runs'))).sort()).toEqual([done, other].sort());
	});

	test('is ignored if it belongs to somebody else', async () => {
		await mkdir(at('runs', 'notes'));
		expect(await seen()).toEqual([]);
	});
});

describe('outputs', () => {
	const video = () => at('runs', done, 'outputs', 'output.mp4');

	test('that are all missing are noted in the record', async () => {
		await rm(video());
		expect(await seen()).toEqual([`outputs runs/${done}/outputs`]);
		expect(await fixAll()).toEqual([]);
		expect((await store.getRun(done))?.run.outputsDeletedAt).toBeDefined();
	});

	test('of another size are reported, with a remedy', async () => {
		await appendFile(video(), '!');
		expect(await problems()).toEqual([
			expect.objectContaining({
				kind: 'outputs',
				what: 'has 6 bytes; it was downloaded with 5',
				advice: expect.stringContaining('cosmos import'),
			}),
		]);
	});

	test('of different content are found only with --deep', async () => {
		await writeFile(video(), 'VIDEO');
		expect(await seen()).toEqual([]);
		expect(await seen(true)).toEqual([`hash runs/${done}/outputs/output.mp4`]);
	});
});

describe('the trash', () => {
	test('with an unreadable record is moved aside', async () => {
		await mkdir(at('trash', 'run_zzzzzzzzzzzz'), {recursive: true});
		await writeFile(at('trash', 'run_zzzzzzzzzzzz', 'entry.json'), '{}');
		expect(await seen()).toEqual(['trash trash/run_zzzzzzzzzzzz']);
		expect(await fixAll()).toEqual([]);
		expect(await aside()).toEqual(['trash/run_zzzzzzzzzzzz/entry.json']);
	});

	test('that was partly emptied is emptied', async () => {
		await mkdir(at('trash', 'run_zzzzzzzzzzzz.gone'), {recursive: true});
		expect(await fixAll()).toEqual([]);
		expect(await readdir(at('trash'))).toEqual([]);
	});
});

test('a run whose prompt is missing is a note', async () => {
	await rm(at('prompts'), {recursive: true});
	expect((await store.verify()).map(({kind, isNote}) => [kind, isNote])).toEqual([
		['reference', true],
		['reference', true],
	]);
});
