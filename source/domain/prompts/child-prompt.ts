import type {Prompt} from '../types.js';
import {longestName} from './prompt-name.js';

/** A new prompt with other texts than its parent, and the same inputs. @param suffix of its name */
export function childPrompt(
	{id: parentId, name, videoDir, inputs, model, unconfirmed}: Prompt,
	suffix: string,
	texts: Pick<Prompt, 'text' | 'negative'>,
): Omit<Prompt, 'id' | 'createdAt'> {
	return {
		name: `${name.slice(0, longestName - suffix.length)}${suffix}`,
		...texts,
		videoDir,
		inputs,
		...(model && {model}),
		...(unconfirmed && {unconfirmed}),
		parentId,
	};
}
