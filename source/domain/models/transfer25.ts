/**
 * Cosmos-Transfer2.5: settings -> specs and command of its `examples/inference.py`. Spec keys,
 * ranges, flags and output names are those of nvidia-cosmos/cosmos-transfer2.5 (June 2026), which
 * refuses a key that it does not know.
 */
import {activeControls, type TransferSettings, withTableDefaults} from '../settings/settings.js';
import {controlRoles, maskOf, maskRoles} from './control-roles.js';
import {
	type Conflict,
	type Family,
	type FamilyBatch,
	type Inputs,
	type Mode,
	needsControl,
	type Transfer,
	type Values,
} from './family.js';
import type {MemoryNeed} from './gpu-memory.js';
import {
	asciiJson,
	type JobPlaces,
	linesFile,
	oneFile,
	outputFolder,
	resultFile,
	specFile,
	specText,
} from './model-job.js';
import {
	type Launch,
	nearestShape,
	type Outlook,
	type ResultVideo,
	unlikeShapes,
	videosOf,
	warnOfCut,
	warnOfRates,
	warnOfSpeed,
	warnOfStretch,
} from './outlook.js';
import {writeSettings} from './setting-writers.js';
import {transfer25Limit} from './time-limits.js';
import {chunksOf, framesOfResult, lengthMisfit, shapesFor} from './transfer25-chunks.js';
import {
	maskKey,
	mostFrames,
	removedSettings,
	settingsTable,
	type Transfer25Settings,
} from './transfer25-settings.js';
import {sampleKeys, words} from './transfer25-words.js';

/** One sample: a whole spec, or a line of a batch. Its paths are relative to its folder. */
function sampleOf(
	name: string,
	{promptText, negative, settings}: Transfer,
	{runFolder, inputs}: Pick<JobPlaces, 'runFolder' | 'inputs'>,
): Record<string, unknown> {
	const up = '../'.repeat(runFolder.split('/').length);
	const pathTo = (file: string | undefined) => file && up + file;
	const controls = activeControls(settings).map(control => [
		control,
		{
			control_weight: settings[control],
			control_path: pathTo(inputs[control]),
			mask_path: settings[maskKey(control)] ? pathTo(inputs[maskOf(control)]) : undefined,
			...(control === 'vis' && {preset_blur_strength: settings.blur}),
			...(control === 'edge' && {preset_edge_threshold: settings.canny}),
		},
	]);
	return {
		name,
		prompt: promptText,
		...(negative === '' ? {} : {negative_prompt: negative}),
		video_path: pathTo(inputs.color),
		image_context_path: takesStyle(settings) ? pathTo(inputs.image) : undefined,
		...Object.assign({}, ...writeSettings(sampleKeys, settings as Transfer25Settings)),
		...Object.fromEntries(controls),
	};
}

function command(
	{runFolder, gpuCount}: Omit<JobPlaces, 'inputs'>,
	file: string,
	{settings}: Transfer,
): string[] {
	const start =
		gpuCount > 1 ? ['torchrun', `--nproc_per_node=${gpuCount}`, '--standalone'] : ['python'];
	return [
		...start,
		'examples/inference.py',
		...['-i', `${runFolder}/${file}`],
		...['-o', `${runFolder}/${outputFolder}`],
		...writeSettings(words, settings as Transfer25Settings).flat(),
	];
}

const sampleName = (index: number) => `video_${index}`;

/** The outputs of all are in one folder; their names start with the sample's. */
const batch: FamilyBatch = {
	sharesNegative: false,
	// The program gives each sample's weights to the controls of the whole batch by position.
	sharesControls: true,
	job(tasks, {inputs, ...places}) {
		const lines = tasks.map((task, index) =>
			sampleOf(sampleName(index), task, {...places, inputs: inputs[index] ?? {}}),
		);
		return {
			files: [{name: linesFile, text: lines.map(line => `${asciiJson(line)}\n`).join('')}],
			command: command(places, linesFile, tasks[0] as Transfer),
		};
	},
	folder: () => '',
	spec: linesFile,
	result: index => `${sampleName(index)}.mp4`,
	nameOf(name, index) {
		const [whole, sample = '', rest = ''] = /^(video_\d+)([._].*)$/.exec(name) ?? [];
		return whole !== undefined && sample === sampleName(index) ? `output${rest}` : undefined;
	},
	// The program writes it after the video.
	seal: 'output.txt',
	begins: {from: '[', line: /^\[.*inference\.py:\d+:\w+\] \[\d+\/\d+\] Processing sample /},
	ends: /\] Generated video saved to \S*\/video_(?<index>\d+)\.mp4\s*$/,
};

/** The encoder takes the first frame alone and then four at a time. */
function chunkConflict({framesPerChunk}: TransferSettings): Conflict | undefined {
	const frames = Number(framesPerChunk);
	return frames % 4 === 1
		? undefined
		: {key: 'framesPerChunk', problem: `must be 4n + 1, such as ${frames - ((frames + 3) % 4)}`};
}

/** A picture says the style of the result, and so does vis: the program refuses both. */
const takesStyle = (settings: TransferSettings) => Number(settings.vis ?? 0) === 0;

/** The time for its chunks. */
function defaultsFor(inputs: Inputs, given: Values): Values {
	const [color] = videosOf(inputs, ['color']);
	const settings = withTableDefaults(settingsTable, given);
	return color
		? {
				timeLimit: transfer25Limit(
					chunksOf(framesOfResult(settings, color), settings),
					Number(settings.steps),
				),
			}
		: {};
}

function outlook({promptText, negative, settings, inputs}: Launch): Outlook {
	const image = inputs.find(({role}) => role === 'image');
	const made = resultOf(settings, inputs);
	const cannotRead =
		image && takesStyle(settings) && !/\.(?:png|jpe?g)$/i.test(image.path)
			? 'image must be a PNG or JPEG file: the program reads no other'
			: undefined;
	const misfit = made.misfit ?? cannotRead;
	return {
		...made,
		...(misfit && {misfit}),
		warnings: [
			...(image && !takesStyle(settings)
				? ['image is ignored: the style comes from vis; --vis 0 takes it from the image']
				: []),
			...made.warnings,
			...warnOfCut('the text', promptText),
			...warnOfCut('the negative prompt', negative),
		],
	};
}

function resultOf(settings: TransferSettings, inputs: Inputs): Outlook {
	const [color] = videosOf(inputs, ['color']);
	const active = activeControls(settings);
	const masks = active.filter(name => settings[maskKey(name)] === true).map(maskOf);
	const controls = videosOf(inputs, [...active, ...masks]);
	if (!color) {
		return {warnings: []};
	}

	const shapes = shapesFor(settings);
	const shape = nearestShape(color, shapes);
	const frames = framesOfResult(settings, color);
	const {width, height} = settings.keepInputResolution === true ? color : shape;
	const parts = chunksOf(frames, settings);
	// The program cuts the decimals off.
	const fps = Math.max(1, Math.floor(color.fps));
	const result: ResultVideo = {width, height, frames, fps, parts, part: 'chunk'};
	const misfit = unlikeShapes(color, controls, shapes) ?? lengthMisfit(settings, color, controls);
	return {
		result,
		...(misfit && {misfit}),
		warnings: [
			...controls
				.filter(one => one.frames > frames)
				.map(one => `${one.role} has ${one.frames} frames: the first ${frames} are used`),
			...(color.frames > frames && frames === mostFrames
				? [`color has ${color.frames} frames: the model reads ${frames}`]
				: []),
			...warnOfRates(color, controls),
			...warnOfSpeed(color, result, ''),
			...(settings.keepInputResolution === true ? [] : warnOfStretch(color, shape)),
		],
	};
}

/** The lines that count the chunks are filtered from the console: each has only a bar of its own. */
function countChunks({
	settings,
	inputs,
}: Pick<Transfer, 'settings' | 'inputs'>): number | undefined {
	const frames = inputs.find(({role}) => role === 'color')?.frames;
	return frames === undefined ? undefined : chunksOf(framesOfResult(settings, {frames}), settings);
}

const transfer: Mode = {
	name: 'transfer',
	requires: ['color'],
	settings: settingsTable,
	removed: removedSettings,
	defaultsFor,
	conflictIn: given => needsControl(given) ?? chunkConflict(given),
	outlook,
	needs(role, given) {
		if (role === 'image') {
			return takesStyle(given);
		}

		const control = activeControls(given).find(name => name === role || maskOf(name) === role);
		return control !== undefined && (control === role || given[maskKey(control)] === true);
	},
	job: (task, places) => ({
		files: [
			{
				name: specFile,
				text: specText(sampleOf(resultFile.replace('.mp4', ''), task, places)),
			},
		],
		command: command(places, specFile, task),
	}),
	result: () => oneFile(resultFile),
	// The bar of the first video, which is drawn at once.
	sampling: /^Generating samples:/,
	bars: {begins: /^Generating samples: +0%\|[^|]*\| 0\//, count: countChunks},
	batch,
};

/** One figure for all controls and sizes. */
const statedMemory: MemoryNeed = {
	// 65.4 GB.
	gibibytes: 61,
	by: 'stated',
	source: 'NVIDIA in docs/inference.md of cosmos-transfer2.5, for 720 lines and one control',
};

export const transfer25: Family = {
	name: 'transfer2.5',
	title: 'Cosmos-Transfer2.5',
	roles: [...controlRoles, ...maskRoles],
	modes: [transfer],
	checkout: {
		name: 'cosmos-transfer2.5',
		needs: 'examples',
		hint: 'Clone cosmos-transfer2.5 there.',
	},
	// docs/setup.md of its repository.
	host: {
		driver: {least: 570, for: 'CUDA 12.8'},
		downloads: {
			anyOf: ['nvidia/Cosmos-Transfer2.5-2B'],
			gated: ['nvidia/Cosmos-Transfer2.5-2B'],
			space: 50,
			access: 'https://huggingface.co/nvidia/Cosmos-Transfer2.5-2B',
		},
	},
	memory: 65,
	memoryFor: () => statedMemory,
	savesMemory: ['--offload-guardrails'],
};
