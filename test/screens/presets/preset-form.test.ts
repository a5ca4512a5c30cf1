import {describe, expect, it} from 'vitest';
import type {Settings} from '../../../source/domain/settings/settings.js';
import {settingsIn} from '../../../source/screens/launch/launch-form.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import {apply, commanded, effectOf, filled, noon, type} from '../../dashboard/examples.js';
import {defaultSettings} from '../../default-settings.js';

const night = {name: 'night', operation: 'transfer', settings: {steps: 12}} as const;
const wide = {name: 'wide', operation: 'upscale', settings: {weight: 0.9}} as const;
const last = {transfer: {settings: {...defaultSettings, steps: 20}, host: 'demo'}};

const form = (change: Partial<DashboardState> = {}) =>
	commanded(filled({presets: [night, wide], ...change}), 'launch');

const shownIn = ({overlay}: DashboardState) =>
	overlay?.kind === 'launch'
		? {preset: overlay.form.preset, steps: (settingsIn(overlay.form) as Settings).steps}
		: undefined;

describe('the presets of a form', () => {
	it('begin with the defaults, and go on to those of the operation and what was used last', () => {
		const steps = ['form-previous', 'value-up', 'value-up', 'value-up'] as const;
		const seen = steps.map((_, index) =>
			shownIn(commanded(form({lastForms: last}), ...steps.slice(0, index + 1))),
		);
		expect(seen).toEqual([
			{preset: 'defaults', steps: 35},
			{preset: 'night', steps: 12},
			{preset: 'last used', steps: 20},
			{preset: 'defaults', steps: 35},
		]);
	});

	it('are none of the values once one was changed', () => {
		expect(shownIn(commanded(form(), 'value-up'))).toMatchObject({preset: ''});
	});

	it('that are read while the form is open are offered', () => {
		const read = apply(form({presets: []}), {type: 'presets-read', presets: [night]});
		expect(shownIn(commanded(read, 'form-previous', 'value-down'))).toMatchObject({steps: 12});
	});
});

describe('keeping settings under a name', () => {
	const named = (name: string) => type(commanded(form(), 'value-up', 'preset-save'), name);

	it('keeps what the form holds and goes back to it', () => {
		expect(effectOf(named('mine'), 'record-save', noon)).toMatchObject({
			kind: 'save-preset',
			replace: false,
			preset: {name: 'mine', operation: 'transfer', settings: {vis: 0.3}},
		});
		expect(shownIn(commanded(named('mine'), 'record-save'))).toMatchObject({preset: 'mine'});
	});

	it('replaces one that is there only when enter is pressed once more', () => {
		const taken = named('night');
		expect(effectOf(taken, 'record-save', noon)).toBeUndefined();
		const told = commanded(taken, 'record-save');
		expect(told.overlay).toMatchObject({refusal: expect.stringContaining('already exists')});
		expect(effectOf(told, 'record-save', noon)).toMatchObject({replace: true});
	});

	it('keeps only what differs from the defaults', () => {
		const changed = commanded(form(), 'value-up', 'value-down', 'form-next', 'value-up');
		const named = type(commanded(changed, 'preset-save'), 'mine');
		expect(effectOf(named, 'record-save', noon)).toHaveProperty('preset.settings', {edge: 0.3});
	});

	it('refuses a name that cannot be one', () => {
		expect(effectOf(named('a/b'), 'record-save', noon)).toBeUndefined();
	});

	it('goes back to the form on esc', () => {
		expect(shownIn(commanded(named('mine'), 'record-close'))).toBeDefined();
	});
});
