/** Cosmos 3's transfer: a video or picture that follows controls. */

import {activeControls, type ControlName, type TransferSettings} from '../../settings/settings.js';
import {counted} from '../../text-format.js';
import type {Conflict, Inputs, Mode, Values, WordsByKey} from '../family.js';
import {
	differs,
	type Launch,
	type Outlook,
	type ResultVideo,
	type Shape,
	sameShape,
	videosOf,
	warnOfRates,
} from '../outlook.js';
import {batchFor} from './batch.js';
import {findCheckpoint} from './checkpoints.js';
import {countChunks, nearestRatio, shapeOf, sizeOf, wholeFrames} from './geometry.js';
import {
	fileOf,
	framesMade,
	guideOf,
	hasFile,
	hintNames,
	hintOrder,
	isAvailable,
	longest,
	sourceIn,
	sourceRoles,
	usedHints,
} from './hints.js';
import {jobFor} from './job.js';
import {resultFor, samplingBegins} from './result.js';
import {transferRows} from './rows.js';
import {pictureQuality} from './sample.js';
import {cacheWords, wrongEnding} from './shared-rules.js';
import {usualTimeLimit} from './time-limit.js';
import {outlookFor} from './warnings.js';

/** Frames that the model makes well in one chunk. */
const longestChunk = 121;

/** NVIDIA's defaults for a single control; with several, those of `several`. */
const single: Readonly<
	Record<ControlName, {guidance: number; controlGuidance: number; chunk: number}>
> = {
	edge: {guidance: 3, controlGuidance: 1.5, chunk: 93},
	vis: {guidance: 3, controlGuidance: 1.5, chunk: 93},
	depth: {guidance: 3, controlGuidance: 1.5, chunk: 93},
	seg: {guidance: 3, controlGuidance: 2, chunk: 93},
	wsm: {guidance: 1, controlGuidance: 3, chunk: 101},
};
const several = {guidance: 6, controlGuidance: 1, chunk: 93};

function defaultsFor(inputs: Inputs, given: Values): Values {
	const used = usedHints(inputs, given);
	const [only, ...others] = used;
	const usual = only && others.length === 0 ? single[only] : several;
	const guide = guideOf(inputs, used);
	// Shape and rate are those of the source, the length is that of the first control.
	const shown = sourceIn(inputs) ?? guide?.input;
	const there = guide ? Math.min(guide.frames, longest) : 121;
	const frames = Math.min(there, Number(given.frames ?? there));
	const values = {
		...Object.fromEntries(hintOrder.map(hint => [hint, used.includes(hint) ? 1 : 0])),
		guidance: usual.guidance,
		controlGuidance: usual.controlGuidance,
		frames: there,
		fps: Math.min(120, Math.max(1, Math.round(shown && 'fps' in shown ? shown.fps : 24))),
		// Without seams where the model can do it.
		chunkFrames: frames > 1 && frames <= longestChunk ? wholeFrames(frames) : usual.chunk,
		...(shown && {aspectRatio: nearestRatio(shown)}),
	};
	const all: Values = {...values, ...given};
	return {
		...values,
		timeLimit: usualTimeLimit({
			checkpoint: all.checkpoint,
			resolution: all.resolution ?? findCheckpoint(all.checkpoint).defaults?.resolution ?? '720',
			frames,
			steps: Number(all.steps ?? 35),
			outputs: Number(all.outputs ?? 1),
			passes: 3,
		}),
	};
}

function unused(settings: TransferSettings, inputs: Inputs): WordsByKey {
	const active = activeControls(settings);
	const source = sourceIn(inputs);
	const guide = guideOf(inputs, inOrder(active));
	const words: Record<string, string> = {};
	for (const hint of hintOrder) {
		if (!isAvailable(hint, inputs)) {
			words[hint] = lackOf(hint);
		} else if (active.length === 1 && active[0] === hint) {
			words[hint] = 'the weight of a single control does nothing: use control guidance';
		}
	}

	for (const [key, hint] of [
		['blur', 'vis'],
		['canny', 'edge'],
	] as const) {
		const isComputed = active.includes(hint) && !hasFile(hint, inputs);
		if (!isComputed) {
			words[key] = hasFile(hint, inputs)
				? `${hintNames[hint]} is from a file`
				: `${hintNames[hint]} is not used`;
		}
	}

	if (!source) {
		words.aspectRatio = 'without a source it is that of the first control';
		words.sourceFrames = 'the prompt has no source';
		words.showInput = 'the prompt has no source';
	} else if (!guide?.isPicture) {
		words.fps = 'it is that of the source';
	}

	if (settings.frames === 1) {
		const why = 'the result is a picture';
		for (const key of [
			...(guide?.isPicture ? ['frames'] : []),
			...['fps', 'chunkFrames', 'overlap', 'sourceFrames'],
		]) {
			words[key] = why;
		}

		words.quality = `a picture is saved with ${pictureQuality} of 100`;
	} else if (
		countChunks(framesMade(settings, inOrder(active), inputs), Number(settings.chunkFrames), 0) ===
		1
	) {
		words.overlap = 'the result is made in one chunk';
	}

	return {...words, ...cacheWords(settings)};
}

const lackOf = (hint: ControlName) =>
	hint === 'edge' || hint === 'vis'
		? `the prompt has no ${hintNames[hint]}, and no source to compute it from`
		: `the prompt has no ${hint}; Cosmos 3 does not compute it`;

const inOrder = (active: readonly ControlName[]) => hintOrder.filter(hint => active.includes(hint));

/** What is made: as long as the first control's file or the source, with the frame rate of the source. */
function resultOf(settings: TransferSettings, inputs: Inputs): ResultVideo {
	const used = inOrder(activeControls(settings));
	const guide = guideOf(inputs, used);
	const source = sourceIn(inputs);
	const frames = framesMade(settings, used, inputs);
	return {
		...shapeOf(
			settings.resolution,
			source || !guide ? settings.aspectRatio : nearestRatio(guide.input),
		),
		frames,
		fps: source && source.kind !== 'image' ? source.fps : Number(settings.fps),
		parts: countChunks(frames, Number(settings.chunkFrames), Number(settings.overlap)),
		part: 'chunk',
	};
}

function meanings(settings: TransferSettings, inputs: Inputs): WordsByKey {
	const active = activeControls(settings);
	const {frames, fps, parts: chunks} = resultOf(settings, inputs);
	const words: Record<string, string> = {
		aspectRatio: sizeOf(settings.resolution, settings.aspectRatio),
	};
	for (const hint of active) {
		const file = fileOf(hint, inputs);
		words[hint] = file ? `from ${file.path.split(/[\\/]/).at(-1)}` : 'computed from the source';
	}

	if (frames > 1) {
		words.frames = `${counted(frames, 'frame')}, ${(frames / fps).toFixed(1)} s`;
		words.chunkFrames = chunks === 1 ? 'one chunk' : `${chunks} chunks`;
	}

	return words;
}

function conflictIn(settings: TransferSettings, inputs?: Inputs): Conflict | undefined {
	const {overlap, chunkFrames, frames} = settings;
	const active = activeControls(settings);
	const guide = inputs && guideOf(inputs, inOrder(active));
	const chunk = wholeFrames(Number(chunkFrames));
	if (guide && Math.min(guide.frames, Number(frames)) > chunk && Number(overlap) >= chunk) {
		return {key: 'overlap', problem: `must be smaller than the ${chunk} frames of a chunk`};
	}

	if (guide?.isPicture && frames !== 1) {
		return {key: 'frames', problem: `must be 1: ${guide.input.role} is a picture`};
	}

	if (inputs && active.length === 0) {
		const key = hintOrder.find(hint => isAvailable(hint, inputs)) ?? 'edge';
		return {key, problem: 'all weights are 0: give at least one control a weight'};
	}

	const lacking = inputs && active.find(hint => !isAvailable(hint, inputs));
	return lacking && {key: lacking, problem: lackOf(lacking)};
}

function refusedInput(settings: TransferSettings, inputs: Inputs): string | undefined {
	const active = activeControls(settings);
	const source = sourceIn(inputs);
	const guide = guideOf(inputs, inOrder(active));
	const used = [...active.flatMap(hint => fileOf(hint, inputs) ?? []), ...(source ? [source] : [])];
	const other = used.find(({kind}) => (kind === 'image') !== guide?.isPicture);
	if (guide && other) {
		return `${guide.input.role} is a ${guide.isPicture ? 'picture' : 'video'} and ${other.role} is not: all have to be of one kind`;
	}

	const pictures = ['.png', '.jpg', '.jpeg'];
	const problems = used.map(input =>
		wrongEnding(input, [
			...(input === source ? ['.mp4'] : ['.mp4', '.mov', '.mkv', '.webm']),
			...pictures,
		]),
	);
	return problems.find(Boolean);
}

function outlook(launch: Launch): Outlook {
	const {settings, inputs} = launch;
	const used = inOrder(activeControls(settings));
	const found = outlookFor('transfer', [...hintOrder, ...sourceRoles], resultOf)(launch);
	return {
		...found,
		warnings: [
			...found.warnings,
			...warnOfLengths(settings, used, inputs),
			...warnOfFits(resultOf(settings, inputs), used, inputs),
		],
	};
}

/** What is cut or continued, as the first control decides the length. */
function warnOfLengths(
	settings: TransferSettings,
	used: readonly ControlName[],
	inputs: Inputs,
): string[] {
	const guide = guideOf(inputs, used);
	if (!guide || guide.isPicture) {
		return [];
	}

	const {input: first, frames} = guide;
	const made = framesMade(settings, used, inputs);
	const others = videosOf(inputs, used).filter(one => one !== first && one.frames !== made);
	const source = videosOf(inputs, ['color']).find(one => one !== first && one.frames !== frames);
	return [
		...(made < Number(settings.frames)
			? [`frames ${settings.frames}: the first control has ${made}, so the result has as many`]
			: []),
		...(source
			? [`${first.role} has ${frames} frames, color ${source.frames}: the result has ${made}`]
			: []),
		...others
			.filter(one => one.frames !== frames)
			.map(one => {
				const how = one.frames < made ? 'continues it backwards' : `reads ${made}`;
				return `${one.role} has ${one.frames} frames, the result ${made}: the model ${how}`;
			}),
	];
}

/** What plays at another rate or is cropped, as everything is scaled until it covers the result. */
function warnOfFits(result: ResultVideo, used: readonly ControlName[], inputs: Inputs): string[] {
	const source = sourceIn(inputs);
	const controls = used.flatMap(hint => fileOf(hint, inputs) ?? []);
	const videos = videosOf(controls, used);
	const first = source && source.kind !== 'image' ? source : videos[0];
	const size = ({width, height}: Shape) => `${width}\u00d7${height}`;
	return [
		...(first ? warnOfRates(first, videos) : []),
		...[...controls, ...(source ? [source] : [])]
			.filter(one => differs(one.width / one.height, result.width / result.height, sameShape))
			.map(
				one => `${one.role} is ${size(one)}: the model crops it to the shape of ${size(result)}`,
			),
	];
}

export const transfer: Mode = {
	name: 'transfer',
	requires: [],
	requiresOne: [...hintOrder, ...sourceRoles],
	// A picture alone is rather the beginning of a video.
	chosenBy: [...hintOrder, 'color'],
	settings: transferRows,
	defaultsFor,
	unused,
	meanings,
	refusedInput,
	conflictIn,
	outlook,
	needs: (role, settings) =>
		role === 'color' || role === 'image' || Number(settings[role] ?? 0) > 0,
	job: (task, places) => jobFor('transfer', task, places),
	result: resultFor(({settings}) => (settings.frames === 1 ? 'vision.jpg' : 'vision.mp4')),
	sampling: samplingBegins,
	bars: {
		begins: samplingBegins,
		count({settings, inputs}) {
			const {chunkFrames, overlap, outputs} = settings;
			const frames = framesMade(settings, inOrder(activeControls(settings)), inputs);
			return countChunks(frames, Number(chunkFrames), Number(overlap)) * Number(outputs);
		},
	},
	batch: batchFor('transfer', 'latency'),
};
