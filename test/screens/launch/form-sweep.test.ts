import {expect, it} from 'vitest';
import type {ShownRun} from '../../../source/domain/types.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {
	apply,
	commanded,
	commandFor,
	done,
	effectOf,
	filled,
	noon,
	prompt,
	type,
} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

type Swept = {settings: object; sweep: {id: string; axes: object}};

/** The state after keys, each as a person presses it. */
const press = (state: DashboardState, keys: readonly string[]): DashboardState =>
	keys.reduce((now, key) => {
		const command = commandFor(now, key);
		return command === undefined ? type(now, key) : commanded(now, command);
	}, state);

it('launches ten seeds of a prompt in eight keys', () => {
	const keys = ['i', 'N', '1', '.', '.', '1', '0', 'enter'];
	expect(keys).toHaveLength(8);
	const open = press(filled(), keys.slice(0, -1));
	const effect = effectOf(open, commandFor(open, 'enter') ?? '');
	expect(effect).toMatchObject({
		kind: 'launch',
		requests: Array.from({length: 10}, (_, at) => ({
			settings: {seed: at + 1},
			sweep: {axes: {seed: at + 1}},
		})),
	});
});

it('says how many runs there are, and how long they take', () => {
	const {run} = done(1);
	const starting = run.times.uploading;
	const timed = {...run, times: {...run.times, starting}} as ShownRun['run'];
	const runs = [{run: timed, shown: 'completed' as const}];
	const state = apply(filled(), {type: 'runs-read', runs, ownRuns: [], at: noon});
	const open = press(state, ['i', 'N', ...'1..8']);
	expect(screenOf(open)).toMatch(/= 8 runs, about \d/);
	const two = type(commanded(open, 'form-next'), '3:5:1');
	expect(screenOf(two)).toMatch(/= 24 runs, about \d/);
	const {requests} = effectOf(two, commandFor(two, 'enter') ?? '') as unknown as {
		requests: Swept[];
	};
	expect(new Set(requests.map(({sweep}) => sweep.id)).size).toBe(1);
	expect(new Set(requests.map(({sweep}) => JSON.stringify(sweep.axes))).size).toBe(24);
	expect(requests.map(({settings, sweep}) => ({...settings, ...sweep.axes}))).toEqual(
		requests.map(({settings}) => settings),
	);
});

it('counts the alternatives of a text', () => {
	const prompts = [prompt(1, {text: 'A street in {rain|snow|fog}'})];
	expect(screenOf(commanded(filled({prompts}), 'launch'))).not.toContain('= 3 runs');
	const state = apply(filled(), {type: 'prompts-read', prompts});
	expect(screenOf(commanded(state, 'launch'))).toContain('= 3 runs');
});

it.each([14, 2000])('refuses a text with %d alternatives in the form', count => {
	const text = Array.from({length: count}, (_, at) => `{a${at}|b${at}}`).join(' ');
	const prompts = [prompt(1, {text})];
	const state = apply(filled({prompts}), {type: 'prompts-read', prompts});
	const open = commanded(state, 'launch');
	expect(screenOf(open)).toMatch(/host .*a sweep of (16384 runs is )?more than/);
	expect(screenOf(commanded(open, 'form-submit'))).toMatch(/host .*a sweep of/);
});
