import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {ConnectionLostError} from '../../source/domain/errors.js';
import {claimNext} from '../../source/domain/queue/queue-claim.js';
import {withSilence} from '../../source/domain/queue/silent-hosts.js';
import type {Run} from '../../source/domain/types.js';
import {alone} from '../../source/executor/place.js';
import type {JobLauncher} from '../../source/queue/job-launcher.js';
import {doJob} from '../../source/queue/job-work.js';
import {openStore, type Store} from '../../source/store/store.js';
import {facts, job, jobId, now, queueOf} from '../domain/queue-jobs.js';
import {sampleRun} from '../store/samples.js';

const later = (seconds: number, from = now) =>
	new Date(Date.parse(from) + seconds * 1000).toISOString();
const hours = 3600;

describe('a clock that was set back by hours', () => {
	let folder: string;
	let store: Store;

	beforeEach(async () => {
		folder = mkdtempSync(path.join(tmpdir(), 'cosmos-clock-'));
		store = await openStore({folder});
	});

	afterEach(async () => {
		await store.close();
		rmSync(folder, {recursive: true, force: true});
	});

	/** A job that was claimed by the clock before, and whose run is recorded by the one after. */
	const startedAt = later(3 * hours, new Date().toISOString());
	const addRun = (status: object) =>
		store.addRun(id => ({...sampleRun(id), jobId: jobId(1), ...status}) as Run);
	const work = (launch: JobLauncher['launch'], again: boolean) =>
		doJob(
			{
				...{store, retryPauses: [5000], slotsFor: () => ['h100 gpu0']},
				launcher: {launch} as JobLauncher,
			},
			job(1, {status: 'working', owner: store.owner, startedAt}),
			{...{again, watcher: {}, place: alone}, signal: new AbortController().signal},
		);

	it('does not make a job start twice whose worker has died', async () => {
		const run = await addRun({status: 'completed', exitCode: 0, outputs: []});
		const {end, runs} = await work(() => Promise.reject(new Error('started twice')), true);
		expect([end, runs]).toMatchObject([{status: 'done'}, [{id: run.id}]]);
	});

	it('does not make a job start twice whose connection was lost', async () => {
		const {end, runs} = await work(async (_requests, watcher) => {
			const run = await addRun({status: 'running'});
			watcher.onChange?.(run);
			throw new ConnectionLostError('h100');
		}, false);
		expect([end, runs]).toMatchObject([{status: 'waiting', hasBegun: true}, [{status: 'running'}]]);
	});

	it('does not let a job rest for so long', () => {
		const retry = {problem: 'refused', at: later(2 * hours)};
		const queue = queueOf(job(1, {attempts: 1, retry}));
		expect(claimNext(queue, 'h100 gpu0', facts()).job?.id).toBe(jobId(1));
	});

	it('does not keep a host that did not respond from being asked', () => {
		const silent = {
			host: 'h100',
			problem: 'no route',
			tries: 1,
			since: now,
			until: later(2 * hours),
		};
		const queue = {...queueOf(job(1)), silent: [silent]};
		expect(withSilence(queue, {host: 'h100', problem: 'gone'}, now, [5000, 20_000]).silent).toEqual(
			[{...silent, problem: 'gone', tries: 2, until: later(20)}],
		);
	});
});
