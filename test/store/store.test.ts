import {mkdtemp, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {isId} from '../../source/domain/ids.js';
import {thisProcess} from '../../source/machine/process-identity.js';
import {openStore, type Store} from '../../source/store/store.js';
import {noon, samplePrompt, sampleRun} from './samples.js';

let folder: string;
let store: Store;

beforeEach(async () => {
	folder = path.join(await mkdtemp(path.join(tmpdir(), 'cosmos-store-')), 'data');
	store = await openStore({folder});
});
afterEach(async () => {
	store.close();
	await rm(path.dirname(folder), {recursive: true});
});

describe('an empty store', () => {
	test('has nothing in it', async () => {
		expect(await store.listPrompts()).toEqual([]);
		expect(await store.listRuns()).toEqual([]);
		expect(await store.promptIds()).toEqual([]);
		expect(await store.runIds()).toEqual([]);
		expect(await store.getRun('run_000000000000')).toBeUndefined();
	});

	test('is not created by reading', async () => {
		await store.listRuns();
		await store.getPrompt('ps_000000000000');
		await expect(stat(folder)).rejects.toMatchObject({code: 'ENOENT'});
	});
});

describe('prompts', () => {
	test('come back as they were added', async () => {
		const text = '"$(rm -rf /)" \n\t\u{1F680} \u0000 \ud800 \u2028';
		const prompt = await store.addPrompt(id => samplePrompt(id, text));
		const reader = await openStore({folder});
		expect(await reader.getPrompt(prompt.id)).toEqual(samplePrompt(prompt.id, text));
	});

	test('get ids of prompts', async () => {
		const prompt = await store.addPrompt(id => samplePrompt(id));
		expect(isId(prompt.id, 'ps')).toBe(true);
	});

	test('are listed newest first', async () => {
		const first = await store.addPrompt(id => samplePrompt(id));
		const second = await store.addPrompt(id => samplePrompt(id));
		expect((await store.listPrompts()).map(({id}) => id)).toEqual([second.id, first.id]);
	});

	test('are listed up to the limit', async () => {
		await store.addPrompt(id => samplePrompt(id));
		const second = await store.addPrompt(id => samplePrompt(id));
		expect((await store.listPrompts(1)).map(({id}) => id)).toEqual([second.id]);
	});
});

describe('runs', () => {
	test('have an outputs folder from the start', async () => {
		const run = await store.addRun(id => sampleRun(id));
		const outputs = await stat(path.join(store.runFolder(run.id), 'outputs'));
		expect(outputs.isDirectory()).toBe(true);
	});

	test('are listed by prompt', async () => {
		await store.addRun(id => sampleRun(id));
		const promptId = 'ps_000000000001';
		const wanted = await store.addRun(id => sampleRun(id, {promptId}));
		expect((await store.listRuns({promptId})).map(({run}) => run.id)).toEqual([wanted.id]);
	});

	test('are listed by the status that is shown', async () => {
		await store.addRun(id => sampleRun(id));
		const dead = await store.addRun(id => sampleRun(id, {owner: deadOwner}));
		const found = await store.listRuns({status: 'interrupted'});
		expect(found.map(({run}) => run.id)).toEqual([dead.id]);
	});

	test('an unfinished run of a dead owner is interrupted', async () => {
		const run = await store.addRun(id => sampleRun(id, {owner: deadOwner}));
		expect(await store.getRun(run.id)).toMatchObject({
			shown: 'interrupted',
			run: {status: 'pending'},
		});
	});

	test('an unfinished run of a living owner is shown as stored', async () => {
		const run = await store.addRun(id => sampleRun(id));
		expect(await store.getRun(run.id)).toMatchObject({shown: 'pending'});
	});

	test('an ended run is shown as stored even if its owner is dead', async () => {
		const run = await store.addRun(id => sampleRun(id, {owner: deadOwner}));
		await store.updateRun(run.id, stored => ({...stored, status: 'cancelled'}));
		expect(await store.getRun(run.id)).toMatchObject({shown: 'cancelled'});
	});

	test('a change is stored', async () => {
		const {id} = await store.addRun(made => sampleRun(made));
		const changed = await store.updateRun(id, run => ({...run, cancelRequestedAt: noon}));
		expect(changed.cancelRequestedAt).toBe(noon);
		expect((await (await openStore({folder})).getRun(id))?.run).toEqual(changed);
	});

	test('a change of the id is rejected', async () => {
		const {id} = await store.addRun(made => sampleRun(made));
		const change = store.updateRun(id, run => ({...run, id: 'run_000000000000'}));
		await expect(change).rejects.toThrow('run_000000000000');
	});

	test('a change that throws changes nothing', async () => {
		const run = await store.addRun(id => sampleRun(id));
		const change = store.updateRun(run.id, stored => {
			stored.host = 'other';
			throw new Error('no');
		});
		await expect(change).rejects.toThrow('no');
		expect((await store.getRun(run.id))?.run.host).toBe('demo');
	});

	test('a change of an unknown run is rejected and names it', async () => {
		await store.addRun(id => sampleRun(id));
		for (const id of ['run_000000000000', 'run_zzzzzzzzzzzz', '../../etc']) {
			await expect(store.updateRun(id, run => run)).rejects.toMatchObject({
				kind: 'usage',
				message: `no run "${id}"`,
			});
		}
	});

	test('an illegal transition is rejected and changes nothing', async () => {
		const run = await store.addRun(id => sampleRun(id));
		const change = store.updateRun(run.id, stored => ({
			...stored,
			status: 'completed',
			exitCode: 0,
			outputs: [],
		}));
		await expect(change).rejects.toMatchObject({
			kind: 'usage',
			message: `${run.id} is pending; it cannot become completed`,
		});
		expect(await store.getRun(run.id)).toMatchObject({run: {status: 'pending'}});
	});

	test('an ended run cannot start again', async () => {
		const run = await store.addRun(id => sampleRun(id));
		await store.updateRun(run.id, stored => ({...stored, status: 'cancelled'}));
		const change = store.updateRun(run.id, stored => ({...stored, status: 'running'}));
		await expect(change).rejects.toMatchObject({
			hint: expect.stringContaining('A finished run cannot change'),
		});
	});

	test('an output name that leaves the folder is rejected', async () => {
		const run = await store.addRun(id => sampleRun(id));
		const outputs = [{name: '../../.bashrc', size: 1, sha256: 'a'.repeat(64)}];
		const failure = {reason: 'killed', message: '', hint: ''} as const;
		const change = store.updateRun(run.id, stored => ({
			...stored,
			status: 'failed',
			failure,
			outputs,
		}));
		await expect(change).rejects.toThrow('not a relative file name');
	});

	test('only a complete id becomes a folder', () => {
		expect(() => store.runFolder('../x')).toThrow('not the id of a run');
	});
});

test('a field that this program does not know survives a change', async () => {
	// As a newer program would add it.
	const add = (id: string) => Object.assign(sampleRun(id), {rating: 5});
	const run = await store.addRun(add);
	await store.updateRun(run.id, stored => ({...stored, cancelRequestedAt: noon}));
	expect((await (await openStore({folder})).getRun(run.id))?.run).toMatchObject({rating: 5});
});

const deadOwner = {...thisProcess(), startTime: 'earlier'};

describe('runs that share a container', () => {
	const addThree = () =>
		store.addRuns(3, ids =>
			ids.map((id, index) => ({
				...sampleRun(id),
				batch: {id: ids[0] as string, index, size: 3},
			})),
		);

	test('are added together, next to each other, each with its folder', async () => {
		const runs = await addThree();
		expect(await store.runIds()).toEqual(runs.map(({id}) => id));
		for (const {id} of runs) {
			expect((await stat(path.join(store.runFolder(id), 'outputs'))).isDirectory()).toBe(true);
		}
	});

	test('are not added if one of them is invalid', async () => {
		const wrong = store.addRuns(2, ([one, two]) => [
			sampleRun(one as string),
			{...sampleRun(two as string), createdAt: 'yesterday'},
		]);
		await expect(wrong).rejects.toThrow();
		expect(await store.runIds()).toEqual([]);
	});

	test('are changed together, or not at all if one of them may not be', async () => {
		const ids = (await addThree()).map(({id}) => id);
		const reader = await openStore({folder});
		const statuses = async () =>
			(await reader.listRuns({batchId: ids[0], limit: 3})).map(({run}) => run.status);
		await store.updateRun(ids[2] as string, run => ({...run, status: 'cancelled'}));
		const changing = store.updateRuns(ids, run => ({...run, status: 'uploading'}) as typeof run);
		await expect(changing).rejects.toMatchObject({kind: 'usage'});
		expect(await statuses()).toEqual(['cancelled', 'pending', 'pending']);
		const two = ids.slice(0, 2);
		await store.updateRuns(two, run => ({...run, status: 'uploading'}) as typeof run);
		expect(await statuses()).toEqual(['cancelled', 'uploading', 'uploading']);
	});

	test('keep their place in the batch when the store is opened again', async () => {
		const [, second] = await addThree();
		const reader = await openStore({folder});
		expect((await reader.getRun(second?.id ?? ''))?.run.batch).toEqual(second?.batch);
	});
});

test('closing waits until a change that has begun is written', async () => {
	let added: Promise<unknown> | undefined;
	const id = await new Promise<string>(begin => {
		added = store.addPrompt(own => {
			begin(own);
			return samplePrompt(own);
		});
	});
	await store.close();
	const other = await openStore({folder});
	expect(await other.getPrompt(id)).toMatchObject({id});
	await other.close();
	await added;
});
