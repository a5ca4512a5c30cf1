import {describe, expect, it} from 'vitest';
import type {Job} from '../../../source/domain/queue/job.js';
import type {Run} from '../../../source/domain/types.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import type {Event} from '../../../source/state/event.js';
import {layoutOf} from '../../../source/state/layout.js';
import type {ShownJob} from '../../../source/workflow/queue/queue-types.js';
import {
	apply,
	commanded,
	commandFor,
	done,
	effectOf,
	filled,
	noon,
} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

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
	return commanded(apply(filled(), {type: 'queue-read', view, at: noon}), 'to-queue');
}

const line = queued(working, job(2, {}, {wait: 64}), held);

it('lists jobs with their place, sign and expected wait, and counts those that have not ended', () => {
	const screen = screenOf(line);
	expect(screen).toMatch(/├ 3 Queue ─+ 3 ─┤/);
	expect(screen).toMatch(/ {2}▶ transfer street-1 +1:04 left/);
	expect(screen).toMatch(/1 · transfer street-2 +in 1:04/);
	expect(screen).toMatch(/2 ‖ transfer street-3 +held/);
	expect(screen.split('\n')[0]).toContain('2 queued');
});

it('shows beside them what the selected one is, why it waits and with which settings', () => {
	const screen = screenOf(commanded(line, 'down', 'down'));
	expect(screen).toMatch(/street-3 · transfer {2}job_000000000003 {2}‖ held/);
	expect(screen).toMatch(/why +by hand[\s\S]*place +2 of 2[\s\S]*host +h100, slot gpu0/);
	expect(screen).toMatch(/neon light on wet asphalt[\s\S]*guidance +5/);
});

it('takes no row while it is empty, and says how it is filled to whoever goes there', () => {
	const empty = commanded(queued(), 'to-runs');
	expect(screenOf(empty)).toMatch(/╰ 3 Queue ─+ 0 ─╯/);
	expect(screenOf(commanded(empty, 'to-queue'))).toContain('Q in a launch form adds a job');
	expect(commanded(empty, 'next-panel').focus).toBe('detail');
	expect(commanded(line, 'to-runs', 'next-panel').focus).toBe('queue');
});

it('shows jobs that have ended to whoever goes there, and never at the cost of all runs', () => {
	const ended = Array.from({length: 60}, (_, at) => job(at, {status: 'done'} as Partial<Job>));
	const state = queued(held, ...ended);
	expect(screenOf(state)).toMatch(/3 Queue ─+ 1 · 60 ended ─┤/);
	expect(layoutOf(commanded(state, 'to-runs')).rows.queue).toBe(1);
	expect(layoutOf({...state, size: {columns: 80, rows: 24}}).rows).toEqual({
		prompts: 3,
		queue: 7,
		runs: 8,
	});
});

describe('keys', () => {
	it('hold a job that waits and release one that is held', () => {
		expect(effectOf(commanded(line, 'down'), 'queue-hold', noon)).toMatchObject({
			kind: 'queue-hold',
		});
		expect(effectOf(commanded(line, 'down', 'down'), 'queue-hold', noon)).toEqual({
			kind: 'queue-release',
			ids: ['job_000000000003'],
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
			kind: 'queue-cancel',
		});
		expect(effectOf(line, 'queue-cancel', noon)).toBeUndefined();
		const asked = commanded(line, 'queue-cancel');
		expect(effectOf(asked, 'confirm-yes', noon)).toEqual({
			kind: 'queue-cancel',
			ids: ['job_000000000001'],
		});
		expect(commanded(asked, 'confirm-no')).toMatchObject({focus: 'queue', overlay: undefined});
	});

	it('work on all marked ones, and ask before several are taken out', () => {
		const marked = commanded(line, 'down', 'mark', 'mark');
		expect(screenOf(marked)).toMatch(/3 Queue ─+ 2 marked · 3 ─┤/);
		expect(effectOf(marked, 'queue-hold', noon)).toMatchObject({ids: ['job_000000000002']});
		const asked = commanded(marked, 'queue-cancel');
		expect(screenOf(asked)).toContain('Remove 2 jobs from the queue?');
		expect(effectOf(asked, 'confirm-yes', noon)).toMatchObject({
			ids: ['job_000000000002', 'job_000000000003'],
		});
	});

	it('go from a job to its run, and before it has one to its prompt', () => {
		const run = {...done(3).run, jobId: 'job_000000000001'} as Run;
		const read = {type: 'runs-read', runs: [{run, shown: 'completed'}], ownRuns: [], at: noon};
		const state = apply(line, read as Event);
		expect(commanded(state, 'to-origin')).toMatchObject({
			focus: 'runs',
			selected: {runs: 'run_000000000003'},
		});
		expect(commanded(state, 'down', 'to-origin')).toMatchObject({
			focus: 'prompts',
			selected: {prompts: 'ps_000000000001'},
		});
	});

	it('launch, rate and delete nothing from here', () => {
		for (const key of ['i', 'e', '*', 'd', 's', 'r']) {
			expect(commandFor(line, key)).toBeUndefined();
		}
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
	const moved = apply(at, {type: 'queue-read', view, at: noon});
	expect(effectOf(moved, 'queue-hold', noon)).toMatchObject({ids: ['job_000000000002']});
});

it('shows below the job what each lane does, and a host that does not respond', () => {
	const silent = {
		host: 'a100',
		problem: 'a100 refused the connection',
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
	const read = apply(filled(), {type: 'queue-read', view, at: noon});
	const screen = screenOf(commanded(read, 'to-queue'));
	expect(screen).toMatch(/h100 +▶ gpu0 street-1 +· gpu1-2 free/);
	expect(screen).toMatch(/a100 +✖ no answer since 11:58, asked again from 12:00/);
	expect(screen).not.toMatch(/demo +· gpu0 free/);
	expect(screenOf(commanded(read, 'host'))).toMatch(/All hosts(.|\n)*h100 +▶ gpu0 street-1/);
});
