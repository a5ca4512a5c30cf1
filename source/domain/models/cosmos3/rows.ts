/**
 * The settings of Cosmos 3's modes, with the ranges of NVIDIA's own checks. Where those have no upper
 * bound, ours keeps a typing error from costing GPU hours.
 */
import {
	type ControlName,
	choiceRow,
	integerRow,
	numberRow,
	type Setting,
	seedRow,
	switchRow,
	timeLimit,
	type ValuesOf,
} from '../../settings/settings.js';
import {offload} from '../setting-rows.js';
import {checkpointsFor} from './checkpoints.js';
import {type AspectRatio, aspectRatios, resolutions} from './geometry.js';

const checkpoint = (mode: string) => {
	const [usual = '', ...others] = checkpointsFor(mode);
	return choiceRow(
		'checkpoint',
		'process',
		usual,
		[usual, ...others],
		'which of the models to use',
	);
};

const resolution = choiceRow(
	'resolution',
	'sample',
	'720',
	resolutions,
	'size of the result, by its lines',
);

const aspectRatio = (usual: AspectRatio) =>
	choiceRow(
		'aspectRatio',
		'sample',
		usual,
		aspectRatios,
		'shape of the result; what does not fit of an input is cut off',
		{label: 'aspect ratio'},
	);

const fps = integerRow('fps', 'sample', 24, [1, 120, 1], 'frames per second of the result', {
	own: true,
});

const steps = (usual: number) =>
	integerRow('steps', 'sample', usual, [1, 200, 1], 'denoising steps');

const guidance = (usual: number) =>
	numberRow('guidance', 'sample', usual, [0, 7, 0.5], 'how strictly the result follows the text');

const shift = (usual: number) =>
	numberRow(
		'shift',
		'sample',
		usual,
		[0.1, 100, 0.5],
		'how much of the work goes into the first, noisiest steps',
		{
			main: false,
		},
	);

const seed = seedRow('sample', 0, 'same seed and inputs: same result');

const outputs = integerRow(
	'outputs',
	'sample',
	1,
	[1, 16, 1],
	'how many results, each with the next seed',
	{
		main: false,
	},
);

const quality = (usual: number, most: number) =>
	integerRow('quality', 'sample', usual, [0, most, 1], 'quality of the saved file', {main: false});

/** Rows of the process that every mode has. */
const processRows = [
	switchRow('guardrails', 'process', true, 'the safety filter, which needs a model of its own', {
		main: false,
	}),
	offload('offloadGuardrails', 'guardrails'),
] as const;

const cacheRows = [
	switchRow('diffusionCache', 'process', true, 'skips steps that would change little: faster', {
		label: 'diffusion cache',
		main: false,
	}),
	numberRow(
		'cacheThreshold',
		'process',
		0.35,
		[0, 1, 0.05],
		'how much a step may change and be skipped',
		{
			label: 'cache threshold',
			main: false,
		},
	),
] as const;

const frames = integerRow(
	'frames',
	'sample',
	189,
	[5, 1001, 4],
	'frames of the result, rounded up to a multiple of 4 plus 1',
);

const sound = switchRow('sound', 'sample', false, 'a sound track too');

/** The rows of modes that make videos of a text, with a source or without. */
const sizeRows = [resolution, aspectRatio('16:9')] as const;
const videoRows = [frames, fps, steps(35), guidance(6), shift(10), sound, seed] as const;
const videoEnd = [outputs, quality(10, 10), ...cacheRows, ...processRows, timeLimit(3600)] as const;

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
	integerRow(
		'keptLatents',
		'sample',
		2,
		[1, 250, 1],
		'how much of the source it begins with: 1 is one frame, each further one 4 frames',
		{label: 'kept latents'},
	),
	choiceRow('keptEnd', 'sample', 'first', ['first', 'last'], 'which end of the source is kept', {
		label: 'kept end',
		main: false,
	}),
	...videoEnd,
] as const satisfies readonly Setting[];

const imageRows = (usual: {steps: number; guidance: number; shift: number}) =>
	[
		steps(usual.steps),
		guidance(usual.guidance),
		shift(usual.shift),
		seed,
		outputs,
		quality(95, 100),
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

const weight = <K extends ControlName>(key: K, what: string, label: string = key) =>
	numberRow(key, 'sample', 0, [0, 1, 0.05], `weight of the ${what}`, {label, own: true});

export const transferRows = [
	weight('vis', 'blurred input; 0 turns it off', 'blur'),
	weight('edge', 'edges; 0 turns them off'),
	weight('depth', 'depth; 0 turns it off'),
	weight('seg', 'segmentation; 0 turns it off'),
	weight('wsm', 'world scenario map; 0 turns it off'),
	numberRow(
		'controlGuidance',
		'sample',
		1,
		[0, 10, 0.5],
		'how strictly the result follows the controls',
		{label: 'control guidance'},
	),
	checkpoint('transfer'),
	...sizeRows,
	integerRow(
		'frames',
		'sample',
		121,
		[1, 5000, 4],
		'how many frames of the controls to use at most',
	),
	fps,
	steps(35),
	guidance(3),
	shift(10),
	seed,
	integerRow(
		'chunkFrames',
		'sample',
		93,
		[1, 401, 4],
		'frames made at once; a longer result is put together from several',
		{label: 'chunk frames', main: false},
	),
	integerRow(
		'overlap',
		'sample',
		1,
		[0, 400, 1],
		'last frames of a chunk with which the next one begins',
		{main: false},
	),
	integerRow(
		'sourceFrames',
		'sample',
		0,
		[0, 400, 1],
		'frames of the source with which the first chunk begins',
		{label: 'source frames', main: false},
	),
	choiceRow(
		'blur',
		'sample',
		'medium',
		blurStrengths,
		'strength of the blur, where it is computed',
		{label: 'blur strength', main: false},
	),
	choiceRow(
		'canny',
		'sample',
		'medium',
		edgeThresholds,
		'threshold of the edge detector (Canny), where edges are computed',
		{label: 'edge threshold', main: false},
	),
	switchRow('emphasize', 'sample', true, 'name the controls in the text', {main: false}),
	switchRow(
		'showControl',
		'sample',
		false,
		'put the controls beside the result, in the same video',
		{label: 'show control', main: false},
	),
	switchRow('showInput', 'sample', false, 'put the source beside the result, in the same video', {
		label: 'show input',
		main: false,
	}),
	...videoEnd,
] as const satisfies readonly Setting[];

export const reasonerRows = [
	checkpoint('reasoner'),
	integerRow('maxTokens', 'sample', 1024, [1, 32_768, 128], 'longest answer', {
		label: 'max tokens',
	}),
	switchRow('sampling', 'sample', false, 'vary the answer with the seed'),
	numberRow('temperature', 'sample', 1, [0.01, 100, 0.1], 'how much it varies'),
	integerRow('topK', 'sample', 0, [0, 1000, 1], 'only the most likely words; 0 for all', {
		label: 'top k',
		main: false,
	}),
	numberRow(
		'topP',
		'sample',
		1,
		[0.01, 1, 0.05],
		'only the most likely words that add up to this probability',
		{label: 'top p', main: false},
	),
	numberRow('repetitionPenalty', 'sample', 1, [0.01, 10, 0.1], 'above 1: repeats itself less', {
		label: 'repetition penalty',
		main: false,
	}),
	numberRow(
		'presencePenalty',
		'sample',
		0,
		[-10, 10, 0.1],
		'above 0: brings up new things sooner',
		{
			label: 'presence penalty',
			main: false,
		},
	),
	numberRow('videoFps', 'sample', 2, [0.1, 60, 0.5], 'frames per second that it looks at', {
		label: 'video fps',
		main: false,
	}),
	seed,
	...processRows,
	timeLimit(3600),
] as const satisfies readonly Setting[];

export type VideoSettings = ValuesOf<typeof text2videoRows>;
export type Video2VideoSettings = ValuesOf<typeof video2videoRows>;
export type ImageSettings = ValuesOf<typeof text2imageRows>;
export type TransferSettings3 = ValuesOf<typeof transferRows>;
export type ReasonerSettings = ValuesOf<typeof reasonerRows>;
