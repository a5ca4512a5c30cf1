/** Cosmos 3's modes that make videos and pictures of a text, with a source or without. */

import type {Setting, TransferSettings} from '../../settings/settings.js';
import {counted} from '../../text-format.js';
import type {Conflict, Inputs, Mode, Values, WordsByKey} from '../family.js';
import {batchFor} from './batch.js';
import {findCheckpoint} from './checkpoints.js';
import {nearestRatio, shapeOf, sizeOf, wholeFrames} from './geometry.js';
import {jobFor} from './job.js';
import {resultFor, samplingBegins} from './result.js';
import {
	image2imageRows,
	image2videoRows,
	text2imageRows,
	text2videoRows,
	video2videoRows,
} from './rows.js';
import type {ModeName} from './sample.js';
import {
	cacheWords,
	fixedStepWords,
	soundWords,
	sourceEndings,
	wrongEnding,
} from './shared-rules.js';
import {usualTimeLimit} from './time-limit.js';
import {outlookFor} from './warnings.js';

/** What one of these modes is. */
type Shape = {
	name: Exclude<ModeName, 'transfer' | 'reasoner'>;
	settings: readonly Setting[];
	/** What it begins with. */
	source?: 'color' | 'image';
	makes: 'video' | 'image';
};

function modeFor({name, settings, source, makes}: Shape): Mode {
	const sourceOf = (inputs: Inputs) => inputs.find(({role}) => role === source);
	const usual = Object.fromEntries(settings.map(row => [row.key, row.default]));

	function defaultsFor(inputs: Inputs, given: Values): Values {
		const input = sourceOf(inputs);
		const follows = {
			...(input && {aspectRatio: nearestRatio(input)}),
			...(input &&
				input.kind !== 'image' && {fps: Math.min(120, Math.max(1, Math.round(input.fps)))}),
		};
		const {defaults} = findCheckpoint(given.checkpoint ?? usual.checkpoint);
		const all: Values = {...usual, ...defaults, ...given};
		const timeLimit = usualTimeLimit({
			checkpoint: all.checkpoint,
			resolution: all.resolution,
			frames: makes === 'image' ? 1 : Number(all.frames),
			steps: Number(all.steps),
			outputs: Number(all.outputs),
			passes: 1,
		});
		return {...follows, timeLimit};
	}

	function unused(values: TransferSettings): WordsByKey {
		return {
			...fixedStepWords(values),
			...cacheWords(values),
			...(makes === 'video' && soundWords(values)),
		};
	}

	function meanings({resolution, aspectRatio, frames, fps}: TransferSettings): WordsByKey {
		const whole = wholeFrames(Number(frames));
		return {
			aspectRatio: sizeOf(resolution, aspectRatio),
			...(makes === 'video' && {
				frames: `${counted(whole, 'frame')}, ${(whole / Number(fps)).toFixed(1)} s`,
			}),
		};
	}

	return {
		name,
		requires: source ? [source] : [],
		settings,
		defaultsFor,
		unused,
		meanings,
		conflictIn: name === 'video2video' ? keptTooMuch : () => undefined,
		refusedInput(_settings, inputs) {
			const input = sourceOf(inputs);
			return input && wrongEnding(input, sourceEndings[input.kind ?? 'video']);
		},
		outlook: outlookFor(name, source ? [source] : [], ({resolution, aspectRatio, frames, fps}) => ({
			...shapeOf(resolution, aspectRatio),
			...(makes === 'image'
				? {frames: 1, fps: 1}
				: {frames: wholeFrames(Number(frames)), fps: Number(fps)}),
			...{parts: 1, part: 'chunk'},
		})),
		needs: () => false,
		job: (task, places) => jobFor(name, task, places),
		result: resultFor(() => (makes === 'image' ? 'vision.jpg' : 'vision.mp4')),
		sampling: samplingBegins,
		bars: {begins: samplingBegins, count: ({settings}) => Number(settings.outputs)},
		batch: batchFor(name, 'throughput'),
	};
}

/** What is kept of the source has to leave something to make. */
function keptTooMuch({keptLatents, frames}: TransferSettings): Conflict | undefined {
	const latents = (wholeFrames(Number(frames)) - 1) / 4 + 1;
	return Number(keptLatents) < latents
		? undefined
		: {
				key: 'keptLatents',
				problem: `must be fewer than the ${latents} of ${wholeFrames(Number(frames))} frames`,
			};
}

export const text2video = modeFor({name: 'text2video', settings: text2videoRows, makes: 'video'});
export const image2video = modeFor({
	name: 'image2video',
	settings: image2videoRows,
	source: 'image',
	makes: 'video',
});
export const video2video = modeFor({
	name: 'video2video',
	settings: video2videoRows,
	source: 'color',
	makes: 'video',
});
export const text2image = modeFor({name: 'text2image', settings: text2imageRows, makes: 'image'});
export const image2image = modeFor({
	name: 'image2image',
	settings: image2imageRows,
	source: 'image',
	makes: 'image',
});
