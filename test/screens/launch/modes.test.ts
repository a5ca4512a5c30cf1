import {describe, expect, it, vi} from 'vitest';
import type {Family, Mode, WordsByKey} from '../../../source/domain/models/family.js';
import type {Setting} from '../../../source/domain/settings/settings.js';
import type {PromptInput} from '../../../source/domain/types.js';
import {meaningOf} from '../../../source/screens/launch/field-meaning.js';
import {
	canReset,
	moveField,
	resetField,
	stepField,
	typeIntoField,
} from '../../../source/screens/launch/form-edits.js';
import {
	fieldsOf,
	type LaunchForm,
	launchForm,
	problemsIn,
	requestsOf,
	settingsIn,
} from '../../../source/screens/launch/launch-form.js';
import {commanded, filled, input, prompt} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

/** A family that does several things, with models of two sizes. */
const wide = vi.hoisted((): Family => {
	const common = {help: 'help', main: true, scope: 'sample'} as const;
	const number = (key: string, usual = 1, max = 9): Setting => ({
		...common,
		...{key, label: key, kind: 'integer', default: usual, min: 1, max, step: 1},
	});
	const [steps, outputs, limit] = [
		number('steps'),
		number('outputs'),
		number('timeLimit', 60, 600),
	];
	const size: Setting = {
		...common,
		...{key: 'checkpoint', label: 'checkpoint', kind: 'choice'},
		...{default: 'Nano', choices: ['Nano', 'Super']},
	};
	const mode = (name: string, requires: string[], settings: Mode['settings']): Mode => ({
		...{name, requires, settings},
		conflictIn: () => undefined,
		needs: () => false,
		job: () => ({files: [], command: []}),
		result: () => ({title: 'vision.mp4', has: file => file === 'vision.mp4'}),
		sampling: /^Using sampler/,
	});
	return {
		name: 'wide3',
		title: 'Wide 3',
		roles: [{role: 'wsm', kinds: ['video'], names: ['wsm']}],
		modes: [
			mode('transfer', ['wsm'], [steps, size, limit]),
			mode('image2video', ['image'], [steps, limit]),
			{
				...mode('follow', [], [number('fps'), number('guide', 1, 20), limit]),
				requiresOne: ['depth', 'seg'],
				defaultsFor: (inputs, given) => ({
					fps: inputs.length,
					guide: Number(given.fps ?? inputs.length) + 1,
				}),
				unused: ({fps}) => (fps === 9 ? {guide: 'nine frames need no guide'} : ({} as WordsByKey)),
				meanings: ({fps}) => ({fps: `${Number(fps) * 10} frames`}),
				refusedInput: ({fps}) => (fps === 8 ? 'depth has too few frames' : undefined),
			},
			mode('text2image', [], [outputs, limit]),
		],
		checkout: {name: 'wide', needs: 'wide', hint: 'Clone wide there.'},
		checkpoints: [
			{name: 'Nano', memory: 32, gpus: 1},
			{name: 'Super', memory: 60, gpus: 4, defaults: {steps: 7}},
		],
		savesMemory: [],
	};
});

vi.mock('../../../source/domain/models/family-list.js', async original => {
	const {families} = await original<{families: Family[]}>();
	return {families: [...families, wide]};
});

const control = prompt(1, {model: 'wide3', inputs: [input('wsm')]});
const image = prompt(2, {model: 'wide3', inputs: [{...input('image'), kind: 'image'}]});
const text = prompt(3, {model: 'wide3', inputs: []});

const form = (...prompts: Array<typeof control>) =>
	launchForm({
		target: {operation: 'transfer', prompts, together: false},
		...{model: 'wide3', hosts: ['demo'], host: 'demo'},
	});
const at = (opened: LaunchForm, focus: string): LaunchForm => ({...opened, focus, fresh: true});

function screenWith(changed: LaunchForm): string {
	const opened = commanded(filled({prompts: [control]}), 'launch');
	return screenOf({...opened, overlay: {kind: 'launch', form: changed}});
}

describe('the mode', () => {
	it.each([
		[[control], 'transfer', ['steps', 'checkpoint', 'timeLimit']],
		[[image], 'image2video', ['steps', 'timeLimit']],
		[[text], 'text2image', ['outputs', 'timeLimit']],
	])('follows from what the prompt has', (prompts, mode, fields) => {
		const opened = form(...prompts);
		expect(opened.mode).toBe(mode);
		expect(fieldsOf(opened)).toEqual(['model', 'mode', 'preset', ...fields, 'host']);
		expect(requestsOf(opened)).toMatchObject([{model: 'wide3', mode}]);
		expect(meaningOf(opened, 'mode')).toBe('follows from the inputs, one of 4');
	});

	it('is one that all prompts can have', () => {
		expect(form(control, image).mode).toBe('text2image');
		expect(form(control, control).mode).toBe('transfer');
	});

	it('is a field that changes the other ones, and keeps what both know', () => {
		const faster = typeIntoField(at(form(control), 'steps'), '4');
		const other = stepField(at(faster, 'mode'), 1);
		expect(other.mode).toBe('image2video');
		expect(settingsIn(other)).toEqual({steps: 4, timeLimit: 60});
		expect(meaningOf(other, 'mode')).toBe('the inputs are for transfer, one of 4');
		const third = stepField(stepField(other, 1), 1);
		expect(fieldsOf(third)).toContain('outputs');
		expect(canReset(third)).toBe(true);
		expect(resetField(third).mode).toBe('transfer');
	});

	it('that lacks an input says so, and is not launched', () => {
		const other = stepField(at(form(text), 'mode'), 1);
		expect(problemsIn(other)).toEqual({mode: 'needs wsm, and this prompt has none'});
		expect(problemsIn(stepField(at(form(control, image), 'mode'), 1))).toEqual({
			mode: 'needs wsm, and prompt-2 has none',
		});
	});

	it('is said by a family with one mode through the model', () => {
		const opened = launchForm({
			target: {operation: 'transfer', prompts: [text], together: false},
			...{model: 'transfer1', hosts: ['demo'], host: 'demo'},
		});
		expect(fieldsOf(opened)).not.toContain('mode');
		expect(problemsIn(opened)).toEqual({model: 'needs color, and this prompt has none'});
	});

	it('is kept with the last settings and the presets', () => {
		const common = {operation: 'transfer', model: 'wide3'} as const;
		const presets = [
			{name: 'many', ...common, mode: 'text2image', settings: {outputs: 4}},
			{name: 'first', ...common, settings: {steps: 2}},
		];
		const names = (prompts: Array<typeof control>) =>
			launchForm({
				target: {operation: 'transfer', prompts, together: false},
				first: {name: 'last used', settings: {outputs: 2}, model: 'wide3', mode: 'text2image'},
				...{model: 'wide3', hosts: ['demo'], host: 'demo', presets},
			}).presets.map(({name}) => name);
		expect(names([text])).toEqual(['last used', 'defaults', 'many']);
		expect(names([control])).toEqual(['defaults', 'first']);
	});
});

describe('a default that follows from the inputs', () => {
	const one = prompt(4, {model: 'wide3', inputs: [input('depth')]});
	const two = prompt(5, {model: 'wide3', inputs: [input('depth'), input('seg')]});

	it('changes with the prompt and with other values', () => {
		expect(settingsIn(form(one))).toMatchObject({fps: 1, guide: 2});
		expect(settingsIn(form(two))).toMatchObject({fps: 2, guide: 3});
		const faster = typeIntoField(at(form(one), 'fps'), '5');
		expect(settingsIn(faster)).toMatchObject({fps: 5, guide: 6});
		expect(requestsOf(faster)).toMatchObject([{settings: {fps: 5}}]);
		expect(meaningOf(faster, 'fps')).toBe('50 frames');
	});

	it('is that of each prompt, until a value is entered', () => {
		const both = form(one, two);
		expect(meaningOf(both, 'fps')).toBe('by the inputs of each prompt: 1, 2');
		expect(requestsOf(both).map(({settings}) => settings)).toEqual([{}, {}]);
		const same = typeIntoField(at(both, 'fps'), '5');
		expect(meaningOf(same, 'fps')).toBe('50 frames');
		expect(requestsOf(same).map(({settings}) => settings)).toEqual([{fps: 5}, {fps: 5}]);
	});

	it('stays where the setting does nothing, which is said', () => {
		const guided = typeIntoField(at(form(one), 'guide'), '7');
		const nine = typeIntoField(at(guided, 'fps'), '9');
		expect(requestsOf(nine)).toMatchObject([{settings: {fps: 9}}]);
		expect(typeIntoField(at(nine, 'guide'), '4')).toMatchObject({values: nine.values});
		expect(stepField(at(nine, 'guide'), 1)).toMatchObject({values: nine.values});
		expect(screenWith(nine)).toMatch(/guide +10 +not used: nine frames need no guide/);
		// What was entered is there again when it does something.
		expect(settingsIn(typeIntoField(at(nine, 'fps'), '2'))).toMatchObject({guide: 7});
	});

	it('is passed over by the keys where the setting does nothing', () => {
		const nine = typeIntoField(at(form(one), 'fps'), '9');
		expect(moveField(nine, 1).focus).toBe('timeLimit');
		expect(moveField(at(nine, 'timeLimit'), -1).focus).toBe('fps');
		expect(moveField(at(form(one), 'fps'), 1).focus).toBe('guide');
	});

	it('is refused with an input that does not go with it', () => {
		const few = typeIntoField(at(form(one), 'fps'), '8');
		expect(problemsIn(few)).toEqual({mode: 'depth has too few frames'});
		expect(problemsIn(typeIntoField(at(form(one, two), 'fps'), '8'))).toEqual({
			mode: 'prompt-4: depth has too few frames',
		});
	});
});

describe('Cosmos 3', () => {
	const cosmos3 = (...inputs: PromptInput[]) =>
		launchForm({
			target: {operation: 'transfer', prompts: [prompt(1, {inputs})], together: false},
			...{model: 'cosmos3', hosts: ['demo'], host: 'demo'},
		});

	it.each([
		[[], 'text2video'],
		[[{...input('image'), kind: 'image', path: '/videos/still.png'} as const], 'image2video'],
		[[input('edge'), input('depth')], 'transfer'],
	])('does what the inputs are for', (inputs, mode) => {
		const opened = cosmos3(...inputs);
		expect(opened.mode).toBe(mode);
		expect(problemsIn(opened)).toEqual({});
	});

	it('folds away the weights of controls that the prompt cannot have', () => {
		const opened = cosmos3(input('edge'), input('depth'));
		const fields = fieldsOf(opened);
		expect(fields).toEqual(expect.arrayContaining(['edge', 'depth', 'more']));
		expect(fields).not.toContain('seg');
		expect(fieldsOf({...opened, more: true})).toContain('seg');
	});
});

describe('a checkpoint', () => {
	it('has defaults of its own, which are no entered values', () => {
		const large = stepField(at(form(control), 'checkpoint'), 1);
		expect(settingsIn(large)).toMatchObject({checkpoint: 'Super', steps: 7});
		expect(requestsOf(large)).toMatchObject([{settings: {checkpoint: 'Super'}}]);
		expect(settingsIn(stepField(large, 1))).toMatchObject({checkpoint: 'Nano', steps: 1});
		expect(meaningOf(large, 'checkpoint')).toBe('needs 4 GPUs with 60 GB each');
	});

	it('keeps a value that was entered before', () => {
		const faster = typeIntoField(at(form(control), 'steps'), '4');
		expect(settingsIn(stepField(at(faster, 'checkpoint'), 1))).toMatchObject({steps: 4});
	});
});

it('shows the default beside a value that differs', () => {
	const screen = screenWith(typeIntoField(at(moveField(form(control), 1), 'steps'), '4'));
	expect(screen).toMatch(/> 4 steps +‹ 4. › +default 1 +help/);
	expect(screen).toMatch(/1 model +wide3/);
	expect(screen).toMatch(/2 mode +transfer +follows from the inputs/);
});
