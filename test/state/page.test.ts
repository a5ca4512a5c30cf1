import {expect, it} from 'vitest';
import type {DashboardState} from '../../source/state/dashboard-state.js';
import {apply, commanded, done, filled, noon, waitingJob} from '../dashboard/examples.js';
import {screenOf} from '../dashboard/frame.js';

const scrollOf = ({overlay}: DashboardState) =>
	overlay && 'scroll' in overlay ? overlay.scroll : undefined;
const times = (count: number, command: string) => Array<string>(count).fill(command);
const atEnd = times(90, 'down');
const size = {columns: 80, rows: 24};

function batching(): DashboardState {
	const groups = Array.from({length: 9}, (_, group) => ({
		jobs: [1, 2, 3].map(number => waitingJob(3 * group + number)),
		controls: ['edge'] as const,
	}));
	const view = {state: 'made', plan: {groups, before: 27, after: 9}} as const;
	const waiting = [1, 2].map(number => {
		const job = waitingJob(number);
		return {job, shown: job.status, note: ''} as const;
	});
	const queue = {paused: false, jobs: waiting, lanes: [], workers: [], undoable: 0};
	const read = apply(filled({size}), {type: 'queue-read', view: queue, at: noon});
	return apply(commanded(read, 'to-queue', 'queue-batch'), {type: 'batching-view', view});
}

function deletion(): DashboardState {
	const runs = Array.from({length: 30}, (_, index) => done((index % 9) + 1).run);
	const preview = {prompts: [], runs, outputsOf: [], refusals: [], notes: [], sizes: new Map()};
	const request = {ids: ['ps_000000000001'], outputsOnly: false, withRuns: false};
	const view = {state: 'made', preview} as const;
	const open = commanded(filled({size}), 'delete');
	return apply(open, {type: 'deletion-previewed', request, view});
}

const help = () => commanded(filled({size}), 'help');

it('turns a page by what the window shows of it, less one line', () => {
	expect(scrollOf(commanded(help(), 'page-down'))).toBe(19);
	expect(scrollOf(commanded(help(), 'page-down', 'page-down', 'page-up'))).toBe(19);
});

it('stops at the end, so that the next key up moves at once', () => {
	const end = commanded(help(), ...times(40, 'page-down'));
	expect(scrollOf(commanded(end, 'down'))).toBe(scrollOf(end));
	expect(scrollOf(commanded(end, 'up'))).toBe((scrollOf(end) ?? 0) - 1);
});

it.each(['stats', 'host', 'notices'] as const)('keeps %s where all of it is seen', page => {
	const open = commanded(filled({size: {columns: 120, rows: 60}}), page);
	expect(scrollOf(commanded(open, 'down', 'page-down'))).toBe(0);
});

it.each([
	['the batching dialog', batching()],
	['a deletion', deletion()],
])('stops at the end of %s too', (_, open) => {
	const last = Number(/(\d+)–(\d+) of \2/.exec(screenOf(commanded(open, ...atEnd)))?.[1]) - 1;
	expect(last).toBeGreaterThan(0);
	expect(scrollOf(commanded(open, ...atEnd))).toBe(last);
	expect(scrollOf(commanded(open, ...atEnd, 'up'))).toBe(last - 1);
});
