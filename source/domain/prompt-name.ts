import {CosmosError} from './errors.js';

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
