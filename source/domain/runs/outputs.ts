/** The files that a run has made: which of them are its result, and what they are. */
import {type MediaKind, mediaKindOf} from '../inputs/media.js';
import {resultOf} from '../models/models.js';
import type {OutputFile, Run} from '../types.js';

/** Videos first, then images, then what a player cannot show. */
const order: readonly (MediaKind | undefined)[] = ['video', 'image', undefined];

/** The local files of a run's result, those that can be looked at first; computed controls are not among them. */
export function resultFiles(run: Run): OutputFile[] {
	const outputs = ('outputs' in run && run.outputs) || [];
	const {has} = resultOf(run);
	return outputs
		.filter(({name}) => has(name))
		.toSorted(
			(one, two) => order.indexOf(mediaKindOf(one.name)) - order.indexOf(mediaKindOf(two.name)),
		);
}

/** The videos and images of a run's result that are still here. */
export function resultPictures(run: Run): OutputFile[] {
	return run.outputsDeletedAt
		? []
		: resultFiles(run).filter(({name}) => mediaKindOf(name) !== undefined);
}

/** The video that a run is about, for an upscale; undefined when it made none. */
export function resultVideo(run: Run): OutputFile | undefined {
	return resultFiles(run).find(({name}) => mediaKindOf(name) === 'video');
}

/** The kinds of outputs, in the order in which a page has them. */
export const outputKinds = ['video', 'image', 'text', 'JSON', 'other'] as const;
export type OutputKind = (typeof outputKinds)[number];

/** What an output is, by the end of its name. */
export function outputKind(name: string): OutputKind {
	const media = mediaKindOf(name);
	if (media) {
		return media;
	}

	if (/\.jsonl?$/i.test(name)) {
		return 'JSON';
	}

	return /\.(?:txt|md)$/i.test(name) ? 'text' : 'other';
}
