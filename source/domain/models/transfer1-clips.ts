/** How long a result of Cosmos-Transfer1 is, and in how many clips it is made. */
import {framesOf, type PromptInput} from '../media.js';
import {activeControls, type TransferSettings} from '../settings.js';

/** The program reads no more of a video. */
const mostFrames = 5000;
/** Frames of a clip that are new: it begins with the last one of the clip before. */
const newFrames = 120;

/** The inputs that the model works with: the video, and the controls that are files. */
export function usedInputs(
	settings: TransferSettings,
	inputs: readonly PromptInput[],
): PromptInput[] {
	const roles: readonly string[] = ['color', ...activeControls(settings)];
	return inputs.filter(({role}) => roles.includes(role));
}

/** Everything is cut to the shortest one; 0 where no input is known. */
export function framesOfResult(settings: TransferSettings, inputs: readonly PromptInput[]): number {
	const used = usedInputs(settings, inputs);
	return used.length === 0 ? 0 : Math.min(mostFrames, ...used.map(framesOf));
}

export function clipsOf(frames: number): number {
	return Math.ceil(Math.max(0, frames - 1) / newFrames);
}
