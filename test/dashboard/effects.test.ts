import {describe, expect, it} from 'vitest';
import {defaultsOf} from '../../source/domain/settings/settings-tables.js';

import type {Run} from '../../source/domain/types.js';
import type {DashboardState} from '../../source/state/dashboard-state.js';
import {apply, commanded, done, effectOf, filled, going, noon, runBase, type} from './examples.js';

/** What enter launches. */
function launchedBy(form: DashboardState) {
	const effect = effectOf(form, 'form-submit', noon);
	return effect?.kind === 'launch' ? effect.requests : [];
}

describe('launching', () => {
	it('asks for the prompt at hand with what the form holds', () => {
		const form = commanded(filled(), 'launch', 'value-up');
		expect(effectOf(form, 'form-submit', noon)).toMatchObject({
			kind: 'launch',
			requests: [{promptId: 'ps_000000000001', host: 'demo', settings: {vis: 0.3}}],
		});
	});

	it('asks for nothing while a value is wrong', () => {
		const form = type(commanded(filled(), 'launch'), '7');
		expect(effectOf(form, 'form-submit', noon)).toBeUndefined();
	});

	it('happens once, however often enter is pressed before the answer', () => {
		const sent = commanded(filled(), 'launch', 'form-submit');
		expect(effectOf(sent, 'form-submit', noon)).toBeUndefined();
		expect(effectOf(sent, 'form-queue', noon)).toBeUndefined();
		expect(type(commanded(sent, 'value-clear', 'form-close'), '7')).toEqual(sent);
		const refused = apply(sent, {type: 'launch-refused', message: 'no', hint: ''});
		expect(effectOf(refused, 'form-submit', noon)?.kind).toBe('launch');
	});

	it('is answered also while closing the form is asked about', () => {
		const sent = commanded(type(commanded(filled(), 'launch'), '1'), 'form-submit');
		const asked = commanded(sent, 'interrupt');
		expect(asked.overlay?.kind).toBe('confirm');
		const refused = apply(asked, {type: 'launch-refused', message: 'no', hint: ''});
		expect(effectOf(commanded(refused, 'confirm-no'), 'form-submit', noon)?.kind).toBe('launch');
		const accepted = apply(asked, {type: 'launch-accepted', at: noon});
		expect(accepted.overlay).toBeUndefined();
	});

	it('works from the page that shows what will run', () => {
		const page = commanded(filled(), 'launch', 'show-plan');
		expect(effectOf(page, 'form-submit', noon)?.kind).toBe('launch');
	});

	it('unfolds instead of launching on the row that says so', () => {
		const onMore = commanded(
			filled(),
			'launch',
			...Array<'form-previous'>(3).fill('form-previous'),
		);
		expect(effectOf(onMore, 'form-submit', noon)).toBeUndefined();
	});
});

describe('the other operations', () => {
	it('enhance the prompt at hand', () => {
		const form = commanded(filled(), 'down', 'enhance', 'value-toggle');
		expect(effectOf(form, 'form-submit', noon)).toMatchObject({
			requests: [{operation: 'enhance', promptId: 'ps_000000000002', settings: {createNew: false}}],
		});
	});

	it('upscale the completed run at hand, with a text when one is typed', () => {
		const form = commanded(filled(), 'to-runs', 'upscale', 'form-next', 'form-next');
		const [request] = launchedBy(form);
		expect(request).toMatchObject({operation: 'upscale', runId: 'run_000000000001'});
		expect(request).not.toHaveProperty('text');
		expect(launchedBy(type(form, 'wet asphalt'))).toMatchObject([{text: 'wet asphalt'}]);
	});

	it('run an upscale again with what it was launched with', () => {
		const run = {
			...runBase(1),
			operation: 'upscale',
			parentId: 'run_000000000007',
			settings: {...defaultsOf('upscale'), weight: 0.7},
			status: 'cancelled',
		} as Run;
		const state = apply(filled(), {
			type: 'runs-read',
			runs: [{run, shown: 'cancelled'}],
			ownRuns: [],
			at: noon,
		});
		expect(launchedBy(commanded(state, 'to-runs', 'rerun'))).toMatchObject([
			{operation: 'upscale', runId: 'run_000000000007', settings: {weight: 0.7}},
		]);
	});
});

describe('marked rows', () => {
	const two = commanded(filled(), 'mark', 'down', 'mark');

	it('are launched one by one', () => {
		const ids = ['ps_000000000001', 'ps_000000000003'];
		expect(launchedBy(commanded(two, 'launch'))).toMatchObject(ids.map(promptId => ({promptId})));
		expect(effectOf(commanded(two, 'launch'), 'form-submit', noon)).toMatchObject({
			together: false,
			names: ['prompt-1', 'prompt-3'],
		});
	});

	it('share a container in a batch', () => {
		expect(effectOf(commanded(two, 'batch'), 'form-submit', noon)).toMatchObject({
			kind: 'launch',
			together: true,
		});
	});

	it('that go are stopped after one question; those that have ended are left', () => {
		const state = apply(filled(), {
			type: 'runs-read',
			runs: [going(1), going(2), done(3)],
			ownRuns: [],
			at: noon,
		});
		const asked = commanded(state, 'to-runs', 'mark', 'mark', 'mark', 'stop');
		expect(effectOf(asked, 'confirm-yes', noon)).toEqual({
			kind: 'cancel',
			runIds: ['run_000000000001', 'run_000000000002'],
		});
	});
});

describe('a new prompt', () => {
	const typed = type(
		commanded(type(commanded(filled(), 'new-prompt'), 'a street'), 'form-next'),
		'/v',
	);

	it('is made from any field', () => {
		expect(effectOf(typed, 'create-now', noon)).toMatchObject({
			kind: 'create-prompt',
			prompt: {text: 'a street', inputs: ['/v']},
		});
	});

	it('is not made by enter before the last field', () => {
		expect(effectOf(typed, 'form-submit', noon)).toBeUndefined();
	});

	it('is not made without a text', () => {
		expect(effectOf(commanded(filled(), 'new-prompt'), 'create-now', noon)).toBeUndefined();
	});

	it('is not made twice', () => {
		expect(effectOf(commanded(typed, 'create-now'), 'create-now', noon)).toBeUndefined();
	});

	it('completes a path only in its field', () => {
		expect(effectOf(typed, 'complete-or-next', noon)).toEqual({
			...{kind: 'complete-path', text: '/v', isText: false},
		});
		expect(effectOf(commanded(typed, 'form-next'), 'complete-or-next', noon)).toBeUndefined();
	});
});

describe('stopping', () => {
	const live = apply(filled(), {type: 'runs-read', runs: [going(1)], ownRuns: [], at: noon});

	it('ends a run only after a yes', () => {
		const asked = commanded(live, 'to-runs', 'stop');
		expect(effectOf(commanded(live, 'to-runs'), 'stop', noon)).toBeUndefined();
		expect(effectOf(asked, 'confirm-no', noon)).toBeUndefined();
		expect(effectOf(asked, 'confirm-yes', noon)).toEqual({
			kind: 'cancel',
			runIds: ['run_000000000001'],
		});
	});
});

describe('leaving', () => {
	const busy = {...filled(), ownRuns: ['run_9']};

	it('is at once when nothing goes', () => {
		expect(effectOf(filled(), 'quit', noon)).toEqual({kind: 'quit', runs: 'leave'});
		expect(effectOf(filled(), 'interrupt', noon)).toEqual({kind: 'quit', runs: 'leave'});
	});

	it('waits for an answer while a run goes', () => {
		expect(effectOf(busy, 'quit', noon)).toBeUndefined();
		expect(effectOf(busy, 'interrupt', noon)).toBeUndefined();
		expect(effectOf(commanded(busy, 'quit'), 'quit-stop', noon)).toEqual({
			kind: 'quit',
			runs: 'stop',
		});
		expect(effectOf(commanded(busy, 'quit'), 'quit-leave', noon)).toEqual({
			kind: 'quit',
			runs: 'leave',
		});
	});

	it('is at once with a second Ctrl-C within two seconds', () => {
		const once = commanded(busy, 'interrupt');
		expect(effectOf(once, 'interrupt', noon + 1900)).toEqual({kind: 'quit', runs: 'leave'});
		expect(effectOf(once, 'interrupt', noon + 2100)).toBeUndefined();
	});

	it('does not lose a form by one Ctrl-C', () => {
		const typed = type(commanded(filled(), 'new-prompt'), 'a street');
		expect(effectOf(typed, 'interrupt', noon)).toBeUndefined();
		expect(commanded(typed, 'interrupt').overlay?.kind).toBe('confirm');
	});

	it('does not lose what was typed into a launch by one Ctrl-C on a page over it', () => {
		const typed = type(commanded(filled(), 'launch'), '1');
		for (const page of ['show-plan', 'preset-save'] as const) {
			const open = commanded(typed, page);
			expect(effectOf(open, 'interrupt', noon)).toBeUndefined();
			const asked = commanded(open, 'interrupt');
			expect(effectOf(asked, 'interrupt', noon + 5000)).toBeUndefined();
			expect(commanded(asked, 'confirm-no').overlay).toEqual(open.overlay);
		}
	});

	it.each([
		['a form', type(commanded(busy, 'new-prompt'), 'a street')],
		['the question of a form', commanded(type(commanded(busy, 'launch'), '1'), 'form-close')],
		['a page', commanded(busy, 'help', 'down')],
	])('that is not wanted after all brings %s back as it was', (_, open) => {
		const asked = commanded(open, 'interrupt', 'interrupt');
		expect(asked.overlay?.kind).toBe('quit');
		expect(commanded(asked, 'quit-stay').overlay).toEqual(open.overlay);
	});

	it('still asks when the form below has been answered meanwhile', () => {
		const plan = commanded(busy, 'launch', 'show-plan', 'interrupt');
		const made = apply(plan, {type: 'plan-made', view: {state: 'made', plans: []}});
		expect(commanded(made, 'quit-stay').overlay).toMatchObject({view: {state: 'made'}});
		const asked = commanded(busy, 'launch', 'form-submit', 'interrupt');
		const accepted = apply(asked, {type: 'launch-accepted', at: noon});
		expect(accepted.overlay?.kind).toBe('quit');
		expect(commanded(accepted, 'quit-stay').overlay).toBeUndefined();
	});
});
