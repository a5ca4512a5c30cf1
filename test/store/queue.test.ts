import {mkdtemp, readdir, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {addJobs} from '../../source/domain/queue-change.js';
import {openStore, type Store} from '../../source/store/store.js';
import {job} from '../domain/queue-jobs.js';

let folder: string;
let store: Store;

beforeEach(async () => {
	folder = path.join(await mkdtemp(path.join(tmpdir(), 'cosmos-queue-')), 'data');
	store = await openStore({folder, onNotice: () => undefined});
});
afterEach(async () => {
	store.close();
	await rm(path.dirname(folder), {recursive: true});
});

const add = (number: number) => store.changeQueue(queue => addJobs(queue, [job(number)]));

test('an empty queue is not created by reading', async () => {
	expect((await store.readQueue()).jobs).toEqual([]);
	await expect(readdir(folder)).rejects.toMatchObject({code: 'ENOENT'});
});

test('jobs are returned as they were added, in order', async () => {
	await add(2);
	await add(1);
	const reader = await openStore({folder});
	expect((await reader.readQueue()).jobs).toEqual([job(2), job(1)]);
});

test('a job keeps its priority, its dataset and its sweep', async () => {
	const sweep = {id: 'sweep_1', axes: {seed: 3, edge: 0.5, weather: 'rain', distilled: true}};
	const request = {promptId: 'ps_000000000000', dataset: 'dataset_1', sweep};
	const one = job(1, {priority: 'low', parts: [{...job(1).parts[0], request}]});
	await store.changeQueue(queue => addJobs(queue, [one]));
	const reader = await openStore({folder});
	expect((await reader.readQueue()).jobs).toEqual([one]);
	const wrong = store.changeQueue(queue => addJobs(queue, [job(2, {priority: 'urgent'})]));
	await expect(wrong).rejects.toThrow();
});

test('concurrent changes are all kept', async () => {
	await Promise.all([1, 2, 3, 4, 5, 6].map(add));
	expect((await store.readQueue()).jobs).toHaveLength(6);
});

test('a change that changes nothing writes nothing', async () => {
	await add(1);
	const [name] = await readdir(path.join(folder, 'queue'));
	const file = path.join(folder, 'queue', name as string);
	const before = await stat(file);
	await store.changeQueue(queue => queue);
	expect((await stat(file)).ino).toBe(before.ino);
});

test('a change that would store an invalid job is rejected, and the queue is kept', async () => {
	await add(1);
	const wrong = store.changeQueue(queue => addJobs(queue, [{...job(2), host: 5 as never}]));
	await expect(wrong).rejects.toThrow();
	expect((await store.readQueue()).jobs).toEqual([job(1)]);
});

test('a damaged queue is replaced by its previous state, and the file is kept', async () => {
	await add(1);
	await add(2);
	const [name] = (await readdir(path.join(folder, 'queue'))).filter(file => file.endsWith('.json'));
	await writeFile(path.join(folder, 'queue', name as string), '{"version":2,');
	await add(3);
	expect((await store.readQueue()).jobs).toEqual([job(1), job(3)]);
	expect((await readdir(path.join(folder, 'queue'))).join()).toContain('.damaged-1');
});

test('a change by any process is reported', async () => {
	const heard = new Promise<string>(resolve => {
		store.watch(resolve);
	});
	const other = await openStore({folder});
	await other.changeQueue(queue => addJobs(queue, [job(1)]));
	expect(await heard).toBe('queue');
});
