import {CosmosError} from './errors.js';

/** A prompt's name has up to this many characters. */
export const longestName = 60;

/** @throws CosmosError (usage) for what is not a valid prompt name */
export function checkName(name: string): void {
	if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u.test(name)) {
		throw new CosmosError(
			'invalid-name',
			`"${name.slice(0, 2 * longestName)}" is not a valid prompt name`,
			{
				hint: 'A name may have up to 60 letters, digits, spaces, dots, dashes and underscores.',
			},
		);
	}
}
