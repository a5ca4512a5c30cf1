import {describe, expect, it} from 'vitest';
import type {Job} from '../../source/domain/job.js';
import type {DashboardState} from '../../source/state/dashboard-state.js';
import {effectOf} from '../../source/state/effect-of.js';
import type {ShownJob} from '../../source/workflow/queue-types.js';
import {screenOf} from '../components/frame.js';
import {apply, commanded, filled, noon} from './examples.js';

function job(number: number, change: Partial<Job> = {}, shown: Partial<ShownJob> = {}): ShownJob {
	const id = `job_00000000000${number}`;
	const part = {id, name: `street-${number}`, request: {promptId: 'ps_000000000001'}};
	const whole = {
		id,
		parts: [part],
		host: 'h100',
		lane: 'gpu0',
		attempts: 0,
		createdAt: new Date(noon).toISOString(),
		status: 'waiting',
		...change,
	} as Job;
	return {job: whole, shown: whole.status, note: '', ...shown};
}

const working = job(1, {status: 'working'} as Partial<Job>, {takes: 64});
const held = job(3, {status: 'held', reason: 'by hand'}, {note: 'by hand'});

function queued(...jobs: readonly ShownJob[]): DashboardState {
	const view = {paused: false, jobs, lanes: [], workers: [], undoable: 0};
	return commanded(apply(filled(), {type: 'queue-read', view}), 'queue');
}

const line = queued(working, job(2, {}, {wait: 64}), held);

it('lists jobs with their status, place and expected wait', () => {
	const screen = screenOf(line);
	expect(screen).toMatch(/▶ working +transfer +street-1 .* about 1:04 left/);
	expect(screen).toMatch(/1 +· waiting +transfer +street-2 .* in about 1:04/);
	expect(screen).toMatch(/2 +‖ held +transfer +street-3 .* by hand/);
});

it('counts in the first row what waits', () => {
	expect(screenOf(line).split('\n')[0]).toContain('2 queued');
});

it('says how the queue is filled when it is empty', () => {
	expect(screenOf(queued())).toContain('Q in a launch form puts a job here');
});

describe('keys', () => {
	it('hold a job that waits and release one that is held', () => {
		expect(effectOf(commanded(line, 'down'), 'queue-hold', noon)).toMatchObject({deed: 'hold'});
		expect(effectOf(commanded(line, 'down', 'down'), 'queue-hold', noon)).toEqual({
			kind: 'queue',
			deed: 'release',
			id: 'job_000000000003',
		});
	});

	it('move a job past its neighbour in the line, and no further than its ends', () => {
		const second = commanded(line, 'down');
		expect(effectOf(second, 'queue-later', noon)).toEqual({
			kind: 'queue-move',
			id: 'job_000000000002',
			place: {at: 'after', job: 'job_000000000003'},
		});
		expect(effectOf(second, 'queue-earlier', noon)).toBeUndefined();
	});

	it('take a waiting job out at once, but ask before one that works is stopped', () => {
		expect(effectOf(commanded(line, 'down'), 'queue-cancel', noon)).toMatchObject({
			deed: 'cancel',
		});
		expect(effectOf(line, 'queue-cancel', noon)).toBeUndefined();
		const asked = commanded(line, 'queue-cancel');
		expect(effectOf(asked, 'confirm-yes', noon)).toEqual({
			kind: 'queue',
			deed: 'cancel',
			id: 'job_000000000001',
		});
		expect(commanded(asked, 'confirm-no').overlay?.kind).toBe('queue');
	});

	it('put what a form holds into the queue', () => {
		expect(effectOf(commanded(filled(), 'enhance'), 'form-queue', noon)).toMatchObject({
			kind: 'queue-add',
			requests: [{operation: 'enhance', promptId: 'ps_000000000001'}],
			together: false,
		});
	});
});

it('stays on a job that moves in the line', () => {
	const at = commanded(line, 'down', 'queue-later');
	const view = {paused: false, jobs: [working, held, job(2)], lanes: [], workers: [], undoable: 0};
	const moved = apply(at, {type: 'queue-read', view});
	expect(effectOf(moved, 'queue-hold', noon)).toMatchObject({id: 'job_000000000002'});
});

it('shows above the jobs what each lane does, and a host that does not answer', () => {
	const silent = {
		host: 'a100',
		problem: 'a100 refuses the connection',
		tries: 2,
		since: new Date(noon - 120_000).toISOString(),
		until: new Date(noon + 20_000).toISOString(),
	};
	const lanes = [
		{host: 'h100', lane: 'gpu0', job: 'job_000000000001'},
		{host: 'h100', lane: 'gpu1-2'},
		{host: 'a100', lane: 'gpu0', silent},
		{host: 'demo', lane: 'gpu0'},
	];
	const view = {paused: false, jobs: [working], lanes, workers: [], undoable: 0};
	const read = apply(filled(), {type: 'queue-read', view});
	const screen = screenOf(commanded(read, 'queue'));
	expect(screen).toMatch(/h100 +▶ gpu0 street-1 +· gpu1-2 free/);
	expect(screen).toMatch(/a100 +✖ no answer since 11:58, asked again from 12:00/);
	expect(screen).not.toMatch(/demo +· gpu0 free/);
	expect(screenOf(commanded(read, 'host'))).toMatch(/All hosts(.|\n)*h100 +▶ gpu0 street-1/);
});
