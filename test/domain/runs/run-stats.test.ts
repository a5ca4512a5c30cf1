import {describe, expect, it} from 'vitest';
import {percentile} from '../../../source/domain/quantiles.js';
import {startOfDays, statsOf} from '../../../source/domain/runs/run-stats.js';
import type {Run} from '../../../source/domain/types.js';
import {done, failed, noon, runBase} from '../../dashboard/examples.js';

const iso = (seconds: number) => new Date(noon + seconds * 1000).toISOString();

let made = 0;

/** A completed run that ended so many days ago after so many seconds. */
function completed(seconds: number, change: Partial<Run> = {}, daysAgo = 0): Run {
	const ended = -daysAgo * 86_400;
	const times = {
		uploading: iso(ended - seconds - 50),
		starting: iso(ended - seconds - 50),
		running: iso(ended - seconds),
		ended: iso(ended),
	};
	const id = `run_${String(made++).padStart(12, '0')}`;
	return {...done(1).run, id, times, ...change} as Run;
}

describe('durations', () => {
	it('are listed by operation and family, the demo model separately, without the wait for the slot', () => {
		const {operations} = statsOf(
			[
				...[10, 20, 30, 40].map(seconds => completed(seconds, {simulated: false})),
				completed(5),
				completed(90, {model: 'transfer2.5', simulated: false}),
				completed(7, {operation: 'upscale'} as Partial<Run>),
			],
			noon,
			14,
		);
		const transfer = {operation: 'transfer', model: 'transfer1'};
		expect(operations).toEqual([
			{...transfer, simulated: false, runs: 4, median: 25, p90: 40},
			{...transfer, simulated: true, runs: 1, median: 5, p90: 5},
			{...transfer, model: 'transfer2.5', simulated: false, runs: 1, median: 90, p90: 90},
			{...transfer, operation: 'upscale', simulated: true, runs: 1, median: 7, p90: 7},
		]);
	});

	it('of a batch are divided among its runs, and omitted if one of them failed', () => {
		const batch = (index: number) => ({batch: {id: 'run_000000000001', index, size: 2}});
		const both = [completed(60, batch(0)), completed(60, batch(1))];
		expect(statsOf(both, noon, 1).operations[0]).toMatchObject({runs: 2, median: 30});
		expect(statsOf(both.slice(1), noon, 1).operations).toEqual([]);
	});

	it('use the nearest rank for p90', () => {
		expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)).toBe(9);
	});
});

describe('days', () => {
	it('count the runs that ended, without gaps and with today last', () => {
		const cancelled = {...runBase(1), status: 'cancelled'} as Run;
		const runs = [completed(1), completed(1, {}, 2), failed(1).run, cancelled];
		expect(statsOf(runs, noon, 3).days).toEqual([
			{day: '2026-11-22', completed: 1, failed: 0, cancelled: 0},
			{day: '2026-11-23', completed: 0, failed: 0, cancelled: 0},
			{day: '2026-11-24', completed: 1, failed: 1, cancelled: 1},
		]);
	});

	it('omit older and unfinished runs', () => {
		const running = {...runBase(1), status: 'running'} as Run;
		const {days, operations} = statsOf([completed(1, {}, 3), running], noon, 3);
		expect(days.every(day => day.completed + day.failed + day.cancelled === 0)).toBe(true);
		expect(operations).toEqual([]);
	});

	it('start at midnight of the first day', () => {
		expect(startOfDays(noon, 2)).toBe(new Date(2026, 10, 23).getTime());
	});
});
