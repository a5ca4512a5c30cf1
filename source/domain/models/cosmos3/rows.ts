/**
 * The settings of Cosmos 3's modes, with the ranges of NVIDIA's own checks. Where those have no upper
 * bound, ours keeps a typing error from costing GPU hours.
 */
import {type ControlName, type Setting, timeLimit, type ValuesOf} from '../../settings/settings.js';
import {offload} from '../setting-rows.js';
import {checkpointsFor} from './checkpoints.js';
import {aspectRatios, resolutions} from './geometry.js';

type Numbers = {default: number; min: number; max: number; step: number};
type Words = {label?: string; help: string; main?: boolean};

function number<K extends string>(key: K, {label = key, help, main = true}: Words, range: Numbers) {
	return {key, label, help, main, scope: 'sample', kind: 'number', ...range} as const;
}

function integer<K extends string>(
	key: K,
	{label = key, help, main = true}: Words,
	range: Numbers,
) {
	return {key, label, help, main, scope: 'sample', kind: 'integer', ...range} as const;
}

function toggle<K extends string>(key: K, {label = key, help, main = false}: Words, isOn: boolean) {
	return {key, label, help, main, scope: 'sample', kind: 'switch', default: isOn} as const;
}

/** A switch of the whole process. */
function processToggle<K extends string>(key: K, words: Words, isOn: boolean) {
	return {...toggle(key, words, isOn), scope: 'process'} as const;
}

const checkpoint = (mode: string) => {
	const choices = checkpointsFor(mode);
	return {
		key: 'checkpoint',
		label: 'checkpoint',
		help: 'which of the models to use',
		main: true,
		scope: 'process',
		kind: 'choice',
		default: choices[0] as string,
		choices,
	} as const;
};

const resolution = {
	key: 'resolution',
	label: 'resolution',
	help: 'size of the result, by its lines',
	main: true,
	scope: 'sample',
	kind: 'choice',
	default: '720',
	choices: resolutions,
} as const;

const aspectRatio = <D extends string>(usual: D) =>
	({
		key: 'aspectRatio',
		label: 'aspect ratio',
		help: 'shape of the result; what does not fit of an input is cut off',
		main: true,
		scope: 'sample',
		kind: 'choice',
		default: usual,
		choices: aspectRatios,
	}) as const;

const fps = {
	...integer(
		'fps',
		{help: 'frames per second of the result'},
		{default: 24, min: 1, max: 120, step: 1},
	),
	own: true,
} as const;

const steps = (usual: number) =>
	integer('steps', {help: 'denoising steps'}, {default: usual, min: 1, max: 200, step: 1});

const guidance = (usual: number) =>
	number(
		'guidance',
		{help: 'how strictly the result follows the text'},
		{default: usual, min: 0, max: 7, step: 0.5},
	);

const shift = (usual: number) =>
	number(
		'shift',
		{help: 'how much of the work goes into the first, noisiest steps', main: false},
		{default: usual, min: 0.1, max: 100, step: 0.5},
	);

const seed = integer(
	'seed',
	{help: 'same seed and inputs: same result'},
	{default: 0, min: 0, max: 4_294_967_295, step: 1},
);

const outputs = integer(
	'outputs',
	{help: 'how many results, each with the next seed', main: false},
	{default: 1, min: 1, max: 16, step: 1},
);

const videoQuality = integer(
	'quality',
	{help: 'quality of the saved file', main: false},
	{default: 10, min: 0, max: 10, step: 1},
);

const imageQuality = integer(
	'quality',
	{help: 'quality of the saved file', main: false},
	{default: 95, min: 0, max: 100, step: 1},
);

/** Rows of the process that every mode has. */
const processRows = [
	processToggle('guardrails', {help: 'the safety filter, which needs a model of its own'}, true),
	offload('offloadGuardrails', 'guardrails'),
] as const;

const cacheRows = [
	processToggle(
		'diffusionCache',
		{label: 'diffusion cache', help: 'skips steps that would change little: faster'},
		true,
	),
	{
		...number(
			'cacheThreshold',
			{
				label: 'cache threshold',
				help: 'how much a step may change and be skipped',
				main: false,
			},
			{default: 0.35, min: 0, max: 1, step: 0.05},
		),
		scope: 'process',
	},
] as const;

const frames = integer(
	'frames',
	{help: 'frames of the result, rounded up to a multiple of 4 plus 1'},
	{default: 189, min: 5, max: 1001, step: 4},
);

const sound = toggle('sound', {help: 'a sound track too', main: true}, false);

/** The rows of modes that make videos of a text, with a source or without. */
const sizeRows = [resolution, aspectRatio('16:9')] as const;
const videoRows = [frames, fps, steps(35), guidance(6), shift(10), sound, seed] as const;
const videoEnd = [outputs, videoQuality, ...cacheRows, ...processRows, timeLimit(3600)] as const;

export const text2videoRows = [
	checkpoint('text2video'),
	...sizeRows,
	...videoRows,
	...videoEnd,
] as const satisfies readonly Setting[];

export const image2videoRows = [
	checkpoint('image2video'),
	...sizeRows,
	...videoRows,
	...videoEnd,
] as const satisfies readonly Setting[];

export const video2videoRows = [
	checkpoint('video2video'),
	...sizeRows,
	...videoRows,
	integer(
		'keptLatents',
		{
			label: 'kept latents',
			help: 'how much of the source it begins with: 1 is one frame, each further one 4 frames',
		},
		{default: 2, min: 1, max: 250, step: 1},
	),
	{
		key: 'keptEnd',
		label: 'kept end',
		help: 'which end of the source is kept',
		main: false,
		scope: 'sample',
		kind: 'choice',
		default: 'first',
		choices: ['first', 'last'],
	},
	...videoEnd,
] as const satisfies readonly Setting[];

const imageRows = (usual: {steps: number; guidance: number; shift: number}) =>
	[
		steps(usual.steps),
		guidance(usual.guidance),
		shift(usual.shift),
		seed,
		outputs,
		imageQuality,
		...cacheRows,
		...processRows,
		timeLimit(3600),
	] as const;

export const text2imageRows = [
	checkpoint('text2image'),
	resolution,
	aspectRatio('1:1'),
	...imageRows({steps: 50, guidance: 4, shift: 3}),
] as const satisfies readonly Setting[];

export const image2imageRows = [
	checkpoint('image2image'),
	resolution,
	aspectRatio('1:1'),
	...imageRows({steps: 35, guidance: 6, shift: 5}),
] as const satisfies readonly Setting[];

/** `none` to `very_high`, as the model blurs a source. */
const blurStrengths = ['none', 'very_low', 'low', 'medium', 'high', 'very_high'] as const;
const edgeThresholds = ['very_low', 'low', 'medium', 'high', 'very_high'] as const;

function strength<K extends string, C extends readonly string[]>(
	key: K,
	{label, help}: {label: string; help: string},
	choices: C,
) {
	return {
		key,
		label,
		help,
		main: false,
		scope: 'sample',
		kind: 'choice',
		default: 'medium',
		choices,
	} as const;
}

function weight<K extends ControlName>(key: K, label: string, help: string) {
	const row = number(key, {label, help}, {default: 0, min: 0, max: 1, step: 0.05});
	return {...row, own: true} as const;
}

export const transferRows = [
	weight('vis', 'blur', 'weight of the blurred input; 0 turns it off'),
	weight('edge', 'edge', 'weight of the edges; 0 turns them off'),
	weight('depth', 'depth', 'weight of the depth; 0 turns it off'),
	weight('seg', 'seg', 'weight of the segmentation; 0 turns it off'),
	weight('wsm', 'wsm', 'weight of the world scenario map; 0 turns it off'),
	number(
		'controlGuidance',
		{label: 'control guidance', help: 'how strictly the result follows the controls'},
		{default: 1, min: 0, max: 10, step: 0.5},
	),
	checkpoint('transfer'),
	...sizeRows,
	integer(
		'frames',
		{help: 'how many frames of the controls to use at most'},
		{default: 121, min: 1, max: 5000, step: 4},
	),
	fps,
	steps(35),
	guidance(3),
	shift(10),
	seed,
	integer(
		'chunkFrames',
		{
			label: 'chunk frames',
			help: 'frames made at once; a longer result is put together from several',
			main: false,
		},
		{default: 93, min: 1, max: 401, step: 4},
	),
	integer(
		'overlap',
		{help: 'last frames of a chunk with which the next one begins', main: false},
		{default: 1, min: 0, max: 400, step: 1},
	),
	integer(
		'sourceFrames',
		{
			label: 'source frames',
			help: 'frames of the source with which the first chunk begins',
			main: false,
		},
		{default: 0, min: 0, max: 400, step: 1},
	),
	strength(
		'blur',
		{label: 'blur strength', help: 'strength of the blur, where it is computed'},
		blurStrengths,
	),
	strength(
		'canny',
		{
			label: 'edge threshold',
			help: 'threshold of the edge detector (Canny), where edges are computed',
		},
		edgeThresholds,
	),
	toggle('emphasize', {help: 'name the controls in the text'}, true),
	toggle(
		'showControl',
		{label: 'show control', help: 'put the controls beside the result, in the same video'},
		false,
	),
	toggle(
		'showInput',
		{label: 'show input', help: 'put the source beside the result, in the same video'},
		false,
	),
	...videoEnd,
] as const satisfies readonly Setting[];

export const reasonerRows = [
	checkpoint('reasoner'),
	integer(
		'maxTokens',
		{label: 'max tokens', help: 'longest answer'},
		{default: 1024, min: 1, max: 32_768, step: 128},
	),
	toggle('sampling', {help: 'vary the answer with the seed', main: true}, false),
	number('temperature', {help: 'how much it varies'}, {default: 1, min: 0.01, max: 100, step: 0.1}),
	integer(
		'topK',
		{label: 'top k', help: 'only the most likely words; 0 for all', main: false},
		{default: 0, min: 0, max: 1000, step: 1},
	),
	number(
		'topP',
		{
			label: 'top p',
			help: 'only the most likely words that add up to this probability',
			main: false,
		},
		{default: 1, min: 0.01, max: 1, step: 0.05},
	),
	number(
		'repetitionPenalty',
		{label: 'repetition penalty', help: 'above 1: repeats itself less', main: false},
		{default: 1, min: 0.01, max: 10, step: 0.1},
	),
	number(
		'presencePenalty',
		{label: 'presence penalty', help: 'above 0: brings up new things sooner', main: false},
		{default: 0, min: -10, max: 10, step: 0.1},
	),
	number(
		'videoFps',
		{label: 'video fps', help: 'frames per second that it looks at', main: false},
		{default: 2, min: 0.1, max: 60, step: 0.5},
	),
	seed,
	...processRows,
	timeLimit(3600),
] as const satisfies readonly Setting[];

export type VideoSettings = ValuesOf<typeof text2videoRows>;
export type Video2VideoSettings = ValuesOf<typeof video2videoRows>;
export type ImageSettings = ValuesOf<typeof text2imageRows>;
export type TransferSettings3 = ValuesOf<typeof transferRows>;
export type ReasonerSettings = ValuesOf<typeof reasonerRows>;
