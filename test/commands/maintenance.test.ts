import {mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {openStore} from '../../source/store/store.js';
import {runCosmos} from '../cosmos.js';
import {samplePrompt, sampleRun} from '../store/samples.js';

let folder: string;
let data: string;
let promptId: string;
let runId: string;

const cosmos = (...words: string[]) => runCosmos([...words, '--data', data], {cwd: folder});

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-keeping-'));
	data = path.join(folder, 'data');
	const store = await openStore({folder: data});
	promptId = (await store.addPrompt(id => samplePrompt(id))).id;
	const run = await store.addRun(id => ({
		...sampleRun(id, {promptId}),
		status: 'completed',
		exitCode: 0,
		outputs: [{name: 'output.mp4', size: 2048, sha256: 'ab'.repeat(32)}],
	}));
	runId = run.id;
	await writeFile(path.join(store.runFolder(runId), 'outputs', 'output.mp4'), Buffer.alloc(2048));
});
afterEach(() => rm(folder, {recursive: true}));

describe('cosmos delete', () => {
	test('shows what will be deleted and its size, and deletes nothing with --dry-run', async () => {
		const {code, stdout} = await cosmos('delete', 'run', runId, '--dry-run');
		expect([code, stdout]).toEqual([
			0,
			`run\t${runId}\t2.0 KiB\tcity-street-at-night, completed\n1 item, 2.0 KiB of files\n`,
		]);
		expect((await cosmos('list', 'runs')).stdout).toContain(runId);
	});

	test('does nothing without a terminal, and says how to proceed', async () => {
		const {code, stderr} = await cosmos('delete', 'run', runId);
		expect(code).toBe(2);
		expect(stderr).toContain('--yes');
		expect((await cosmos('list', 'runs')).stdout).toContain(runId);
	});

	test('refuses to delete a prompt with runs, lists them and the alternatives', async () => {
		const {code, stderr} = await cosmos('delete', 'prompt', promptId, '--yes');
		expect([code, stderr]).toEqual([
			2,
			`cosmos: nothing was deleted: ${promptId} (city-street-at-night) has 1 run (${runId})\n  Delete those as well, or add --with-runs.\n`,
		]);
	});

	test.each([
		[['delete', 'video', 'x'], 'cannot delete a "video"'],
		[['delete', 'run', 'run_nope'], 'no run "run_nope"'],
		[['delete', 'run', '../../etc'], 'no run "../../etc"'],
		[['restore', 'run_nope'], 'no deleted prompt or run "run_nope"'],
	])('%j prints one clear line and changes nothing', async (words, message) => {
		const {code, stderr} = await cosmos(...words, ...(words[0] === 'delete' ? ['--yes'] : []));
		expect(code).toBe(2);
		expect(stderr.split('\n')[0]).toBe(`cosmos: ${message}`);
		expect(await readdir(data)).not.toContain('trash');
	});
});

test('a prompt that is deleted with its runs is restored with them', async () => {
	expect((await cosmos('delete', 'prompt', promptId, '--with-runs', '--yes')).code).toBe(0);
	expect((await cosmos('list', 'trash')).stdout.trim().split('\n')).toHaveLength(2);
	const alone = await cosmos('restore', runId);
	expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining(`${runId} ${promptId}`)]);
	expect((await cosmos('restore', runId, promptId)).code).toBe(0);
	expect((await cosmos('list', 'runs')).stdout).toContain(runId);
});

test('only entries that are old enough are removed from the trash', async () => {
	await cosmos('delete', 'run', runId, '--outputs', '--yes');
	expect((await cosmos('show', runId)).stdout).toContain('outputs, deleted');
	expect((await cosmos('clean', '--trash', '--older-than', '1d', '--yes')).stderr).toContain(
		'stay',
	);
	expect((await cosmos('clean', '--trash', '--yes')).stderr).toContain('removed 1, 2.0 KiB');
	expect((await cosmos('list', 'trash')).stdout).toBe('');
});

test('cosmos verify reports problems with code 6, and repairs them with --fix and code 0', async () => {
	await writeFile(path.join(data, 'run-index', `${runId}.json.tmp`), 'half');
	const looked = await cosmos('verify');
	expect(looked.code).toBe(6);
	expect(looked.stdout).toContain(
		`run-index/${runId}.json.tmp was left by a writer that was killed`,
	);
	expect((await cosmos('verify', '--fix')).stdout).toContain('mended 1 of 1');
	const again = await cosmos('verify');
	expect([again.code, again.stdout]).toEqual([0, 'no problems found\n']);
});

test('cosmos verify --deep --json reports an output with changed content', async () => {
	const {code, stdout} = await cosmos('verify', '--deep', '--json');
	expect(code).toBe(6);
	expect(JSON.parse(stdout)).toEqual([
		expect.objectContaining({schema: 'cosmos.verify.1', kind: 'hash', fixed: false}),
	]);
});

test('cosmos export and import merge two data folders', async () => {
	const file = path.join(folder, 'all.tgz');
	expect((await cosmos('export', file)).stderr).toContain('exported 1 prompt and 1 run');
	const other = ['--data', path.join(folder, 'other')];
	const imported = await runCosmos(['import', file, ...other]);
	expect([imported.code, imported.stdout]).toEqual([
		0,
		'imported 1 prompt, 1 run; 0 already here\n',
	]);
	await runCosmos(['rename', promptId, 'mine', ...other]);
	const again = await runCosmos(['import', file, ...other]);
	expect(again.code).toBe(6);
	expect(again.stderr).toContain(`skipped ${promptId}: a different version already exists here`);
});
