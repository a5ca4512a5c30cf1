import {describe, expect, it} from 'vitest';
import {claimNext, slotsWithWork} from '../../../source/domain/queue/queue-claim.js';
import {endJob} from '../../../source/domain/queue/queue-end.js';
import {facts, idsOf, job, jobId, now, other, queueOf, us} from '../queue-jobs.js';

const lane = 'h100 gpu0';
const run = 'run_000000000001';

describe('the next job of a slot', () => {
	it('is the first waiting job', () => {
		const {job: claimed} = claimNext(queueOf(job(1), job(2)), lane, facts());
		expect(claimed).toMatchObject({id: jobId(1), status: 'working', owner: us, startedAt: now});
	});

	it('is not a job of another slot', () => {
		const queue = queueOf(job(1, {lane: 'gpu1'}), job(2, {host: 'a100'}));
		expect(claimNext(queue, lane, facts()).job).toBeUndefined();
	});

	it('is none while a living process works on the slot', () => {
		const queue = queueOf(job(1, {status: 'working', owner: other}), job(2));
		expect(claimNext(queue, lane, facts())).toMatchObject({busy: true});
	});

	it('is one whose worker has died, even while the queue is paused', () => {
		const orphan = job(2, {status: 'working', owner: other, startedAt: now});
		const queue = {...queueOf(job(1), orphan), paused: true};
		const {job: claimed, again} = claimNext(
			queue,
			lane,
			facts({}, () => false),
		);
		expect([claimed?.id, again]).toEqual([jobId(2), true]);
	});

	it('is none while the queue is paused', () => {
		expect(claimNext({...queueOf(job(1)), paused: true}, lane, facts()).job).toBeUndefined();
	});

	it('is not a held job or one that depends on an open job', () => {
		const queue = queueOf(
			job(1, {status: 'held', reason: 'by hand'}),
			job(2, {after: jobId(4)}),
			job(3, {after: run}),
			job(4),
		);
		expect(claimNext(queue, lane, facts({[run]: 'running'})).job?.id).toBe(jobId(4));
	});

	it('waits while a job is to be retried after a connection error, and skips none', () => {
		const at = '2026-11-24T12:00:05.000Z';
		const queue = queueOf(job(1, {attempts: 1, retry: {problem: 'refused', at}}), job(2));
		expect(claimNext(queue, lane, facts())).toMatchObject({restUntil: at});
		expect(claimNext(queue, lane, {...facts(), now: at}).job?.id).toBe(jobId(1));
	});

	it('is a started job that is being cancelled, even if it is held', () => {
		const toEnd = {status: 'held', reason: 'lost', startedAt: now, cancelRequestedAt: now};
		expect(claimNext(queueOf(job(1, toEnd)), lane, facts()).job?.id).toBe(jobId(1));
	});

	it.each([
		['failed', `${run} failed`],
		['cancelled', `${run} was cancelled`],
		['uncollected', `the outputs of ${run} are not downloaded yet: cosmos fetch ${run}`],
		['gone', `${run} no longer exists`],
	] as const)('holds jobs that depend on a run that is %s', (status, reason) => {
		const {queue} = claimNext(queueOf(job(1, {after: run})), lane, facts({[run]: status}));
		expect(queue.jobs[0]).toMatchObject({status: 'held', reason});
	});
});

describe('the end of a job', () => {
	const working = job(1, {status: 'working', owner: us, startedAt: now});

	it('records the runs of its parts', () => {
		const queue = endJob(
			queueOf(working),
			jobId(1),
			{status: 'done'},
			new Map([[jobId(1), run]]),
			facts(),
		);
		expect(queue.jobs[0]).toMatchObject({status: 'done', endedAt: now, parts: [{runId: run}]});
	});

	it('holds dependent jobs, with the reason', () => {
		const end = {status: 'failed', problem: 'no such image'} as const;
		const queue = endJob(
			queueOf(working, job(2, {after: jobId(1)}), job(3, {after: jobId(2)})),
			jobId(1),
			end,
			new Map(),
			facts(),
		);
		expect(queue.jobs.map(({status}) => status)).toEqual(['failed', 'held', 'waiting']);
		expect(queue.jobs[1]).toMatchObject({reason: `${jobId(1)} failed`});
	});

	it('is not recorded by a process that does not own it', () => {
		const queue = queueOf({...working, owner: other} as typeof working);
		expect(endJob(queue, jobId(1), {status: 'done'}, new Map(), facts())).toBe(queue);
	});

	it('counts a connection error and returns the job to its place', () => {
		const retry = {problem: 'refused', at: now};
		const queue = endJob(
			queueOf(working, job(2)),
			jobId(1),
			{status: 'waiting', retry},
			new Map(),
			facts(),
		);
		expect(queue.jobs[0]).toMatchObject({status: 'waiting', attempts: 1, retry});
		expect(idsOf(queue)).toEqual([1, 2]);
	});

	it('is cancelled instead of retried if that was requested', () => {
		const asked = {...working, cancelRequestedAt: now};
		const queue = endJob(queueOf(asked), jobId(1), {status: 'waiting'}, new Map(), facts());
		expect(queue.jobs[0]?.status).toBe('cancelled');
	});

	it('leaves the jobs that ended before it', () => {
		const ended = job(10, {status: 'done', endedAt: now});
		const before = queueOf(working, ended);
		const queue = endJob(before, jobId(1), {status: 'done'}, new Map(), facts());
		expect(queue.jobs.map(({status}) => status)).toEqual(['done', 'done']);
	});
});

it('a slot needs a worker for jobs that can start, are working or are being cancelled', () => {
	const queue = queueOf(
		job(1, {host: 'a'}),
		job(2, {host: 'b', status: 'working', owner: other}),
		job(3, {host: 'c', status: 'held', reason: 'x', cancelRequestedAt: now}),
		job(4, {host: 'd', status: 'held', reason: 'x'}),
		job(5, {host: 'e', after: jobId(1)}),
	);
	expect(slotsWithWork(queue, facts())).toEqual(['a gpu0', 'b gpu0', 'c gpu0']);
});
