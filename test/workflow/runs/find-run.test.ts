import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Run} from '../../../source/domain/types.js';
import {openStore, type Store} from '../../../source/store/store.js';
import {findRun} from '../../../source/workflow/runs/find-run.js';
import {sampleRun} from '../../store/samples.js';

let folder: string;
let store: Store;
beforeEach(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-find-run-'));
	store = await openStore({folder});
});
afterEach(async () => {
	await store.close();
	rmSync(folder, {recursive: true});
});

let jobs = 0;
const add = async (change: object) =>
	(await store.addRun(id => ({...sampleRun(id), ...change}) as Run)).id;
const queued = (status: Run['status'], change: object = {}) =>
	add({status, jobId: `job_0000000000${10 + jobs++}`, ...change});
const latest = async () => (await findRun(store, 'latest')).run.id;

describe('the latest run', () => {
	it('is none that the queue prepares while an earlier one has its slot', async () => {
		const running = await queued('running');
		const prepared = await queued('uploading');
		await queued('pending');
		expect(await latest()).toBe(running);
		expect((await findRun(store, prepared)).run.id).toBe(prepared);
	});

	it('is the first of those that are prepared when none is at work', async () => {
		await add({status: 'failed', failure: {reason: 'engine', message: 'x', hint: ''}});
		const first = await queued('uploading');
		await queued('uploading');
		expect(await latest()).toBe(first);
	});

	it.each([
		['another slot', {lane: 'gpu1'}],
		['another host', {host: 'h100'}],
	])('is one that is prepared for %s', async (_, place) => {
		await queued('running');
		const other = await queued('uploading', place);
		expect(await latest()).toBe(other);
	});

	it('is one whose slot only downloads, or was not started by the queue', async () => {
		await queued('downloading', {exitCode: 0});
		const next = await queued('uploading');
		expect(await latest()).toBe(next);
		const own = await add({status: 'uploading'});
		expect(await latest()).toBe(own);
	});

	it('is the last of a batch that starts together', async () => {
		const batch = (index: number) => ({batch: {id: 'run_000000000000', index, size: 2}});
		await queued('uploading', batch(0));
		const second = await queued('uploading', batch(1));
		expect(await latest()).toBe(second);
	});
});
