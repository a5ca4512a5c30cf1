import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Transfer1Settings} from '../../../source/domain/models/transfer1-settings.js';
import {isQueued, type Queue} from '../../../source/domain/queue/job.js';
import {moveJob} from '../../../source/domain/queue/queue-change.js';
import {claimNext} from '../../../source/domain/queue/queue-claim.js';
import {
	applyBatches,
	type BatchingOptions,
	planBatches,
	undoBatches,
} from '../../../source/domain/queue/smart-batching.js';
import {weightNames} from '../../../source/domain/settings/settings.js';
import {defaultSettings} from '../../default-settings.js';
import {transferTask} from '../models/tasks.js';
import {facts, idsOf, job, jobId, queueOf} from '../queue-jobs.js';

const off = {vis: 0, edge: 0, depth: 0, seg: 0};
const one = {...off, edge: 1};
const two = {...off, edge: 1, depth: 0.5};
const all = {vis: 1, edge: 1, depth: 1, seg: 1};

/** What each job would run, by its number. */
function options(
	settings: (number: number) => Partial<Transfer1Settings>,
	more: Partial<BatchingOptions> = {},
): BatchingOptions {
	return {
		mixed: false,
		sizesOf: () => [8, 4, 2],
		taskOf: ({id}) => ({
			...transferTask,
			model: 'transfer1',
			negative: '',
			settings: {...defaultSettings, ...settings(Number(id.slice(4)))},
		}),
		...more,
	};
}

const jobs = (count: number) => Array.from({length: count}, (_, index) => job(index + 1));
const sizes = (queue: Queue) => queue.jobs.map(({parts}) => parts.length);

describe('a plan', () => {
	it.each([
		['one control', one, [8, 4]],
		['two controls', two, [4, 4, 4]],
		['all four', all, [2, 2, 2, 2, 2, 2]],
	])('fills batches up to the limit for %s', (_, settings, expected) => {
		const queue = queueOf(...jobs(12));
		const plan = planBatches(
			queue,
			options(() => settings),
		);
		expect(sizes(applyBatches(queue, plan))).toEqual(expected);
		expect(plan).toMatchObject({before: 12, after: expected.length});
	});

	it('respects a smaller maximum', () => {
		const queue = queueOf(...jobs(5));
		const plan = planBatches(
			queue,
			options(() => one, {max: 2}),
		);
		expect(sizes(applyBatches(queue, plan))).toEqual([2, 2, 1]);
	});

	it('merges only jobs with the same controls', () => {
		const queue = queueOf(...jobs(4));
		const plan = planBatches(
			queue,
			options(number => (number % 2 ? one : two)),
		);
		expect(plan.groups.map(group => group.jobs.map(({id}) => id))).toEqual([
			[jobId(1), jobId(3)],
			[jobId(2), jobId(4)],
		]);
	});

	it('merges different controls when mixed, up to the limit of their union', () => {
		const queue = queueOf(...jobs(6));
		const plan = planBatches(
			queue,
			options(number => (number % 2 ? one : {...off, depth: 1}), {mixed: true}),
		);
		expect(plan.groups.map(group => [group.jobs.length, group.controls])).toEqual([
			[4, ['edge', 'depth']],
			[2, ['edge', 'depth']],
		]);
	});

	it('never merges jobs that differ in what a batch cannot vary', () => {
		const queue = queueOf(...jobs(4));
		const plan = planBatches(
			queue,
			options(number => ({...one, seed: number}), {mixed: true}),
		);
		expect(plan.groups).toEqual([]);
	});

	it('skips jobs that are held, depend on another or have another slot', () => {
		const queue = queueOf(
			job(1),
			job(2, {status: 'held', reason: 'by hand'}),
			job(3, {after: jobId(1)}),
			job(4, {lane: 'gpu1'}),
			job(5, {host: 'a100'}),
			job(6),
		);
		const {groups} = planBatches(
			queue,
			options(() => one),
		);
		expect(groups.map(group => group.jobs.map(({id}) => id))).toEqual([[jobId(1), jobId(6)]]);
	});

	it('is rejected once one of its jobs has changed', () => {
		const queue = queueOf(...jobs(3));
		const plan = planBatches(
			queue,
			options(() => one),
		);
		const {queue: later} = claimNext(queue, 'h100 gpu0', facts());
		expect(() => applyBatches(later, plan)).toThrow(
			`the queue was changed by another process: ${jobId(1)}`,
		);
	});
});

describe('undo', () => {
	const odd = options(number => (number % 2 ? one : two));

	it('restores each job in its old place', () => {
		const queue = queueOf(...jobs(6));
		const merged = applyBatches(queue, planBatches(queue, odd));
		expect(idsOf(merged)).toEqual([1, 2]);
		expect(undoBatches(merged)).toEqual(queue);
	});

	it('keeps an order that was changed by hand since', () => {
		const queue = queueOf(...jobs(4));
		const merged = applyBatches(queue, planBatches(queue, odd));
		const moved = moveJob(merged, jobId(2), {at: 'first'});
		expect(idsOf(undoBatches(moved))).toEqual([2, 4, 1, 3]);
	});

	it('keeps jobs that were added since after them', () => {
		const queue = queueOf(...jobs(4));
		const merged = applyBatches(queue, planBatches(queue, odd));
		const more = {...merged, jobs: [...merged.jobs, job(9)]};
		expect(idsOf(undoBatches(more))).toEqual([1, 2, 3, 4, 9]);
	});

	it('is not possible once the first batch has started', () => {
		const queue = queueOf(...jobs(4));
		const merged = applyBatches(queue, planBatches(queue, odd));
		const {queue: started} = claimNext(merged, 'h100 gpu0', facts());
		expect(() => undoBatches(started)).toThrow('there is no merge to undo');
	});
});

describe('any queue', () => {
	const settings = fc.record({
		controls: fc.subarray([...weightNames], {minLength: 1}),
		steps: fc.constantFrom(20, 35),
	});
	const line = fc.array(
		fc.record({settings, held: fc.boolean(), lane: fc.constantFrom('gpu0', 'gpu1')}),
		{maxLength: 30},
	);

	it('no job is lost or duplicated, the order is kept, and no batch is too large', () => {
		fc.assert(
			fc.property(line, fc.boolean(), (given, mixed) => {
				const queue = queueOf(
					...given.map(({held, lane}, index) =>
						job(index + 1, {lane, ...(held && {status: 'held', reason: 'by hand'})}),
					),
				);
				const opts = options(
					number => {
						const {controls, steps} = given[number - 1]?.settings ?? {controls: [], steps: 35};
						return {...off, steps, ...Object.fromEntries(controls.map(name => [name, 1]))};
					},
					{mixed},
				);
				const plan = planBatches(queue, opts);
				const after = applyBatches(queue, plan);
				const parts = after.jobs.flatMap(one => one.parts.map(({id}) => id));
				expect(parts.toSorted()).toEqual(queue.jobs.map(({id}) => id));
				expect(after.jobs.filter(isQueued)).toHaveLength(plan.after);
				for (const {jobs: members, controls} of plan.groups) {
					const ids = members.map(({id}) => id);
					expect(ids).toEqual(ids.toSorted());
					expect(members.length).toBeLessThanOrEqual([8, 8, 4, 2, 2][controls.length] as number);
				}

				const firsts = after.jobs.map(({id}) => id);
				expect(firsts).toEqual(firsts.toSorted());
				expect(plan.groups.length === 0 ? queue : undoBatches(after)).toEqual(queue);
			}),
		);
	});
});
