import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Prompt, Run} from '../../../source/domain/types.js';
import {openStore, type Store} from '../../../source/store/store.js';
import {noon, samplePrompt, sampleRun} from '../samples.js';

let folder: string;
let store: Store;
let prompt: Prompt;
let run: Run;

const video = (id = run.id) => path.join(store.runFolder(id), 'outputs', 'output.mp4');

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-trash-'));
	store = await openStore({folder});
	prompt = await store.addPrompt(id => samplePrompt(id));
	run = await store.addRun(id => ({
		...sampleRun(id, {promptId: prompt.id}),
		status: 'completed',
		exitCode: 0,
		outputs: [{name: 'output.mp4', size: 5, sha256: 'ab'.repeat(32)}],
	}));
	await writeFile(video(), 'video');
});
afterEach(() => rm(folder, {recursive: true}));

async function deleteBoth() {
	await store.trash.put(async () => ({prompts: [prompt], runs: [run], outputsOf: []}), noon);
}

const deleteOutputs = () =>
	store.trash.put(async () => ({prompts: [], runs: [], outputsOf: [run]}), noon);

describe('a prompt and a run that were deleted', () => {
	beforeEach(deleteBoth);

	test('are in no list', async () => {
		expect([await store.listPrompts(), await store.listRuns()]).toEqual([[], []]);
		expect([await store.promptIds(), await store.runIds()]).toEqual([[], []]);
		expect(await store.getRun(run.id)).toBeUndefined();
	});

	test('are in the trash with the files of the run', async () => {
		const entries = await store.trash.list();
		expect(entries.map(({id}) => id).sort()).toEqual([prompt.id, run.id].sort());
		const entry = entries.find(({id}) => id === run.id);
		const kept = path.join(folder, 'trash', run.id, 'files', 'outputs', 'output.mp4');
		expect(entry).toMatchObject({kind: 'run', deletedAt: noon, document: run});
		expect(await readFile(kept, 'utf8')).toBe('video');
	});

	test('are unchanged after they are restored', async () => {
		await store.trash.restore(await store.trash.list());
		expect(await store.listPrompts()).toEqual([prompt]);
		expect((await store.getRun(run.id))?.run).toEqual(run);
		expect(await readFile(video(), 'utf8')).toBe('video');
		expect(await readdir(path.join(folder, 'trash'))).toEqual([]);
	});

	test('are permanently removed when the trash is emptied', async () => {
		for (const entry of await store.trash.list()) {
			expect(await store.trash.remove(entry)).toBe(true);
		}

		expect(await store.trash.list()).toEqual([]);
		expect(await readdir(path.join(folder, 'trash'))).toEqual([]);
	});

	test('keep new ids sorted after them', async () => {
		const {id} = await store.addRun(made => sampleRun(made));
		expect(id > run.id).toBe(true);
	});

	test('are not restored over a record with the same id', async () => {
		const entries = await store.trash.list();
		await store.trash.restore(entries);
		await deleteBoth();
		const copy = path.join(folder, 'run-index', `${run.id}.json`);
		await store.trash.restore(await store.trash.list());
		const text = await readFile(copy);
		await deleteBoth();
		await writeFile(copy, text);
		await expect(store.trash.restore(await store.trash.list())).rejects.toMatchObject({
			kind: 'usage',
			message: expect.stringContaining('in the store and in the trash'),
		});
		expect(await store.promptIds()).toEqual([]);
	});
});

describe('outputs that were deleted', () => {
	beforeEach(deleteOutputs);

	test('are noted in the record', async () => {
		expect((await store.getRun(run.id))?.run).toEqual({...run, outputsDeletedAt: noon});
		expect(await readdir(store.runFolder(run.id))).toEqual([]);
	});

	test('are restored with the record as it was', async () => {
		await store.trash.restore(await store.trash.list());
		expect((await store.getRun(run.id))?.run).toEqual(run);
		expect(await readFile(video(), 'utf8')).toBe('video');
	});

	test('are restored with their run if that was deleted later', async () => {
		const [later] = (await store.listRuns()).map(one => one.run);
		await store.trash.put(async () => ({prompts: [], runs: [later as Run], outputsOf: []}), noon);
		await store.trash.restore(await store.trash.list());
		expect((await store.getRun(run.id))?.run).toEqual(run);
		expect(await readFile(video(), 'utf8')).toBe('video');
	});
});

test('nothing is deleted if the selection throws', async () => {
	const refused = store.trash.put(async () => {
		throw new Error('no');
	}, noon);
	await expect(refused).rejects.toThrow('no');
	expect(await store.runIds()).toEqual([run.id]);
});

test('a run in the middle of many is restored to its place', async () => {
	const ids = [run.id];
	for (let count = 0; count < 250; count++) {
		ids.push((await store.addRun(id => sampleRun(id))).id);
	}

	const gone = (await store.listRuns()).map(one => one.run).filter((_, index) => index % 3 === 1);
	await store.trash.put(async () => ({prompts: [], runs: gone, outputsOf: []}), noon);
	expect(await store.runIds()).toHaveLength(ids.length - gone.length);
	await store.trash.restore(await store.trash.list());
	expect(await store.runIds()).toEqual(ids);
	expect((await store.listRuns()).map(one => one.run.id)).toEqual(ids.toReversed());
});

test('a reader sees a committed change completely before its files are in place', async () => {
	await deleteBoth();
	const [files, done] = [path.join(folder, 'run-index'), path.join(folder, 'transaction.done')];
	// As a crash leaves it between the decision and the first step.
	await store.trash.restore(await store.trash.list());
	const name = `${run.id}.json`;
	const text = await readFile(path.join(files, name), 'utf8');
	await rm(path.join(files, name));
	await rm(path.join(files, `${name}.previous`), {force: true});
	const staged = `staging/run-index/${name}`;
	const {mkdir, rename} = await import('node:fs/promises');
	await mkdir(path.join(folder, 'staging', 'run-index'), {recursive: true});
	await writeFile(path.join(folder, staged), text);
	const steps = {version: 1, moves: [[staged, `run-index/${name}`]], removes: []};
	await writeFile(done, JSON.stringify(steps));
	await rename(done, path.join(folder, 'transaction.json'));
	const reader = await openStore({folder});
	expect(await reader.runIds()).toEqual([run.id]);
	expect((await reader.getRun(run.id))?.run).toEqual(run);
	await reader.updatePrompt(prompt.id, one => one);
	expect(await readdir(files)).toEqual([name]);
});
