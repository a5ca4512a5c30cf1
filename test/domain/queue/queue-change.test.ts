import {describe, expect, it} from 'vitest';
import {
	cancelJob,
	clearLine,
	holdJob,
	moveJob,
	type Place,
	releaseJob,
} from '../../../source/domain/queue/queue-change.js';
import {facts, idsOf, job, jobId, now, queueOf, us} from '../queue-jobs.js';

const run = 'run_000000000001';
const working = job(1, {status: 'working', owner: us, startedAt: now});

describe('moving', () => {
	it.each([
		[{at: 'first'}, [1, 4, 2, 3]],
		[{at: 'last'}, [1, 2, 3, 4]],
		[{at: 'before', job: jobId(3)}, [1, 2, 4, 3]],
		[{at: 'after', job: jobId(2)}, [1, 2, 4, 3]],
		[{at: 'after', job: jobId(1)}, [1, 4, 2, 3]],
	] as Array<[Place, number[]]>)('puts a job %o', (place, order) => {
		expect(idsOf(moveJob(queueOf(working, job(2), job(3), job(4)), jobId(4), place))).toEqual(
			order,
		);
	});

	it('rejects a job that has started', () => {
		expect(() => moveJob(queueOf(working, job(2)), jobId(1), {at: 'last'})).toThrow(
			`${jobId(1)} cannot be moved: it is working`,
		);
	});

	it('rejects a place before a job that has started', () => {
		const place = {at: 'before', job: jobId(1)} as const;
		expect(() => moveJob(queueOf(working, job(2)), jobId(2), place)).toThrow(
			`jobs cannot be moved before ${jobId(1)}`,
		);
	});

	it('names the batch that a job was merged into', () => {
		const [a, b] = [job(1), job(2)];
		const batch = {...a, parts: [...a.parts, ...b.parts]};
		expect(() => moveJob(queueOf(batch), jobId(2), {at: 'last'})).toThrow(
			`${jobId(2)} is now part of the batch ${jobId(1)}`,
		);
	});
});

describe('releasing', () => {
	const held = (more: object) => job(2, {status: 'held', reason: 'x', ...more});

	it('drops a failed dependency', () => {
		const queue = releaseJob(queueOf(held({after: run})), jobId(2), facts({[run]: 'failed'}));
		expect(queue.jobs[0]).toEqual(job(2));
	});

	it('keeps a dependency that may still complete', () => {
		const queue = releaseJob(queueOf(held({after: run})), jobId(2), facts({[run]: 'running'}));
		expect(queue.jobs[0]).toEqual(job(2, {after: run}));
	});

	it('rejects an upscale whose source has failed', () => {
		const parts = [{id: jobId(2), name: 'x', request: {operation: 'upscale', runId: run}}];
		const queue = queueOf(held({parts}));
		expect(() => releaseJob(queue, jobId(2), facts({[run]: 'failed'}))).toThrow(
			`${jobId(2)} cannot be released: ${run} failed`,
		);
	});
});

describe('cancelling', () => {
	it('removes a waiting job immediately', () => {
		expect(cancelJob(queueOf(job(1)), jobId(1), now).jobs[0]).toMatchObject({
			status: 'cancelled',
			endedAt: now,
		});
	});

	it('requests the end of a working job', () => {
		expect(cancelJob(queueOf(working), jobId(1), now).jobs[0]).toEqual({
			...working,
			cancelRequestedAt: now,
		});
	});

	it('requests the end of a job that waits again and may have a run', () => {
		const queue = cancelJob(queueOf(job(1, {startedAt: now})), jobId(1), now);
		expect(queue.jobs[0]).toMatchObject({status: 'waiting', cancelRequestedAt: now});
	});

	it('rejects a job that has ended', () => {
		const ended = job(1, {status: 'done', endedAt: now});
		expect(() => cancelJob(queueOf(ended), jobId(1), now)).toThrow(
			`${jobId(1)} has already ended: it is done`,
		);
	});
});

it('holding cancels the next retry', () => {
	const retry = {problem: 'refused', at: now};
	const queue = holdJob(queueOf(job(1, {retry})), jobId(1));
	expect(queue.jobs[0]).toEqual(job(1, {status: 'held', reason: 'by hand'}));
});

it('clearing removes waiting and held jobs, not working ones', () => {
	const queue = clearLine(
		queueOf(working, job(2), job(3, {status: 'held', reason: 'by hand'})),
		now,
	);
	expect(queue.jobs.map(({status}) => status)).toEqual(['working', 'cancelled', 'cancelled']);
});
