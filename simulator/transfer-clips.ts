/** What Cosmos-Transfer1 makes of the sizes and lengths of its inputs, and finds out only then. */
import type {VideoFacts} from './input-video.js';
import {PythonError} from './python/python-error.js';
import type {TransferArguments} from './transfer-arguments.js';

const mostFrames = 5000;
const newFrames = 120;
const largestSeed = 2 ** 32 - 1;
/** The attention's, which the GPUs divide among them. */
const heads = 16;

/** Sizes by the nearest aspect: everything is scaled to one of them. */
const sizes = [
	{aspect: 16 / 9, width: 1280, height: 704},
	{aspect: 4 / 3, width: 960, height: 704},
	{aspect: 1, width: 960, height: 960},
	{aspect: 3 / 4, width: 704, height: 960},
	{aspect: 9 / 16, width: 704, height: 1280},
];

/** Clips of 121 frames, each of which begins with the last frame of the one before. */
export function clipsOf(frames: number): number {
	const clips = Math.ceil((frames - 1) / newFrames);
	if (clips === 0) {
		throw new PythonError('RuntimeError', 'torch.cat(): expected a non-empty list of Tensors');
	}

	return clips;
}

/**
 * The form of the result: all inputs are cut to the shortest one.
 * @param inputs the video and the controls that are files
 * @throws PythonError where there is nothing, and where the inputs have different aspects
 */
export function formOf(inputs: readonly VideoFacts[], controls: number): VideoFacts {
	const [first] = inputs;
	if (first === undefined || controls === 0) {
		// What the original meets when it has no control at all to stack.
		throw new PythonError('RuntimeError', 'torch.cat(): expected a non-empty list of Tensors');
	}

	const [size, ...others] = inputs.map(sizeOf) as [Size, ...Size[]];
	const other = others.findIndex(one => one !== size);
	const unlike = others[other];
	if (unlike) {
		throw new PythonError(
			'RuntimeError',
			`Sizes of tensors must match except in dimension 1. Expected size ${size.height} but got size ${unlike.height} for tensor number ${other + 1} in the list.`,
		);
	}

	const frames = Math.min(mostFrames, ...inputs.map(one => one.frames));
	// Its aspect, but no larger than the input: a simulated run is to be quick.
	const scale = Math.min(1, first.width / size.width, first.height / size.height);
	return {...first, frames, width: size.width * scale, height: size.height * scale};
}

type Size = (typeof sizes)[number];

function sizeOf({width, height}: VideoFacts): Size {
	const distance = ({aspect}: Size) => (aspect - width / height) ** 2;
	return sizes.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

/** What the numbers of a clip are used for: its noise has a seed of its own. */
export function checkClip({seed, sigma_max, use_distilled}: TransferArguments, clip: number): void {
	if (seed < 0 || seed + clip > largestSeed) {
		throw new PythonError('ValueError', 'Seed must be between 0 and 2**32 - 1');
	}

	if (sigma_max <= 0.002 && !use_distilled) {
		throw new PythonError('ValueError', 't_min must be less than t_max');
	}
}

/** The heads of the attention are divided among the processes. */
export function checkHeads(processes: number): void {
	if (heads % processes !== 0) {
		const message = `The number of attention heads (${heads}) must be divisible by the context parallel size (${processes})`;
		throw new PythonError('AssertionError', message);
	}
}
