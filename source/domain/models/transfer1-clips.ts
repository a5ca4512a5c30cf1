/**
 * How large and long a result of Cosmos-Transfer1 is, and in how many clips it is made: the rules of
 * `get_ctrl_batch` in nvidia-cosmos/cosmos-transfer1 (June 2026).
 */
import {framesOf, type PromptInput} from '../inputs/media.js';
import {activeControls, type TransferSettings} from '../settings/settings.js';
import type {Shape} from './outlook.js';

/** The program reads no more of a video. */
const mostFrames = 5000;
/** Frames of a clip that are new: it begins with the last one of the clip before. */
const newFrames = 120;

/** What everything is scaled to: 16:9, 4:3, 1:1, 3:4 and 9:16. */
export const shapes: readonly Shape[] = [
	{width: 1280, height: 704},
	{width: 960, height: 704},
	{width: 960, height: 960},
	{width: 704, height: 960},
	{width: 704, height: 1280},
];

/** The roles that the model works with: the video, and the controls that are files. */
export function usedRoles(settings: TransferSettings): string[] {
	return ['color', ...activeControls(settings)];
}

/** Everything is cut to the shortest one; 0 where no input is known. */
export function framesOfResult(settings: TransferSettings, inputs: readonly PromptInput[]): number {
	const roles = usedRoles(settings);
	const used = inputs.filter(({role}) => roles.includes(role));
	return used.length === 0 ? 0 : Math.min(mostFrames, ...used.map(framesOf));
}

export function clipsOf(frames: number): number {
	return Math.ceil(Math.max(0, frames - 1) / newFrames);
}

/** Frames of a video that the program reads. */
export function framesOfVideo({frames}: {frames: number}): number {
	return Math.min(mostFrames, frames);
}
