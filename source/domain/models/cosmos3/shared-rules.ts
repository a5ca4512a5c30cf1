/** What several modes of Cosmos 3 say of inputs and settings. */
import {endingOf, type PromptInput} from '../../inputs/media.js';
import type {TransferSettings} from '../../settings/settings.js';
import type {WordsByKey} from '../family.js';
import {findCheckpoint} from './checkpoints.js';

/** Endings of sources that the program takes. */
export const sourceEndings = {
	video: ['.mp4'],
	image: ['.png', '.jpg', '.jpeg', '.webp'],
} as const;

/** What is wrong with a file's name; undefined when it ends in one of these. */
export function wrongEnding(
	{role, path}: PromptInput,
	endings: readonly string[],
): string | undefined {
	return endings.includes(endingOf(path))
		? undefined
		: `${role} has to end in ${endings.join(', ')}: ${path}`;
}

/** A model that was made for a few steps takes no other number of them. */
export function fixedStepWords({checkpoint}: TransferSettings): WordsByKey {
	const {fixedSteps} = findCheckpoint(checkpoint);
	const why = `${checkpoint} always does ${fixedSteps} steps, and guides itself`;
	return fixedSteps === undefined ? {} : {steps: why, guidance: why, shift: why};
}

/** A sound track is made by some models only. */
export function soundWords({checkpoint}: TransferSettings): WordsByKey {
	return findCheckpoint(checkpoint).hasSound ? {} : {sound: `${checkpoint} makes no sound`};
}

/** A cache that is off has no threshold. */
export function cacheWords({diffusionCache}: TransferSettings): WordsByKey {
	return diffusionCache === false ? {cacheThreshold: 'the diffusion cache is off'} : {};
}
