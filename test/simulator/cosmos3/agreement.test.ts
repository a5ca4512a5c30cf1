import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {CosmosError} from '../../../source/domain/errors.js';
import type {PromptInput} from '../../../source/domain/inputs/media.js';
import {cosmos3} from '../../../source/domain/models/cosmos3/cosmos3.js';
import {
	batchConflict,
	type Inputs,
	type Mode,
	type Transfer,
	type Values,
} from '../../../source/domain/models/family.js';
import type {ModelJob} from '../../../source/domain/models/model-job.js';
import type {SettingValue} from '../../../source/domain/settings/settings.js';
import {completeSettings} from '../../../source/domain/settings/settings-check.js';
import {transferTask} from '../../domain/models/tasks.js';
import {anyValue} from '../any-value.js';
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
const nextFolder = () => `cosmos-runs/run_${++jobs}`;

/** The inputs that are sent for a task, by role. */
function sentOf(mode: Mode, {settings}: Transfer, inputs: Inputs): Record<string, string> {
	const isSent = ({role}: PromptInput) =>
		mode.requires.includes(role) || mode.needs(role, settings);
	return Object.fromEntries(inputs.filter(isSent).map(({role, path}) => [role, path]));
}

/** Plays a job, and gives the files below its folder of outputs too. */
async function play(job: ModelJob, runFolder: string): Promise<Played & {files: string[]}> {
	const played = await stage.playJob(job, runFolder, {simulate: 'undrawn'});
	const files = stage.filesBelow(runFolder).flatMap(file => file.split('outputs/')[1] ?? []);
	return {...played, files};
}

function playOne(mode: Mode, task: Transfer, inputs: Inputs, gpuCount: number) {
	const runFolder = nextFolder();
	const places = {runFolder, inputs: sentOf(mode, task, inputs), gpuCount};
	return play(mode.job(task, places), runFolder);
}

const taskOf = (mode: Mode, settings: Transfer['settings'], more: Partial<Transfer> = {}) => ({
	...transferTask,
	model: cosmos3.name,
	mode: mode.name,
	settings,
	...more,
});

/** What a person asks for. */
type Launch = {inputs: PromptInput[]; given: Values; promptText: string; negative: string};

const anyLaunch = (mode: Mode): fc.Arbitrary<Launch> =>
	fc.record({
		inputs: anyInputs,
		given: anySettings(mode),
		promptText: anyText.filter(text => text.trim() !== ''),
		negative: fc.oneof(fc.constant(''), fc.string()),
	});

/** The task of a launch that the product accepts, on this many GPUs; undefined if it refuses it. */
function launch(mode: Mode, {inputs, given, ...texts}: Launch, gpus: number) {
	const settings = accept(mode, given, inputs);
	const checkpoint = cosmos3.checkpoints?.find(({name}) => name === settings?.checkpoint);
	return settings && gpus >= (checkpoint?.gpus ?? 1) ? taskOf(mode, settings, texts) : undefined;
}

const anyGpus = fc.constantFrom(1, 2, 3, 4, 8);
const ended = ({status, output}: Played) => ({status, output: status === 0 ? '' : output});
const toEnd = {status: 0, output: ''};
const modes = cosmos3.modes.map(mode => [mode.name, mode] as const);

describe.each(modes)('a job of %s', (_, mode) => {
	it('is played to its end when the product accepts it', async () => {
		const property = fc.asyncProperty(anyLaunch(mode), anyGpus, async (asked, gpus) => {
			const task = launch(mode, asked, gpus);
			fc.pre(task !== undefined);
			const {files, ...played} = await playOne(mode, task as Transfer, asked.inputs, gpus);
			expect(ended(played)).toEqual(toEnd);
			const {has, seal} = mode.result(task as Transfer);
			expect(files.some(has)).toBe(true);
			expect(files).toEqual(expect.arrayContaining([...(seal?.names ?? [])]));
		});
		await fc.assert(property, {numRuns: runs, maxSkipsPerRun: 1000});
	});

	it('is played to its end with others in a batch that the product accepts', async () => {
		const anyLaunches = fc.array(anyLaunch(mode), {minLength: 2, maxLength: 4});
		const property = fc.asyncProperty(anyLaunches, anyGpus, async (asked, gpus) => {
			const batch = mode.batch ?? expect.fail();
			const shared = mode.settings.filter(({scope}) => scope === 'process').map(({key}) => key);
			const tasks: Transfer[] = [];
			const inputs: PromptInput[][] = [];
			for (const one of asked) {
				const own = Object.entries(one.given).filter(([key]) => !shared.includes(key));
				const first = Object.entries(asked[0]?.given ?? {}).filter(([key]) => shared.includes(key));
				const given = Object.fromEntries([...own, ...first]);
				const task = launch(mode, {...one, given}, gpus);
				if (task) {
					tasks.push(task);
					inputs.push(one.inputs);
				}
			}

			fc.pre(tasks.length > 1 && batchConflict(tasks, mode) === undefined);
			const runFolder = nextFolder();
			const sent = tasks.map((task, index) => sentOf(mode, task, inputs[index] ?? []));
			const job = batch.job(tasks, {runFolder, inputs: sent, gpuCount: gpus});
			const {files, ...played} = await play(job, runFolder);
			expect(ended(played)).toEqual(toEnd);
			const seals = tasks.flatMap((task, index) =>
				(mode.result(task).seal?.names ?? []).map(name => `${batch.folder(index)}/${name}`),
			);
			expect(files).toEqual(expect.arrayContaining(seals));
		});
		await fc.assert(property, {numRuns: Math.ceil(runs / 2), maxSkipsPerRun: 1000});
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
	const {status, output} = await playOne(mode, taskOf(mode, {...settings, frames: 2}), inputs, 1);
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
	expect((await playOne(mode, task, inputs, 1)).status).toBe(1);
});
