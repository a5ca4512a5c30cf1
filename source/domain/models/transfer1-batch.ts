/**
 * Several transfers in one process of Cosmos-Transfer1's `transfer.py`, its model loaded once: a
 * base spec, and a JSONL file with a line for each. Rules and names are those of
 * nvidia-cosmos/cosmos-transfer1 (June 2026).
 */
import {controlNames, type SettingKey} from '../settings.js';
import type {TaskOf} from '../types.js';
import {
	asciiJson,
	type BatchModel,
	type BatchPlaces,
	type JobPlaces,
	linesFile,
	type ModelJob,
	specFile,
	specText,
	transferCommand,
} from './model-job.js';
import {settingWords} from './transfer1.js';

type Transfer = TaskOf<'transfer'>;

/** What every line of a batch has to have alike: the program takes it for the whole only. */
export const sharedSettings = [
	'steps',
	'guidance',
	'seed',
	'fps',
	'sigmaMax',
	'blur',
	'canny',
	'distilled',
	'offloadTextEncoder',
	'offloadGuardrails',
	'offloadTransformer',
] as const satisfies readonly SettingKey[];

/** Equal for tasks that can share a batch, each with its own controls. */
export function mixedBatchKey(task: Transfer): string {
	return JSON.stringify([task.model, task.negative, sharedSettings.map(key => task.settings[key])]);
}

/** Equal for tasks that can share a batch and use the same controls, whatever their weights. */
export function batchKey(task: Transfer): string {
	const controls = controlNames.filter(name => task.settings[name] > 0);
	return JSON.stringify([mixedBatchKey(task), controls]);
}

/** Two tasks that cannot share a batch, by their places, and the setting that keeps them apart. */
export type BatchConflict = {
	setting: 'negative' | (typeof sharedSettings)[number];
	places: readonly [number, number];
	values: readonly [string | number | boolean, string | number | boolean];
};

/** The first thing that keeps tasks out of one batch; undefined when nothing does. */
export function batchConflict(tasks: readonly Transfer[]): BatchConflict | undefined {
	const [first] = tasks;
	for (const setting of ['negative', ...sharedSettings] as const) {
		const values = tasks.map(task =>
			setting === 'negative' ? task.negative : task.settings[setting],
		);
		const other = values.findIndex(value => value !== values[0]);
		if (first && other > 0) {
			return {
				setting,
				places: [0, other],
				values: [values[0] as string, values[other] as string],
			};
		}
	}

	return undefined;
}

/**
 * The files and the command for tasks without a conflict. The videos are made one by one
 * (`--batch_size 1`): made together they would need the memory of all, get other noise than single
 * runs do, and where the safety filter blocks one of them the program moves the rest up by one
 * folder.
 */
export function batchJob(tasks: readonly Transfer[], places: BatchPlaces): ModelJob {
	const used = controlNames.filter(name => tasks.some(({settings}) => settings[name] > 0));
	const [first] = tasks as readonly [Transfer, ...Transfer[]];
	const base = {
		...(first.negative === '' ? {} : {negative_prompt: first.negative}),
		input_video_path: places.inputs[0]?.color,
		// Only a control that stands here can be used by a line; every line says its own weight.
		...Object.fromEntries(
			used.map(name => [
				name,
				{control_weight: Math.max(...tasks.map(({settings}) => settings[name]))},
			]),
		),
	};
	const lines = tasks.map((task, index) => lineOf(task, places.inputs[index] ?? {}, used));
	return {
		files: [
			{name: specFile, text: specText(base)},
			// ASCII alone: the program opens it without naming an encoding.
			{name: linesFile, text: lines.map(line => `${asciiJson(line)}\n`).join('')},
		],
		command: [
			...transferCommand(places),
			...settingWords(first.settings),
			...['--batch_input_path', `${places.runFolder}/${linesFile}`],
			...['--batch_size', '1'],
		],
	};
}

function lineOf(
	{promptText, settings}: Transfer,
	inputs: JobPlaces['inputs'],
	used: ReadonlyArray<(typeof controlNames)[number]>,
) {
	const overrides = used.map(name => [
		name,
		settings[name] > 0
			? {control_weight: settings[name], input_control: inputs[name] ?? null}
			: // A control of weight 0 would be computed all the same, if it had no file.
				{control_weight: 0, input_control: inputs.color},
	]);
	return {
		visual_input: inputs.color,
		prompt: promptText,
		control_overrides: Object.fromEntries(overrides),
	};
}

export const transferBatch: BatchModel<'transfer'> = {
	job: batchJob,
	folder: index => `video_${index}`,
	names: {'prompt.txt': 'output.txt'},
	// The program writes it after the video.
	seal: 'prompt.txt',
	// Said once for each line by the first process alone, however many GPUs there are.
	begins: {from: '[', line: /^\[.*transfer\.py:\d+:\w+\] running preprocessor\s*$/},
};
