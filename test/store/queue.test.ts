import {mkdir, mkdtemp, readdir, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Job, Queue} from '../../source/domain/queue/job.js';
import {addJobs, holdJob, moveJob} from '../../source/domain/queue/queue-change.js';
import {claimNext} from '../../source/domain/queue/queue-claim.js';
import {openStore, type Store} from '../../source/store/store.js';
import {facts, job, jobId, now} from '../domain/queue-jobs.js';

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
	await add(1);
	await add(2);
	const reader = await openStore({folder});
	expect((await reader.readQueue()).jobs).toEqual([job(1), job(2)]);
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
	const [name] = await readdir(path.join(folder, 'jobs'));
	const file = path.join(folder, 'jobs', name as string);
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
	const [name] = (await readdir(path.join(folder, 'jobs'))).filter(file => file.endsWith('.json'));
	await writeFile(path.join(folder, 'jobs', name as string), '{"version":2,');
	await add(3);
	expect((await store.readQueue()).jobs).toEqual([job(1), job(3)]);
	expect((await readdir(path.join(folder, 'jobs'))).join()).toContain('.damaged-1');
});

test('a change by any process is reported', async () => {
	const heard = new Promise<string>(resolve => {
		store.watch(resolve);
	});
	const other = await openStore({folder});
	await other.changeQueue(queue => addJobs(queue, [job(1)]));
	expect(await heard).toBe('queue');
});

describe('a long queue', () => {
	const count = 1050;
	const numbers = Array.from({length: count}, (_, index) => index + 1);
	const files = async (name: string) =>
		(await readdir(path.join(folder, name))).filter(file => file.endsWith('.json'));
	const inodes = async () =>
		Promise.all(
			(await files('jobs')).map(async name => (await stat(path.join(folder, 'jobs', name))).ino),
		);

	beforeEach(async () => {
		const jobs = numbers.map(number => job(number, {priority: 'low'}));
		await store.changeQueue(queue => addJobs(queue, jobs));
	});

	test('is kept in files of bounded size', async () => {
		expect(await files('jobs')).toHaveLength(11);
		expect(await store.jobIds()).toEqual(numbers.map(jobId));
	});

	test('is read from its start, and the rest is counted', async () => {
		const {jobs, more} = await store.readQueue();
		expect(jobs[0]).toMatchObject({id: jobId(1)});
		expect(jobs.length).toBeLessThan(count / 2);
		expect(Object.values(more ?? {})).toEqual([count - jobs.length]);
		const whole = await store.readQueue({first: count});
		expect([whole.jobs.length, whole.more]).toEqual([count, undefined]);
	});

	test('a change of a job replaces one file', async () => {
		const claimed = (queue: Queue) => claimNext(queue, 'h100 gpu0', facts()).queue;
		await store.changeQueue(claimed);
		const before = await inodes();
		await store.changeQueue(queue => holdJob(queue, jobId(700)), {ids: [jobId(700)]});
		await store.changeQueue(queue => claimNext(queue, 'h100 gpu0', {...facts(), ahead: 9}).queue);
		const after = await inodes();
		expect(after.filter((inode, index) => inode !== before[index])).toHaveLength(2);
		expect(await store.getJob(jobId(700))).toMatchObject({status: 'held'});
	});

	test('a job of a higher priority comes first, wherever it was added', async () => {
		await add(count + 1);
		const {jobs} = await store.readQueue();
		expect(jobs[0]).toEqual(job(count + 1));
	});

	test('a job is moved over any distance', async () => {
		const scope = {ids: [jobId(1000), jobId(500)], neighbours: true};
		await store.changeQueue(
			queue => moveJob(queue, jobId(1000), {at: 'after', job: jobId(500)}),
			scope,
		);
		await store.changeQueue(queue => moveJob(queue, jobId(900), {at: 'first'}), {
			ids: [jobId(900)],
			neighbours: true,
		});
		await store.changeQueue(queue => moveJob(queue, jobId(2), {at: 'last'}), {
			ids: [jobId(2)],
			neighbours: true,
		});
		const ids = (await store.readQueue({first: count})).jobs.map(({id}) => Number(id.slice(4)));
		expect(ids.slice(0, 4)).toEqual([900, 1, 3, 4]);
		expect(ids.at(-1)).toBe(2);
		expect(ids.slice(ids.indexOf(500), ids.indexOf(500) + 3)).toEqual([500, 1000, 501]);
		const [first] = (await store.readQueue()).jobs;
		expect(first?.id).toBe(jobId(900));
	});

	test('a job is found by the id of a part that was merged from far away', async () => {
		const merge = (queue: Queue) => {
			const one = queue.jobs.find(({id}) => id === jobId(3)) as Job;
			const other = queue.jobs.find(({id}) => id === jobId(800)) as Job;
			const rest = queue.jobs.filter(({id}) => id !== one.id && id !== other.id);
			return {...queue, jobs: [{...one, parts: [...one.parts, ...other.parts]}, ...rest]};
		};
		await store.changeQueue(merge, {ids: [jobId(3), jobId(800)]});
		expect((await store.getJob(jobId(800)))?.id).toBe(jobId(3));
		expect(await store.jobIds()).toHaveLength(count - 1);
	});

	test.each(['lost', 'damaged'])('is read and changed although its index is %s', async how => {
		await store.changeQueue(queue => claimNext(queue, 'h100 gpu0', facts()).queue);
		const before = await store.readQueue({first: count});
		for (const name of await readdir(path.join(folder, 'queue'))) {
			const file = path.join(folder, 'queue', name);
			await (how === 'lost' ? rm(file) : writeFile(file, '{"version":6,'));
		}

		expect(await store.readQueue({first: count})).toEqual(before);
		await store.changeQueue(queue => ({...queue, paused: true}));
		expect(await store.readQueue({first: count})).toEqual({...before, paused: true});
		const again = await openStore({folder});
		expect((await again.readQueue({first: count})).jobs).toEqual(before.jobs);
	});

	test('takes its ended jobs out of what is read, and keeps them', async () => {
		for (let start = 0; start < count; start += 150) {
			await store.changeQueue(
				queue => ({
					...queue,
					jobs: queue.jobs.map(one => ({...one, status: 'done', endedAt: now}) as Job),
				}),
				{first: 150},
			);
		}

		expect((await store.readQueue()).jobs.filter(({status}) => status !== 'done')).toEqual([]);
		expect(await store.jobIds()).toHaveLength(count);
		expect(await store.getJob(jobId(1))).toMatchObject({status: 'done'});
	});
});

test('an older queue, which was one document, is changed into documents of its jobs', async () => {
	const jobs = [job(5), job(1), job(2, {status: 'held', reason: 'by hand'}), job(9), job(7)];
	const document = {id: 'queue_000000000000', paused: true, jobs};
	await mkdir(path.join(folder, 'queue'), {recursive: true});
	await writeFile(
		path.join(folder, 'queue', `${document.id}.json`),
		`{"version":5,"ids":["${document.id}"],\n"documents":[\n${JSON.stringify(document)}\n]}\n`,
	);
	const order = async () =>
		(await store.readQueue()).jobs.map(({id, status}) => [Number(id.slice(4)), status]);
	const before = await order();
	expect(before.map(([number]) => number)).toEqual([5, 1, 2, 9, 7]);
	await store.changeQueue(queue => ({...queue, paused: false}));
	expect(await order()).toEqual(before);
	await add(10);
	expect((await order()).map(([number]) => number)).toEqual([5, 1, 2, 9, 7, 10]);
	expect(await readdir(path.join(folder, 'backups'))).toEqual(['before-schema-6']);
});
