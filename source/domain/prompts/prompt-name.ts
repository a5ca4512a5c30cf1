import {CosmosError} from '../errors.js';
import {plainWords} from './structured-text.js';

/** A name has up to this many characters. */
export const longestName = 60;

/** @throws CosmosError (usage) for what is not a valid name of a prompt, or of a preset */
export function checkName(name: string, what: 'prompt' | 'preset' = 'prompt'): void {
	if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u.test(name)) {
		throw new CosmosError(
			'invalid-name',
			`"${name.slice(0, 2 * longestName)}" is not a valid ${what} name`,
			{
				hint: 'A name may have up to 60 letters, digits, spaces, dots, dashes and underscores.',
			},
		);
	}
}

/**
 * `A city street at night, …` becomes `city-street-at-night`.
 * @param place a file or folder whose name is used for a text without words
 */
export function nameFromText(text: string, place = ''): string {
	const words =
		plainWords(text)
			.toLowerCase()
			.match(/[\p{L}\p{N}]+/gu) ?? [];
	const start = /^(a|an|the)$/.test(words[0] ?? '') ? 1 : 0;
	const name = words
		.slice(start, start + 4)
		.join('-')
		.slice(0, longestName);
	return name || (place.split(/[\\/]/).at(-1) ?? '') || 'prompt';
}
