import {describe, expect, it} from 'vitest';
import {
	estimateWaits,
	historyOf,
	type Measured,
} from '../../../source/domain/queue/expected-wait.js';
import type {Run} from '../../../source/domain/types.js';
import {defaultSettings} from '../../default-settings.js';
import {sampleRun} from '../../store/samples.js';
import {facts, job, jobId, now, queueOf, us} from '../queue-jobs.js';

const at = (seconds: number) => new Date(Date.parse(now) + seconds * 1000).toISOString();

/** A completed run of so many seconds, without the minute that it waited for its slot. */
function measured(number: number, seconds: number, more: Partial<Run> = {}): Measured & {run: Run} {
	const run = {
		...sampleRun(`run_${String(number).padStart(12, '0')}`),
		times: {uploading: at(0), starting: at(2), running: at(62), ended: at(60 + seconds)},
		...more,
		status: 'completed',
		exitCode: 0,
		outputs: [],
	} as Run;
	return {run, task: run, host: run.host, frames: 121};
}

const {slotsFor} = facts();
const wanted = {...measured(0, 0)};

describe('history', () => {
	it('is the median of similar runs, without the wait for the slot', () => {
		const history = historyOf([measured(1, 100), measured(2, 300), measured(3, 120)]);
		expect(history([wanted])).toBe(120);
	});

	it('uses only the newest five', () => {
		const runs = [10, 10, 10, 10, 10, 900, 900, 900, 900, 900, 900];
		expect(historyOf(runs.map((seconds, index) => measured(index, seconds)))([wanted])).toBe(10);
	});

	it.each([
		['another host', {host: 'h100'}],
		['another length', {frames: 242}],
		['other steps', {task: withSettings({steps: 20})}],
		['other controls', {task: withSettings({vis: 0})}],
		['another size', {task: withSettings({resolution: '256'})}],
		['another checkpoint', {task: withSettings({checkpoint: 'Cosmos3-Super'})}],
		['another length that is set', {task: withSettings({frames: 300})}],
	])('has no estimate for %s', (_, other) => {
		expect(historyOf([measured(1, 100)])([{...wanted, ...other}])).toBeUndefined();
	});

	it('is the same for other weights, seeds and texts', () => {
		const task = withSettings({vis: 0.9, seed: 7});
		expect(historyOf([measured(1, 100)])([{...wanted, task}])).toBe(100);
	});

	it('counts a batch as one container, and only if all of it has completed', () => {
		const batch = (index: number, size: number) => ({
			batch: {id: 'run_000000000001', index, size},
		});
		const both = [measured(1, 200, batch(0, 2)), measured(2, 260, batch(1, 2))];
		expect(historyOf(both)([wanted, wanted])).toBe(260);
		expect(historyOf(both)([wanted])).toBeUndefined();
		expect(historyOf([measured(1, 200, batch(0, 3))])([wanted])).toBeUndefined();
	});
});

function withSettings(settings: object) {
	const {task} = measured(0, 0);
	return {...task, settings: {...defaultSettings, ...settings}} as Measured['task'];
}

describe('the expected wait', () => {
	const working = job(1, {status: 'working', owner: us, startedAt: now});

	it('is the time of the jobs before it on its slot, minus the elapsed time', () => {
		const queue = queueOf(working, job(2), job(3), job(4, {lane: 'gpu1'}));
		const waits = estimateWaits(queue, () => 100, Date.parse(at(30)), slotsFor);
		expect([...waits]).toEqual([
			[jobId(1), {takes: 70}],
			[jobId(2), {takes: 100, wait: 70}],
			[jobId(3), {takes: 100, wait: 170}],
			[jobId(4), {takes: 100, wait: 0}],
		]);
	});

	it('is unknown behind a job without an estimate', () => {
		const takes = ({id}: {id: string}) => (id === jobId(2) ? undefined : 100);
		const waits = estimateWaits(queueOf(job(1), job(2), job(3)), takes, Date.parse(now), slotsFor);
		expect([1, 2, 3].map(number => waits.get(jobId(number))?.wait)).toEqual([0, 100, undefined]);
	});

	it('is unknown while the queue is paused, and for jobs that depend on others', () => {
		const paused = {...queueOf(job(1)), paused: true};
		expect(estimateWaits(paused, () => 5, 0, slotsFor).get(jobId(1))?.wait).toBeUndefined();
		const after = queueOf(job(1, {after: jobId(9)}), job(2));
		expect(estimateWaits(after, () => 5, 0, slotsFor).get(jobId(1))?.wait).toBeUndefined();
	});
});
