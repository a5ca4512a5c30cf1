import {describe, expect, it} from 'vitest';
import {jobOf, needsOf, resultOf} from '../../../source/domain/models/models.js';
import {
	argumentProblem,
	fillCommand,
	fillIn,
	matchesPattern,
	nameProblem,
	namesProblem,
	outputProblem,
	progressProblem,
	settingNameProblem,
} from '../../../source/domain/settings/recipe.js';
import type {TaskOf} from '../../../source/domain/types.js';

const values = {inputs: 'i', outputs: 'o', prompt: 'p', spec: '{seed}', seed: '7', gpus: '2'};

describe('the arguments of a recipe', () => {
	it.each([
		['--seed={seed}', '--seed=7'],
		['{inputs}/color.mp4:{outputs}', 'i/color.mp4:o'],
		['{{seed}} {"a":1} x{3} {}', '{seed} {"a":1} x{3} {}'],
		['{spec}', '{seed}'],
		['$(rm -rf {outputs}); `x`', '$(rm -rf o); `x`'],
	])('%j becomes %j', (argument, filled) => {
		expect(argumentProblem(argument)).toBeUndefined();
		expect(fillIn(argument, values)).toBe(filled);
	});

	it('an unknown placeholder is reported with the nearest one', () => {
		expect(argumentProblem('{output}/a')).toContain('{output}; did you mean {outputs}?');
		expect(argumentProblem('{constructor}')).toContain('unknown placeholder {constructor}');
		expect(argumentProblem('{frobnicate}')).toContain('there is {inputs}, {outputs}');
	});

	it.each([
		['*.mp4', 'a.mp4', true],
		['*.mp4', 'deep/a.mp4', false],
		['**/*.mp4', 'a.mp4', true],
		['**/*.mp4', 'one/two/a.mp4', true],
		['frames/**', 'frames/1/a.png', true],
		['frame_??.png', 'frame_07.png', true],
		['frame_??.png', 'frame_7.png', false],
		['a+(b).mp4', 'a+(b).mp4', true],
		['**', 'any/thing', true],
	])('%s matches %s: %s', (pattern, name, is) => {
		expect(outputProblem(pattern)).toBeUndefined();
		expect(matchesPattern(pattern, name)).toBe(is);
	});

	it('no pattern is slow', () => {
		expect(matchesPattern('*a'.repeat(99), 'a'.repeat(90) + 'b'.repeat(200))).toBe(false);
		expect(matchesPattern(`${'**/'.repeat(60)}x`, `${'a/'.repeat(200)}y`)).toBe(false);
	});

	it.each(['../a', 'a/../../b', '/etc/*', '~/a', 'C:/a', 'a\\b', 'a//b', './a', '', 'a/'])(
		'rejects the output %j',
		pattern => expect(outputProblem(pattern)).toBeTypeOf('string'),
	);

	it('does not run a progress pattern to count its groups', () => {
		expect(progressProblem(`(?:(?:(?:(?:(?:(a?)${'){30}'.repeat(5)}`)).toBeUndefined();
	});

	it('checks names and progress patterns', () => {
		expect(['depth', 'a-1_b'].map(nameProblem)).toEqual([undefined, undefined]);
		for (const name of ['Depth', '1a', 'a b', 'x'.repeat(25), 'transfer', 'upscale', 'recipe']) {
			expect(nameProblem(name)).toBeTypeOf('string');
		}

		expect(['(\\d+)%', '(\\d+)/(\\d+)'].map(progressProblem)).toEqual([undefined, undefined]);
		expect(progressProblem('(\\d+')).toContain('not a valid regular expression');
		expect(progressProblem('\\d+')).toContain('has 0 groups');
		expect(progressProblem('(a)(b)(c)')).toContain('has 3 groups');
		expect(progressProblem('\\((?:a)[(](?<=b)(?<!c)(?=d)(?!e)(?<done>\\d+)')).toBeUndefined();
	});
});

describe('a run of a recipe', () => {
	const task: TaskOf<'recipe'> = {
		operation: 'recipe',
		promptId: 'ps_000000000001',
		promptName: 'street',
		promptText: 'A "street"',
		negative: 'blur',
		model: 'depth',
		inputs: [],
		settings: {seed: 7, timeLimit: 60},
		recipe: {
			name: 'depth',
			image: 'acme/depth:2',
			command: ['depth', '{inputs}/color.mp4', '{outputs}', '{seed}', '{gpus}', '{prompt}'],
			inputs: ['color'],
			outputs: ['*.mp4', 'stats.json'],
			timeLimit: 1800,
		},
	};
	const job = jobOf(task, {
		runFolder: 'runs/r',
		inputs: {color: 'cosmos-inputs/ab.mp4'},
		gpuCount: 2,
	});

	it('has its command, its image, and its inputs under their names', () => {
		expect(job).toMatchObject({
			command: [
				'depth',
				'runs/r/inputs/color.mp4',
				'runs/r/outputs',
				'7',
				'2',
				'runs/r/prompt.txt',
			],
			image: 'acme/depth:2',
			isWhole: true,
			links: [{name: 'inputs/color.mp4', of: 'cosmos-inputs/ab.mp4'}],
		});
		expect(JSON.parse(job.files[0]?.text ?? '')).toMatchObject({
			...{recipe: 'depth', prompt: 'A "street"', negative_prompt: 'blur', seed: 7},
			inputs: {color: 'runs/r/inputs/color.mp4'},
		});
	});

	it('needs no model, and at least one of its files', () => {
		expect(needsOf(task)).toEqual({image: 'acme/depth:2', program: 'depth'});
		const {title, has} = resultOf(task);
		expect(title).toBe('*.mp4 or stats.json');
		expect(['a.mp4', 'stats.json', 'a.txt', 'b/a.mp4'].map(has)).toEqual([
			...[true, true, false, false],
		]);
	});
});

describe('placeholders of inputs and settings', () => {
	const values = {'input.rear': 'in/rear.mp4', 'setting.fast': '', 'setting.size': 'large'};

	it('are filled in, and leave out what a switch leaves empty', () => {
		const command = [
			'run',
			'{input.rear}',
			'--size={setting.size}',
			'{setting.fast}',
			'{{setting.size}}',
		];
		expect(fillCommand(command, values)).toEqual([
			...['run', 'in/rear.mp4', '--size=large', '{setting.size}'],
		]);
		expect(fillCommand(['run', ''], values)).toEqual(['run', '']);
	});

	it('have to be of the recipe', () => {
		const recipe = {command: ['run', '{setting.sise}'], inputs: ['rear'], settings: ['size']};
		expect(namesProblem(recipe)).toBe(
			'the recipe has no setting for {setting.sise}; did you mean {setting.size}?',
		);
		expect(namesProblem({...recipe, command: ['{input.front}']})).toContain('no input for');
		expect(namesProblem({...recipe, command: ['{setting.size}', '{input.rear}']})).toBeUndefined();
	});

	it.each(['Size', '1size', 'seed', 'dry_run', 'a-b', ''])(
		'refuse the name %j of a setting',
		name => {
			expect(settingNameProblem(name)).toBeDefined();
		},
	);
});
