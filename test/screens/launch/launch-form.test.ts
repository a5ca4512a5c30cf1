import {describe, expect, it} from 'vitest';
import {completeSettings} from '../../../source/domain/settings/settings-check.js';
import type {Prompt} from '../../../source/domain/types.js';
import {meaningOf} from '../../../source/screens/launch/field-meaning.js';
import {
	canReset,
	drawnSeed,
	eraseInField,
	hasSeed,
	moveField,
	nextSeed,
	resetField,
	stepField,
	toggleField,
	typeIntoField,
} from '../../../source/screens/launch/form-edits.js';
import type {FormTarget} from '../../../source/screens/launch/form-target.js';
import {
	fieldsOf,
	type LaunchForm,
	launchForm,
	problemsIn,
	requestsOf,
	settingsIn,
} from '../../../source/screens/launch/launch-form.js';
import {targetProblem} from '../../../source/screens/launch/open-form.js';
import {commanded, demoHost, filled, gpuHost, prompt} from '../../dashboard/examples.js';
import {defaultSettings} from '../../default-settings.js';

function transfer(...prompts: readonly Prompt[]): FormTarget {
	return {operation: 'transfer', prompts, together: false};
}

function form(change: Partial<LaunchForm> = {}): LaunchForm {
	return {
		...launchForm({target: transfer(prompt(1)), hosts: ['demo', 'h100'], host: 'demo'}),
		...change,
	};
}

it('asks for the defaults as it opens', () => {
	expect(settingsIn(form())).toEqual(defaultSettings);
	// A launch completes what was not entered, by the prompt that it is for.
	expect(requestsOf(form())).toEqual([
		{promptId: 'ps_000000000001', model: 'transfer1', settings: {}, host: 'demo'},
	]);
});

it('steps a weight on its grid without binary dust', () => {
	let next = form();
	for (let step = 0; step < 3; step++) {
		next = stepField(next, 1);
	}

	expect(next.values.vis).toBe('0.4');
});

it('brings a typed number back to the grid with the next step', () => {
	const typed = typeIntoField(form(), '0.27');
	expect(stepField(typed, 1).values.vis).toBe('0.3');
	expect(stepField(typed, -1).values.vis).toBe('0.25');
});

it('stops at the ends of the range', () => {
	const low = form({values: {...form().values, vis: '0'}});
	expect(stepField(low, -1).values.vis).toBe('0');
});

it('replaces a fresh number and goes on with a typed one', () => {
	const once = typeIntoField(form({focus: 'steps'}), '2');
	expect(once.values.steps).toBe('2');
	expect(typeIntoField(once, '0').values.steps).toBe('20');
});

it('says beside the field why a value is wrong', () => {
	const wrong = typeIntoField(form({focus: 'steps'}), '500');
	expect(problemsIn(wrong)).toEqual({steps: 'must be 1 to 100'});
});

it('says that an emptied number is none', () => {
	expect(problemsIn(eraseInField(form({focus: 'steps'}), true))).toEqual({
		steps: 'must be a number',
	});
	// What will run names it as it was typed.
	const [request] = requestsOf(typeIntoField(form({focus: 'steps'}), '-'));
	expect(() => completeSettings('transfer', request?.settings ?? {})).toThrow(
		'--steps must be a number, not "-"',
	);
});

it('says that all weights are 0', () => {
	const values = {...form().values, vis: '0', edge: '0', depth: '0', seg: '0'};
	expect(problemsIn(form({values})).vis).toMatch(/all four weights are 0/);
});

it('takes several values of a number, and launches each combination with the text', () => {
	const typed = typeIntoField(form({focus: 'steps'}), '7,5');
	expect(typed.values.steps).toBe('7,5');
	const swept = typeIntoField({...typed, focus: 'seed', fresh: true}, '1..3');
	expect(problemsIn(swept)).toEqual({});
	const requests = requestsOf(swept);
	expect(requests.map(({settings, sweep}) => [settings, sweep?.axes])).toMatchObject(
		[7, 5].flatMap(steps =>
			[1, 2, 3].map(seed => [
				{steps, seed},
				{steps, seed},
			]),
		),
	);
});

it.each([
	['7,', 'must be a number'],
	['5..1', 'must go up, from the lower number to the higher one'],
	['1..200', 'must be 1 to 100'],
])('refuses %s steps in words', (text, problem) => {
	expect(problemsIn(typeIntoField(form({focus: 'steps'}), text)).steps).toBe(problem);
});

it('types nothing that is no number', () => {
	expect(typeIntoField(form({focus: 'steps'}), 'x').values).toEqual({});
});

it('takes the next host and comes round', () => {
	const next = stepField(form({focus: 'host'}), 1);
	expect(next.host).toBe('h100');
	expect(stepField(next, 1).host).toBe('demo');
});

it('folds the rare settings away until asked', () => {
	expect(fieldsOf(form())).not.toContain('canny');
	expect(fieldsOf(toggleField(form({focus: 'more'})))).toContain('canny');
});

it('opens unfolded when a rare setting is not its default', () => {
	const settings = {...defaultSettings, canny: 'high' as const};
	const opened = launchForm({
		target: transfer(prompt(1)),
		hosts: ['demo'],
		host: 'demo',
		first: {name: 'as it ran', settings, begins: true},
	});
	expect(opened.more).toBe(true);
});

it('comes round from the last field to the first', () => {
	expect(moveField(form({focus: 'more'}), 1).focus).toBe('model');
});

it('has the fields of the operation, and of no other', () => {
	const common = {hosts: ['demo'], host: 'demo'};
	const sources = [{name: 'city', video: {runId: 'run_1'}}];
	expect(fieldsOf(launchForm({target: {operation: 'upscale', sources}, ...common}))).toEqual([
		'preset',
		'weight',
		'timeLimit',
		'text',
		'host',
	]);
	expect(
		fieldsOf(launchForm({target: {operation: 'enhance', prompts: [prompt(1)]}, ...common})),
	).toEqual(['preset', 'createNew', 'force', 'timeLimit', 'host']);
});

it('says how many of several prompts have a control file', () => {
	const bare = prompt(2, {inputs: []});
	const target = transfer(prompt(1), bare);
	expect(meaningOf(form({target}), 'depth')).toBe('from a file in 1 of 2');
});

it('says what a control works on', () => {
	expect(meaningOf(form(), 'depth')).toBe('from depth.mp4');
	expect(meaningOf(form(), 'edge')).toBe('computed from the video');
	const off = form({values: {...form().values, edge: '0'}});
	expect(meaningOf(off, 'edge')).toBe('off');
});

it('has the fields of the family that is chosen, and keeps what both know', () => {
	const changed = typeIntoField(typeIntoField(form({focus: 'steps'}), '2'), '0');
	const guided = typeIntoField(
		typeIntoField({...changed, focus: 'guidance', fresh: true}, '1'),
		'2',
	);
	const other = stepField({...guided, focus: 'model'}, -1);
	expect(other.model).toBe('transfer2.5');
	expect(fieldsOf(other)).toContain('resolution');
	expect(fieldsOf(other)).not.toContain('fps');
	// 20 steps are allowed there; a guidance of 12 is not.
	expect(requestsOf(other)).toMatchObject([{model: 'transfer2.5', settings: {steps: 20}}]);
	expect(settingsIn(other)).toMatchObject({steps: 20, guidance: 3, seed: 2025});
	expect(problemsIn(typeIntoField({...other, focus: 'guidance'}, '8'))).toEqual({
		guidance: 'must be 0 to 7',
	});
	expect(requestsOf(stepField(other, 1))).toMatchObject([{model: 'transfer1'}]);
	expect(settingsIn(stepField(other, 1))).toMatchObject({steps: 20, seed: 1});
});

it('goes with the family of a host that has a certain one, and offers its presets', () => {
	const presets = [
		{name: 'draft', operation: 'transfer', settings: {steps: 12}} as const,
		{name: 'soft', operation: 'transfer', model: 'transfer2.5', settings: {guidance: 1}} as const,
	];
	const target = transfer(prompt(1));
	const hostModels = {h100: 'transfer2.5'};
	const first = launchForm({target, hosts: ['demo', 'h100'], host: 'demo', hostModels, presets});
	expect(first.presets.map(({name}) => name)).toEqual(['defaults', 'draft']);
	const moved = stepField({...first, focus: 'host'}, 1);
	expect(moved).toMatchObject({host: 'h100', model: 'transfer2.5'});
	expect(moved.presets.map(({name}) => name)).toEqual(['defaults', 'soft']);
	expect(stepField({...moved, focus: 'preset'}, 1).values.guidance).toBe('1');
});

it('changes the recipe, and its time limit with it', () => {
	const recipe = (name: string, timeLimit: number) => ({
		...{name, command: [name, '{seed}'], inputs: [], outputs: ['*']},
		timeLimit,
	});
	const recipes = [recipe('depth', 1800), recipe('gray', 60)] as const;
	const target = {operation: 'recipe', recipe: recipes[0], recipes, prompts: [prompt(1)]} as const;
	const opened = launchForm({target, model: 'depth', hosts: ['demo'], host: 'demo'});
	expect(fieldsOf(opened)).toEqual(['recipe', 'preset', 'seed', 'timeLimit', 'host']);
	expect(settingsIn(opened)).toEqual({seed: 1, timeLimit: 1800});
	const next = stepField({...opened, focus: 'recipe'}, 1);
	expect(meaningOf(next, 'recipe')).toBe('one of 2: gray {seed}');
	expect(requestsOf(next)).toEqual([
		{
			...{operation: 'recipe', recipe: recipes[1], promptId: 'ps_000000000001'},
			...{settings: {}, host: 'demo'},
		},
	]);
	expect(settingsIn(next)).toEqual({seed: 1, timeLimit: 60});
});

describe('a recipe with an image', () => {
	const plain = {name: 'gray', command: ['gray'], inputs: [], outputs: ['*'], timeLimit: 60};
	const image = {...plain, name: 'depth', image: 'depth:1'};
	const opened = (recipes: Array<typeof plain>, hosts = [demoHost, gpuHost]) =>
		commanded(filled({recipes, hosts}), 'recipe').overlay;
	const formIn = (overlay: ReturnType<typeof opened>): LaunchForm => {
		expect(overlay?.kind).toBe('launch');
		return (overlay as {form: LaunchForm}).form;
	};

	it('is offered only hosts that run containers', () => {
		const shown = formIn(opened([image]));
		expect(shown.host).toBe('h100');
		expect(stepField({...shown, focus: 'host'}, 1).host).toBe('h100');
	});

	it('moves the form to such a host when it is chosen', () => {
		const shown = formIn(opened([plain, image]));
		expect(shown).toMatchObject({host: 'demo', target: {recipe: plain}});
		const other = stepField({...shown, focus: 'recipe'}, 1);
		expect(other).toMatchObject({host: 'h100', target: {recipe: image}});
	});

	it('is not offered where no host runs containers', () => {
		expect(formIn(opened([image, plain], [demoHost]))).toMatchObject({
			target: {recipes: [plain]},
		});
		expect(targetProblem('recipe', filled({recipes: [image], hosts: [demoHost]}))).toBe(
			'its recipes have an image, and no host runs containers',
		);
	});
});

describe('a value that differs from its default', () => {
	const changed = typeIntoField(typeIntoField(form({focus: 'steps'}), '2'), '0');

	it('goes back to it by one key', () => {
		expect(canReset(changed)).toBe(true);
		expect(settingsIn(resetField(changed))).toEqual(defaultSettings);
		expect(resetField(changed).preset).toBe('defaults');
		expect(canReset(resetField(changed))).toBe(false);
	});

	it('leaves the other values when it goes back', () => {
		const two = typeIntoField({...changed, focus: 'seed', fresh: true}, '7');
		expect(requestsOf(resetField(two))).toMatchObject([{settings: {steps: 20}}]);
	});

	it('is none when it was typed as the default is', () => {
		const same = typeIntoField(typeIntoField(form({focus: 'steps'}), '3'), '5');
		expect(canReset(same)).toBe(false);
	});
});

describe('a key that types nothing', () => {
	it('goes to the next field that begins with the letter, and comes round', () => {
		const at = (start: LaunchForm, letters: string) =>
			[...letters].reduce((now, letter) => typeIntoField(now, letter), start).focus;
		expect(at(form(), 's')).toBe('seg');
		expect(at(form(), 'ss')).toBe('steps');
		expect(at(form(), 'p')).toBe('preset');
		expect(at(form({focus: 'host'}), 'S')).toBe('seg');
		expect(at(form(), 'y')).toBe('vis');
	});

	it('goes to the field with the number, where no number is typed', () => {
		expect(typeIntoField(form({focus: 'host'}), '1').focus).toBe('model');
		expect(typeIntoField(form({focus: 'host'}), '4').focus).toBe('edge');
		expect(typeIntoField(form({focus: 'steps'}), '4').focus).toBe('steps');
	});

	it('goes nowhere by a word that is pasted', () => {
		expect(typeIntoField(form({focus: 'host'}), 'seed').focus).toBe('host');
	});
});

describe('the seed', () => {
	it('goes on by one, and is shown then', () => {
		const next = nextSeed(form());
		expect(settingsIn(next)).toMatchObject({seed: 2});
		expect(next.focus).toBe('seed');
	});

	it('is drawn from its whole range', () => {
		expect(settingsIn(drawnSeed(form(), 0))).toMatchObject({seed: 0});
		expect(settingsIn(drawnSeed(form(), 0.999_999_999_99))).toMatchObject({seed: 4_294_967_295});
	});

	it('is missing in what has none', () => {
		const sources = [{name: 'city', video: {runId: 'run_1'}}];
		const upscale = launchForm({
			target: {operation: 'upscale', sources},
			hosts: ['demo'],
			host: 'demo',
		});
		expect(hasSeed(upscale)).toBe(false);
		expect(nextSeed(upscale)).toBe(upscale);
	});
});

it('keeps the text for the upscaler when a preset is chosen', () => {
	const sources = [{name: 'city', video: {runId: 'run_1'}}];
	const presets = [{name: 'soft', operation: 'upscale', settings: {weight: 0.2}}] as const;
	const target: FormTarget = {operation: 'upscale', sources};
	const typed = typeIntoField(
		{...launchForm({target, hosts: ['demo'], host: 'demo', presets}), focus: 'text'},
		'rain',
	);
	const soft = stepField({...typed, focus: 'preset'}, 1);
	expect(requestsOf(soft)).toMatchObject([{text: 'rain', settings: {weight: 0.2}}]);
});

it('shows a recipe with settings of its own, whatever they are called', () => {
	const common = {label: 'x', help: 'which size', main: true, scope: 'sample'} as const;
	const recipe = {
		...{name: 'predict', command: ['x'], inputs: [], outputs: ['*'], timeLimit: 60},
		settings: [
			{...common, key: 'checkpoint', kind: 'choice', default: 'a', choices: ['a', 'b']} as const,
			{...common, key: 'lora', kind: 'text', default: ''} as const,
		],
	};
	const target: FormTarget = {
		...{operation: 'recipe', recipe, recipes: [recipe], prompts: [prompt(1)]},
	};
	const opened = launchForm({target, model: 'predict', hosts: ['demo'], host: 'demo'});
	expect(fieldsOf(opened)).toEqual([
		...['recipe', 'preset', 'seed', 'checkpoint', 'lora', 'timeLimit', 'host'],
	]);
	expect(meaningOf(opened, 'checkpoint')).toBeUndefined();
	const typed = typeIntoField({...opened, focus: 'lora'}, 'seed 7.pt');
	expect(requestsOf(typed)).toMatchObject([{settings: {lora: 'seed 7.pt'}}]);
	expect(requestsOf(resetField(typed))).toMatchObject([{settings: {}}]);
});
