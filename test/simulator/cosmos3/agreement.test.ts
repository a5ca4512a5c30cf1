import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {CosmosError} from '../../../source/domain/errors.js';
import type {PromptInput} from '../../../source/domain/media.js';
import {cosmos3} from '../../../source/domain/models/cosmos3/cosmos3.js';
import type {Inputs, Mode, Transfer, Values} from '../../../source/domain/models/family.js';
import type {Setting, SettingValue} from '../../../source/domain/settings.js';
import {completeSettings} from '../../../source/domain/settings-check.js';
import {transferTask} from '../../domain/models/tasks.js';
import {createStage, type Played, type Stage} from './stage.js';

/** Jobs of each mode; `COSMOS_AGREEMENT_RUNS=1000` for a long look. */
const runs = Number(process.env.COSMOS_AGREEMENT_RUNS ?? 100);

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
});
afterAll(() => stage.remove());

/** The inputs that lie in the stage. */
const size = {width: 64, height: 48, size: 9};
const clip = {path: 'in/clip.mp4', ...size, frames: 4, fps: 24};
const long = {...clip, path: 'in/long.mp4', frames: 12};
const png = {path: 'in/photo.png', ...size, kind: 'image' as const};
const jpg = {path: 'in/photo.jpg', ...size, kind: 'image' as const};
const filesFor = (role: string) =>
	role === 'color' ? [clip, long] : role === 'image' ? [png, jpg] : [clip, long, png];

const roles = ['color', 'image', ...cosmos3.roles.map(({role}) => role)];
const anyInputs: fc.Arbitrary<PromptInput[]> = fc
	.subarray(roles, {maxLength: 3})
	.chain(chosen =>
		fc.tuple(
			...chosen.map(role => fc.constantFrom(...filesFor(role)).map(file => ({role, ...file}))),
		),
	);

function anyValue(row: Setting): fc.Arbitrary<SettingValue> {
	switch (row.kind) {
		case 'switch':
			return fc.boolean();
		case 'choice':
			return fc.constantFrom(...row.choices);
		default: {
			const {min, max, default: usual} = row;
			const whole = fc.integer({min: Math.ceil(min), max: Math.floor(max)});
			const any = row.kind === 'integer' ? whole : fc.double({min, max, noNaN: true});
			return fc.oneof(fc.constantFrom(min, usual, max), any);
		}
	}
}

/** A few settings; those that only cost time are kept small. */
function anySettings({settings}: Mode): fc.Arbitrary<Values> {
	const costly: Readonly<Record<string, number>> = {steps: 4, outputs: 2};
	const rows = settings.filter(({key}) => key !== 'timeLimit');
	return fc.subarray([...rows], {maxLength: 4}).chain(chosen =>
		fc.record(
			Object.fromEntries(
				chosen.map(row => [
					row.key,
					anyValue(row).map(value => {
						const most = costly[row.key];
						return most === undefined ? value : Math.min(Number(value), most);
					}),
				]),
			),
		),
	);
}

const anyText = fc.oneof(
	fc.constant('A street at night'),
	fc.string({unit: 'grapheme'}),
	fc.json({maxDepth: 2}),
);

/** Settings as a launch completes them; undefined if it refuses them or the inputs. */
function accept(mode: Mode, given: Values, inputs: Inputs) {
	const has = (role: string) => inputs.some(input => input.role === role);
	if (!mode.requires.every(has) || mode.requiresOne?.some(has) === false) {
		return undefined;
	}

	try {
		const settings = completeSettings('transfer', given, cosmos3.name, mode.name, inputs);
		return mode.refusedInput?.(settings, inputs) === undefined ? settings : undefined;
	} catch (error) {
		if (error instanceof CosmosError) {
			return undefined;
		}

		throw error;
	}
}

let jobs = 0;
async function play(mode: Mode, task: Transfer, inputs: Inputs, gpuCount: number) {
	jobs++;
	const runFolder = `cosmos-runs/run_${jobs}`;
	const isSent = ({role}: PromptInput) =>
		mode.requires.includes(role) || mode.needs(role, task.settings);
	const sent = Object.fromEntries(inputs.filter(isSent).map(({role, path}) => [role, path]));
	const job = mode.job(task, {runFolder, inputs: sent, gpuCount});
	const played: Played = await stage.playJob(job, runFolder, {simulate: 'undrawn'});
	return {...played, files: stage.filesBelow(runFolder).map(file => file.split('outputs/')[1])};
}

const taskOf = (mode: Mode, settings: Transfer['settings'], more: Partial<Transfer> = {}) => ({
	...transferTask,
	model: cosmos3.name,
	mode: mode.name,
	settings,
	...more,
});

const modes = cosmos3.modes.map(mode => [mode.name, mode] as const);

describe.each(modes)('a job of %s', (_, mode) => {
	it('is played to its end when the product accepts it', async () => {
		let played = 0;
		const property = fc.asyncProperty(
			anyInputs,
			anySettings(mode),
			anyText.filter(text => text.trim() !== ''),
			fc.oneof(fc.constant(''), fc.string()),
			fc.constantFrom(1, 2, 3, 4, 8),
			async (inputs, given, promptText, negative, gpus) => {
				const settings = accept(mode, given, inputs);
				fc.pre(settings !== undefined);
				const checkpoint = cosmos3.checkpoints?.find(({name}) => name === settings?.checkpoint);
				fc.pre(gpus >= (checkpoint?.gpus ?? 1));
				const task = taskOf(mode, settings as Transfer['settings'], {promptText, negative});
				const {status, output, files} = await play(mode, task, inputs, gpus);
				expect({status, output: status === 0 ? '' : output}).toEqual({status: 0, output: ''});
				const {has, seal} = mode.result(task);
				expect(files.some(file => file !== undefined && has(file))).toBe(true);
				expect(files).toEqual(expect.arrayContaining([...(seal?.names ?? [])]));
				played++;
			},
		);
		await fc.assert(property, {numRuns: runs, maxSkipsPerRun: 1000});
		expect(played).toBeGreaterThanOrEqual(runs);
	});
});

/** Values that NVIDIA's program refuses, in every mode that has the setting. */
const refusedValues: ReadonlyArray<readonly [key: string, value: SettingValue]> = [
	['guidance', 7.5],
	['guidance', -0.5],
	['controlGuidance', 10.5],
	['steps', 0],
	['frames', 0],
	['fps', 0],
	['fps', 29.97],
	['seed', 1.5],
	['outputs', 0],
	['quality', -1],
	['quality', 101],
	['resolution', '1080'],
	['aspectRatio', '2:1'],
	['chunkFrames', 0],
	['overlap', -1],
	['sourceFrames', -1],
	['canny', 'none'],
	['blur', 'strong'],
	['keptEnd', 'middle'],
	['maxTokens', 0],
	['temperature', 101],
	['topP', 1.5],
	['repetitionPenalty', 0],
	['videoFps', 0],
	['checkpoint', 'Cosmos3-Tiny'],
];
const cases = refusedValues.flatMap(([key, value]) =>
	cosmos3.modes
		.filter(({settings}) => settings.some(row => row.key === key))
		.map(mode => [key, value, mode.name, mode] as const),
);

it('has a case for each value', () => {
	expect(new Set(cases.map(([key, value]) => `${key} ${value}`)).size).toBe(refusedValues.length);
});

it('both refuse several frames of a picture', async () => {
	const mode = cosmos3.modes.find(({name}) => name === 'transfer') ?? expect.fail();
	const inputs = [{role: 'image', ...png}];
	expect(accept(mode, {frames: 2}, inputs)).toBeUndefined();
	const settings = accept(mode, {}, inputs) ?? expect.fail();
	const {status, output} = await play(mode, taskOf(mode, {...settings, frames: 2}), inputs, 1);
	expect(status).toBe(1);
	expect(output).toContain("Error generating sample 'outputs': ");
});

it.each(cases)('both refuse %s %s of %s', async (key, value, name, mode) => {
	const isStill = mode.requires.includes('image') || name === 'image2image';
	const inputs = [{role: 'color', ...clip}, ...(isStill ? [{role: 'image', ...png}] : [])];
	const own: Values = key === 'blur' ? {vis: 1} : {};
	expect(accept(mode, {...own, [key]: value}, inputs)).toBeUndefined();

	const settings = accept(mode, own, inputs) ?? expect.fail('the inputs are not right');
	const task = taskOf(mode, {...settings, [key]: value});
	expect((await play(mode, task, inputs, 1)).status).toBe(1);
});
