/**
 * Several transfers in one process of Cosmos-Transfer1's `transfer.py`, its model loaded once: a
 * base spec, and a JSONL file with a line for each. Rules and names are those of
 * nvidia-cosmos/cosmos-transfer1 (June 2026).
 */
import {activeControls, type ControlName, controlNames} from '../settings/settings.js';
import type {FamilyBatch, Transfer} from './family.js';
import {
	asciiJson,
	type BatchPlaces,
	type JobPlaces,
	linesFile,
	type ModelJob,
	resultFile,
	specFile,
	specText,
	transferCommand,
} from './model-job.js';
import type {Transfer1Settings} from './transfer1-settings.js';
import {settingWords} from './transfer1-words.js';

/**
 * The files and the command for tasks without a conflict. The videos are produced one by one
 * (`--batch_size 1`): produced together they would need the memory of all, get different noise than single
 * runs do, and where the safety filter blocks one of them the program moves the rest up by one
 * folder.
 */
export function batchJob(tasks: readonly Transfer[], places: BatchPlaces): ModelJob {
	const active = new Set(tasks.flatMap(({settings}) => activeControls(settings)));
	const used = controlNames.filter(name => active.has(name));
	const [first] = tasks as readonly [Transfer, ...Transfer[]];
	const base = {
		...(first.negative === '' ? {} : {negative_prompt: first.negative}),
		input_video_path: places.inputs[0]?.color,
		// A line can only use a control that is listed here; every line has its own weight.
		...Object.fromEntries(
			used.map(name => [
				name,
				{control_weight: Math.max(...tasks.map(({settings}) => settings[name] ?? 0))},
			]),
		),
	};
	const lines = tasks.map((task, index) => lineOf(task, places.inputs[index] ?? {}, used));
	return {
		files: [
			{name: specFile, text: specText(base)},
			// ASCII only: the program opens it without an encoding.
			{name: linesFile, text: lines.map(line => `${asciiJson(line)}\n`).join('')},
		],
		command: [
			...transferCommand(places),
			...settingWords(first.settings as Transfer1Settings),
			...['--batch_input_path', `${places.runFolder}/${linesFile}`],
			...['--batch_size', '1'],
		],
	};
}

function lineOf(
	{promptText, settings}: Transfer,
	inputs: JobPlaces['inputs'],
	used: readonly ControlName[],
) {
	const overrides = used.map(name => [
		name,
		(settings[name] ?? 0) > 0
			? {control_weight: settings[name], input_control: inputs[name] ?? null}
			: // A control of weight 0 would still be computed if it had no file.
				{control_weight: 0, input_control: inputs.color},
	]);
	return {
		visual_input: inputs.color,
		prompt: promptText,
		control_overrides: Object.fromEntries(overrides),
	};
}

export const transferBatch: FamilyBatch = {
	sharesNegative: true,
	// Every line says a weight for each control of the base.
	sharesControls: false,
	job: batchJob,
	folder: index => `video_${index}`,
	spec: specFile,
	result: () => resultFile,
	nameOf: name => (name === 'prompt.txt' ? 'output.txt' : name),
	// The program writes it after the video.
	seal: 'output.txt',
	// Printed once per line by the first process only, however many GPUs there are.
	begins: {from: '[', line: /^\[.*transfer\.py:\d+:\w+\] running preprocessor\s*$/},
	ends: /\] Saved prompt to \S*\/video_(?<index>\d+)\/prompt\.txt\s*$/,
};
