import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Place} from '../../../source/domain/queue/queue-change.js';
import {addJobs, moveJob, prioritiseJob} from '../../../source/domain/queue/queue-change.js';
import {claimNext} from '../../../source/domain/queue/queue-claim.js';
import {rankBetween, rankOf} from '../../../source/domain/queue/queue-order.js';
import {facts, idsOf, job, jobId, queueOf} from '../queue-jobs.js';

describe('the rank of a job', () => {
	it('lies between those of its neighbours, whatever was moved before', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(), {maxLength: 200}), places => {
				const ranks = [1, 2, 3].map(number => rankOf(job(number)));
				for (const place of places) {
					const at = place % (ranks.length + 1);
					const [before, after] = [ranks[at - 1], ranks[at]];
					const rank = rankBetween(before, after);
					expect(before === undefined || before < rank).toBe(true);
					expect(after === undefined || rank < after).toBe(true);
					ranks.splice(at, 0, rank);
				}
			}),
		);
	});

	it('is below that of every job that is added later', () => {
		const moved = moveJob(queueOf(job(1), job(2)), jobId(1), {at: 'last'});
		expect(idsOf(addJobs(moved, [job(3)]))).toEqual([2, 1, 3]);
	});

	it('stays short although jobs are moved to the start again and again', () => {
		let queue = queueOf(...[1, 2, 3, 4].map(number => job(number)));
		for (let round = 0; round < 300; round++) {
			queue = moveJob(queue, queue.jobs.at(-1)?.id as string, {at: 'first'});
		}

		expect(Math.max(...queue.jobs.map(one => rankOf(one).length))).toBeLessThan(100);
	});
});

it('any moves give the order that a list would have', () => {
	const move = fc.record({
		what: fc.nat(9),
		at: fc.constantFrom('first', 'last', 'before', 'after'),
		other: fc.nat(9),
	});
	fc.assert(
		fc.property(fc.array(move, {maxLength: 40}), moves => {
			const numbers = Array.from({length: 10}, (_, index) => index + 1);
			let queue = queueOf(...numbers.map(number => job(number)));
			let list = [...numbers];
			for (const {what, at, other} of moves.filter(one => one.what !== one.other)) {
				const [one, two] = [what + 1, other + 1];
				queue = moveJob(
					queue,
					jobId(one),
					(at === 'before' || at === 'after' ? {at, job: jobId(two)} : {at}) as Place,
				);
				list = list.filter(number => number !== one);
				const index = {
					first: 0,
					last: list.length,
					before: list.indexOf(two),
					after: list.indexOf(two) + 1,
				}[at as 'first'];
				list.splice(index, 0, one);
			}

			expect(idsOf(queue)).toEqual(list);
		}),
	);
});

describe('priorities', () => {
	const low = {priority: 'low'};
	const mixed = () =>
		addJobs(queueOf(job(1, low), job(2, low)), [job(3), job(4, {priority: 'high'})]);

	it('come before the order in which jobs were added', () => {
		expect(idsOf(mixed())).toEqual([4, 3, 1, 2]);
		expect(claimNext(mixed(), 'h100 gpu0', facts()).job?.id).toBe(jobId(4));
	});

	it('displace what was prepared for its turn', () => {
		const own = (...mine: number[]) => ({...facts(), ahead: 2, mine: new Set(mine.map(jobId))});
		const first = claimNext(queueOf(job(1, low), job(2, low)), 'h100 gpu0', own()).queue;
		const both = claimNext(first, 'h100 gpu0', own(1)).queue;
		const claimed = claimNext(addJobs(both, [job(3)]), 'h100 gpu0', own(1, 2));
		expect(claimed.job?.id).toBe(jobId(3));
		expect(claimed.queue.jobs.map(({status}) => status)).toEqual(['working', 'working', 'waiting']);
	});

	it('can be changed, which puts a job behind those that have it', () => {
		const queue = prioritiseJob(mixed(), jobId(2), 'high');
		expect(idsOf(queue)).toEqual([2, 4, 3, 1]);
		expect(idsOf(prioritiseJob(queue, jobId(4), 'low'))).toEqual([2, 3, 1, 4]);
	});

	it('are those of the place to which a job is moved', () => {
		const queue = moveJob(mixed(), jobId(2), {at: 'after', job: jobId(4)});
		expect(idsOf(queue)).toEqual([4, 2, 3, 1]);
		expect(queue.jobs[1]?.priority).toBe('high');
		expect(idsOf(moveJob(mixed(), jobId(2), {at: 'first'}))).toEqual([2, 4, 3, 1]);
	});
});
