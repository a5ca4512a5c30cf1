import {expect, it} from 'vitest';
import type {ShownRun} from '../../../source/domain/types.js';
import {tourStep} from '../../../source/screens/home/tour.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {
	apply,
	commanded,
	commandFor,
	done,
	going,
	noon,
	prompt,
	start,
} from '../../dashboard/examples.js';

const small = {columns: 80, rows: 24};

function first(change: Partial<DashboardState> = {}): DashboardState {
	return withRuns(
		apply(start({touring: true, ...change}), {type: 'prompts-read', prompts: [prompt(1)]}),
	);
}

const withRuns = (state: DashboardState, ...runs: readonly ShownRun[]) =>
	apply(state, {type: 'runs-read', runs, ownRuns: [], at: noon});

const words = (state: DashboardState) => tourStep(state)?.words;

it('leads from the prompt over the form and the log to the outputs', () => {
	const begun = first();
	expect(words(begun)).toBe('i opens the launch form for the selected prompt');
	expect(words(commanded(begun, 'launch'))).toMatch(/^enter launches it/);
	expect(words(commanded(begun, 'new-prompt'))).toBeUndefined();
	const watching = commanded(withRuns(begun, going(1)), 'to-runs');
	expect(words(watching)).toBe('running: this is its log');
	expect(words(commanded(watching, 'open', 'next-tab'))).toBe(
		'running: its video comes at the end',
	);
	const made = withRuns(watching, done(1));
	expect(words(made)).toBe('the video is ready: ] ] shows the outputs');
	expect(words(commanded(made, 'next-tab'))).toBe('the video is ready: ] shows the outputs');
});

it('ends where the video is, and says how to go on', () => {
	const there = commanded(withRuns(first(), done(1)), 'to-runs', 'next-tab', 'next-tab');
	expect(there.touring).toBe(false);
	expect(there.notices.at(-1)).toMatchObject({
		text: 'this is your first video: O opens it',
		hint: '? shows every key',
	});
});

it('has its last word seen, although the end of the run is told after it', () => {
	const watching = commanded(withRuns(first(), going(1)), 'to-runs', 'next-tab', 'next-tab');
	const made = withRuns(watching, done(1));
	const notice = {tone: 'good', text: 'prompt-1 completed', hint: '', at: noon} as const;
	const told = apply(made, {type: 'noticed', notice});
	expect(told.notices.map(({text}) => text)).toEqual([
		'prompt-1 completed',
		'this is your first video: O opens it',
	]);
	const bad = apply(told, {type: 'noticed', notice: {...notice, tone: 'bad', text: 'disk full'}});
	expect(bad.notices.at(-1)?.text).toBe('disk full');
	const later = apply(told, {type: 'command', command: 'up', at: noon + 9000});
	expect(apply(later, {type: 'noticed', notice}).notices.at(-1)).toEqual(notice);
});

it('shows the way back to whom has gone elsewhere, and into the run in a narrow window', () => {
	const made = withRuns(first({size: small}), done(1));
	expect(words(made)).toBe('the video is ready: 2 goes to the runs');
	const list = commanded(made, 'to-runs');
	expect(words(list)).toBe('the video is ready: enter opens the run');
	expect(words(commanded(list, 'open'))).toBe('the video is ready: ] ] shows the outputs');
});

it('is ended by esc in a list, where esc has nothing else to do', () => {
	const begun = first();
	expect(commandFor(begun, 'esc')).toBe('tour-end');
	expect(commandFor(commanded(begun, 'mark'), 'esc')).toBe('clear');
	const ended = commanded(begun, 'tour-end');
	expect(words(ended)).toBeUndefined();
	expect(commandFor(ended, 'esc')).toBeUndefined();
});
