import {describe, expect, it} from 'vitest';
import type {Job} from '../../../source/domain/queue/job.js';
import {holdJob, moveJob} from '../../../source/domain/queue/queue-change.js';
import {claimNext, slotsWithWork} from '../../../source/domain/queue/queue-claim.js';
import {handOver} from '../../../source/domain/queue/slot-handover.js';
import {facts, job, jobId, now, other, queueOf, us} from '../queue-jobs.js';

const slot = 'h100 gpu0';
const prepared = (number: number, more: Record<string, unknown> = {}) =>
	job(number, {status: 'working', owner: us, step: 'preparing', startedAt: now, ...more});
const computing = (number: number) => prepared(number, {step: 'computing'});
const stepsOf = ({jobs}: {jobs: readonly Job[]}) =>
	jobs.map(one => (one.status === 'working' ? one.step : one.status));

describe('a prepared job', () => {
	it('gets the slot when the one before it has left', () => {
		const queue = queueOf(computing(1), prepared(2));
		const after = handOver(queue, slot, {left: [jobId(1)], next: jobId(2)}, facts());
		expect(after.isAccepted).toBe(true);
		expect(stepsOf(after.queue)).toEqual(['collecting', 'computing']);
	});

	it('does not get the slot while another one has it, whoever is at work on that', () => {
		const queue = queueOf(computing(1), prepared(2));
		expect(handOver(queue, slot, {left: [], next: jobId(2)}, facts())).toEqual({
			queue,
			isAccepted: false,
		});
	});

	it.each([
		['in a pause', {...queueOf(prepared(1)), paused: true}],
		['when it is to end', queueOf(prepared(1, {cancelRequestedAt: now}))],
		['when somebody has held it', holdJob(queueOf(prepared(1)), jobId(1))],
		['when another worker has it', queueOf(prepared(1, {owner: other}))],
		['when it is on another slot by now', queueOf(prepared(1, {lane: 'gpu1'}))],
		['after a waiting one that could start', queueOf(job(2), prepared(1))],
		['after one that is prepared, too', queueOf(prepared(2), prepared(1))],
		[
			'while the container of one may be running that nobody is at work on',
			queueOf(prepared(1), job(2, {retry: {problem: 'lost', at: now, begun: true}})),
		],
	])('does not get the slot %s', (_when, queue) => {
		expect(handOver(queue, slot, {left: [], next: jobId(1)}, facts()).isAccepted).toBe(false);
	});

	it('keeps no slot that its worker gave it when it is held', () => {
		const [held] = holdJob(queueOf(prepared(1, {lane: 'gpu0', target: 'any'})), jobId(1)).jobs;
		expect(held).toMatchObject({status: 'held', host: 'any', lane: ''});
		expect(held).not.toHaveProperty('owner');
		expect(held).not.toHaveProperty('step');
	});

	it('can be moved', () => {
		const queue = queueOf(computing(1), prepared(2), job(3));
		const {jobs} = moveJob(queue, jobId(3), {at: 'first'});
		expect(jobs.map(({id}) => id)).toEqual([1, 3, 2].map(jobId));
	});
});

describe('a slot with a job', () => {
	const mine = new Set([jobId(1), jobId(2)]);

	it('prepares the next ones, and no more than that', () => {
		const ahead = {...facts(), mine, ahead: 2};
		const queue = queueOf(computing(1), prepared(2), job(3), job(4));
		const claimed = claimNext(queue, slot, ahead);
		expect(claimed.job).toMatchObject({id: jobId(3), step: 'preparing'});
		const all = new Set([...mine, jobId(3)]);
		expect(claimNext(claimed.queue, slot, {...ahead, mine: all}).job).toBeUndefined();
	});

	it('puts the last prepared one back for one that was moved to the front', () => {
		const queue = queueOf(computing(1), job(4), prepared(2), prepared(3));
		const claimed = claimNext(queue, slot, {
			...facts(),
			mine: new Set([...mine, jobId(3)]),
			ahead: 2,
		});
		expect(claimed.job?.id).toBe(jobId(4));
		expect(stepsOf(claimed.queue)).toEqual(['computing', 'preparing', 'preparing', 'waiting']);
	});

	it('leaves a job that can start elsewhere to the other slot', () => {
		const slots = ['h100 gpu0', 'h100 gpu1'];
		const two = {
			...facts(
				{},
				() => true,
				() => slots,
			),
			mine,
			ahead: 2,
		};
		const free = job(2, {host: 'h100', lane: ''});
		expect(claimNext(queueOf(computing(1), free), slot, two).job).toBeUndefined();
	});

	it('gives a prepared job to a slot that has nothing to do', () => {
		const slots = ['h100 gpu0', 'h100 gpu1'];
		const two = facts(
			{},
			() => true,
			() => slots,
		);
		const queue = queueOf(computing(1), prepared(2, {target: 'h100'}));
		expect(slotsWithWork(queue, two)).toContain('h100 gpu1');
		expect(claimNext(queue, 'h100 gpu1', two).job).toMatchObject({id: jobId(2), lane: 'gpu1'});
	});
});
