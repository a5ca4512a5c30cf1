/**
 * Cosmos-Transfer1: settings -> spec file and command of its `transfer.py`.
 * Flags, spec keys and output names are those of nvidia-cosmos/cosmos-transfer1 (June 2026).
 */
import {
	activeControls,
	flagName,
	type TransferSettings,
	withTableDefaults,
} from '../settings/settings.js';
import {controlRoles} from './control-roles.js';
import {pixtral} from './enhance1.js';
import {
	type Conflict,
	type Family,
	type Inputs,
	type Mode,
	needsControl,
	type Transfer,
	type Values,
} from './family.js';
import {
	type JobPlaces,
	type ModelJob,
	oneFile,
	resultFile,
	samplingLine,
	specFile,
	specText,
	transferCommand,
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
import {transfer1Limit} from './time-limits.js';
import {transferBatch} from './transfer1-batch.js';
import {clipsOf, framesOfResult, shapes, usedRoles} from './transfer1-clips.js';
import {host} from './transfer1-host.js';
import {transfer1Memory} from './transfer1-memory.js';
import {settingsTable, type Transfer1Settings} from './transfer1-settings.js';
import {settingWords} from './transfer1-words.js';

export function transferJob(task: Transfer, places: JobPlaces): ModelJob {
	return {
		files: [{name: specFile, text: specText(transferSpec(task, places))}],
		command: [...transferCommand(places), ...settingWords(task.settings as Transfer1Settings)],
	};
}

/** The prompt travels here and never on the command line: a file keeps every character. */
function transferSpec(
	{promptText, negative, settings}: Transfer,
	{inputs}: JobPlaces,
): Record<string, unknown> {
	const spec: Record<string, unknown> = {prompt: promptText};
	if (negative !== '') {
		spec.negative_prompt = negative;
	}

	spec.input_video_path = inputs.color;
	// A control that is named at all is computed and loaded, so weight 0 means: leave it out.
	for (const name of activeControls(settings)) {
		const file = inputs[name];
		spec[name] = {control_weight: settings[name], ...(file ? {input_control: file} : {})};
	}

	return spec;
}

/** The rate of the video, in whole frames; the time for its clips. */
function defaultsFor(inputs: Inputs, given: Values): Values {
	const [color] = videosOf(inputs, ['color']);
	if (!color) {
		return {};
	}

	const settings = withTableDefaults(settingsTable, given);
	const clips = clipsOf(framesOfResult(settings, inputs));
	const fps = Math.min(mostFps, Math.max(1, Math.round(color.fps)));
	return {
		fps,
		timeLimit: transfer1Limit(clips, settings.distilled ? 1 : Number(settings.steps)),
	};
}

const mostFps = 60;

/** What the distilled model has fixed, with the value that counts as not given. */
const fixedByDistilled = {steps: 35, guidance: 5, sigmaMax: 70} as const;

function outlook({promptText, negative, settings, inputs}: Launch): Outlook {
	const ignored = Object.entries(fixedByDistilled)
		.filter(([key, usual]) => settings[key] !== usual)
		.map(([key]) => flagName(key));
	const all = [...ignored, ...(negative === '' ? [] : ['the negative prompt'])];
	const made = resultOf(settings, inputs);
	return {
		...made,
		warnings: [
			...(inputs.some(({role}) => role === 'image')
				? ['image is ignored: Cosmos-Transfer1 works on videos alone']
				: []),
			...made.warnings,
			...(settings.distilled && all.length > 0
				? [`the distilled model ignores ${all.join(', ')}`]
				: []),
			...warnOfCut('the text', promptText),
			...warnOfCut('the negative prompt', negative),
		],
	};
}

function resultOf(settings: TransferSettings, inputs: Inputs): Outlook {
	const [color, ...controls] = videosOf(inputs, usedRoles(settings)).toSorted(
		(a, b) => Number(b.role === 'color') - Number(a.role === 'color'),
	);
	if (color?.role !== 'color') {
		return {warnings: []};
	}

	const shape = nearestShape(color, shapes);
	const frames = framesOfResult(settings, inputs);
	const result: ResultVideo = {
		...shape,
		frames,
		fps: Number(settings.fps),
		parts: clipsOf(frames),
		part: 'clip',
	};
	const misfit =
		unlikeShapes(color, controls, shapes) ??
		(frames < 2 ? 'one of the videos has a single frame: the model needs at least 2' : undefined);
	const shorter = controls.filter(one => one.frames !== color.frames);
	return {
		result,
		...(misfit && {misfit}),
		warnings: [
			...shorter.map(
				one =>
					`${one.role} has ${one.frames} frames, color ${color.frames}: the result has ${frames}`,
			),
			...(color.frames > frames && shorter.length === 0
				? [`color has ${color.frames} frames: the model reads ${frames}`]
				: []),
			...warnOfRates(color, controls),
			...warnOfSpeed(
				color,
				result,
				Math.round(color.fps) <= mostFps ? ` (--fps ${Math.round(color.fps)} keeps it)` : '',
			),
			...warnOfStretch(color, shape),
		],
	};
}

/** The distilled model is one for edge. */
function distilledIsEdge(settings: TransferSettings): Conflict | undefined {
	const others = activeControls(settings).filter(name => name !== 'edge');
	return settings.distilled && others.length > 0
		? {key: 'distilled', problem: `works with edge alone: set ${others.join(', ')} to 0`}
		: undefined;
}

/** The sampler ends at 0.002. */
const leastSigma = 0.003;

function sigmaTooSmall({sigmaMax, distilled}: TransferSettings): Conflict | undefined {
	return Number(sigmaMax) < leastSigma && !distilled
		? {key: 'sigmaMax', problem: `must be at least ${leastSigma}, or the model has nothing to do`}
		: undefined;
}

const largestSeed = 2 ** 32 - 1;

/** The noise of each clip has the seed after the one before, and all of them have 32 bits. */
function seedTooLarge(settings: TransferSettings, inputs: Inputs = []): Conflict | undefined {
	const clips = clipsOf(framesOfResult(settings, inputs));
	const most = largestSeed - Math.max(0, clips - 1);
	return Number(settings.seed) > most
		? {
				key: 'seed',
				problem: `must be at most ${most}: each of the ${clips} clips has a seed of its own`,
			}
		: undefined;
}

const transfer: Mode = {
	name: 'transfer',
	requires: ['color'],
	settings: settingsTable,
	defaultsFor,
	conflictIn: (settings, inputs) =>
		needsControl(settings) ??
		distilledIsEdge(settings) ??
		sigmaTooSmall(settings) ??
		seedTooLarge(settings, inputs),
	outlook,
	needs: (role, settings) => Number(settings[role] ?? 0) > 0,
	job: transferJob,
	result: () => oneFile(resultFile),
	sampling: samplingLine,
	// Its only bar: nothing is said of the steps.
	bars: {unit: 'clips'},
	batch: transferBatch,
};

export const transfer1: Family = {
	name: 'transfer1',
	title: 'Cosmos-Transfer1',
	roles: controlRoles,
	modes: [transfer],
	enhancers: [pixtral],
	checkout: {
		name: 'cosmos-transfer1',
		needs: 'checkpoints',
		hint: "Download the model's checkpoints there.",
	},
	host,
	// Its attention has 16 heads, of which each GPU gets the same number.
	gpuCounts: [1, 2, 4, 8, 16],
	memoryFor: transfer1Memory,
	savesMemory: ['--offload-text-encoder', '--offload-guardrails', '--offload-transformer'],
};
