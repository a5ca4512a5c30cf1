/** What a transfer will be, as far as its inputs and settings say before it is launched. */

import type {PromptInput, VideoInput} from '../inputs/media.js';
import type {TransferSettings} from '../settings/settings.js';
import {counted} from '../text-format.js';

/** What a model would get. */
export type Launch = {
	promptText: string;
	negative: string;
	settings: TransferSettings;
	/** All that the prompt has, also what the mode does not use. */
	inputs: readonly PromptInput[];
};

export type Outlook = {
	/** What is ignored, cut or different from what one may expect, a line each. */
	warnings: readonly string[];
	/** Why the model would fail or hang with these inputs: they are sent only if a person insists. */
	misfit?: string;
	/** The video that comes out, as far as the inputs say. */
	result?: ResultVideo;
};

/** A video that a model makes, or a picture: that has one frame. */
export type ResultVideo = {
	width: number;
	height: number;
	frames: number;
	fps: number;
	/** How many parts of the video are made one after the other, and what they are called. */
	parts: number;
	part: 'clip' | 'chunk';
};

/** `1280x704, 221 frames, 9.2 s at 24 fps, in 2 clips`, with the sign for times. */
export function describeResult({width, height, frames, fps, parts, part}: ResultVideo): string {
	const size = `${width}\u00d7${height}`;
	if (frames === 1) {
		return `${size}, a picture`;
	}

	const count = parts > 1 ? `, in ${parts} ${part}s` : '';
	return `${size}, ${counted(frames, 'frame')}, ${(frames / fps).toFixed(1)} s at ${fps} fps${count}`;
}

/** Tokens of a prompt that the T5 text encoder reads. */
const mostTokens = 512;

/**
 * Warns of a text that T5 cuts. Its vocabulary is not here, so the number is an estimate: a token for
 * a short word or a sign, more for a long one. That each word has at least one is certain.
 */
export function warnOfCut(what: string, text: string): string[] {
	const words = text.match(/[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
	// The last token marks the end.
	const about = words.reduce((sum, word) => sum + Math.ceil(Math.max(1, word.length - 3) / 4), 1);
	const least = (text.trim().match(/\S+/g) ?? []).length + 1;
	if (Math.max(about, least) <= mostTokens) {
		return [];
	}

	const count =
		least > mostTokens ? `at least ${least} tokens` : `about ${about} tokens by our estimate`;
	return [`${what} has ${count}: the model reads ${mostTokens} and ignores the rest`];
}

/** The videos among inputs with certain roles. */
export function videosOf(inputs: readonly PromptInput[], roles: readonly string[]): VideoInput[] {
	return inputs.filter(
		(input): input is VideoInput => input.kind !== 'image' && roles.includes(input.role),
	);
}

/** Shares of each other up to which two rates or shapes count as the same. */
const sameRate = 0.01;
export const sameShape = 0.05;

export const differs = (one: number, other: number, share = sameRate) =>
	Math.abs(one / other - 1) > share;

/** Warns of a control whose frames stand for other moments than those of the video. */
export function warnOfRates(color: VideoInput, controls: readonly VideoInput[]): string[] {
	return controls
		.filter(({fps}) => differs(fps, color.fps))
		.map(
			({role, fps}) =>
				`${role} has ${fps} fps, ${color.role} ${color.fps}: frames are paired by their number, so they drift apart`,
		);
}

/** Warns of a result that plays at another speed than the video. */
export function warnOfSpeed(
	color: VideoInput,
	{frames, fps}: ResultVideo,
	remedy: string,
): string[] {
	if (!differs(fps, color.fps)) {
		return [];
	}

	const [own, made] = [frames / color.fps, frames / fps].map(seconds => `${seconds.toFixed(2)} s`);
	return [`color has ${color.fps} fps, the result ${fps}: ${made} instead of ${own}${remedy}`];
}

/** A shape that a model scales its inputs to. */
export type Shape = {width: number; height: number};

/** The one of a model's shapes that is nearest by width over height, as NVIDIA chooses it. */
export function nearestShape<S extends Shape>({width, height}: Shape, shapes: readonly S[]): S {
	// By the ratio's name, not by the shape itself: 1280x704 stands for 16:9.
	const distance = (at: number) => ((ratios[at] ?? 1) - width / height) ** 2;
	const best = shapes.reduce((found, _, at) => (distance(at) < distance(found) ? at : found), 0);
	return shapes[best] as S;
}

/** Those that the shapes of a model stand for, in their order. */
const ratios = [16 / 9, 4 / 3, 1, 3 / 4, 9 / 16];

/** Why inputs of different aspects cannot be put together. */
export function unlikeShapes<S extends Shape>(
	color: VideoInput,
	others: readonly VideoInput[],
	shapes: readonly S[],
): string | undefined {
	const own = nearestShape(color, shapes);
	const other = others.find(one => nearestShape(one, shapes) !== own);
	const size = ({width, height}: Shape) => `${width}\u00d7${height}`;
	return (
		other &&
		`${other.role} is ${size(other)} and color ${size(color)}: the model scales them to ${size(nearestShape(other, shapes))} and ${size(own)}, and fails when it puts them together`
	);
}

/** Warns of a video that is stretched to the model's shape. */
export function warnOfStretch(color: VideoInput, shape: Shape): string[] {
	const size = ({width, height}: Shape) => `${width}\u00d7${height}`;
	return differs(color.width / color.height, shape.width / shape.height, sameShape)
		? [`color is ${size(color)}: the model stretches it to ${size(shape)}`]
		: [];
}
