import {CosmosError} from '../domain/errors.js';
import {nearestWord} from '../domain/nearest-word.js';
import type {Withheld} from './project-trust.js';

const codes = {host: 'unknown-host', recipe: 'unknown-recipe'} as const;

/** A host or a recipe that the configuration does not have, with the nearest that it has, or all of them. */
export function notConfiguredError(
	kind: 'host' | 'recipe',
	name: string,
	names: readonly string[],
	{withheld, what = kind}: {withheld?: Withheld; what?: string} = {},
): CosmosError {
	const key = `${kind}s.${name}`;
	if (withheld?.keys.includes(key)) {
		return withheldError(withheld, key);
	}

	const nearest = nearestWord(name, names);
	const hint = nearest ? `Did you mean "${nearest}"?` : `Expected one of: ${names.join(', ')}.`;
	return new CosmosError(codes[kind], `${what} "${name}" is not in the configuration`, {
		hint:
			names.length > 0
				? hint
				: 'No recipes are configured; `cosmos recipe --help` shows an example.',
	});
}

/** What is needed stands in a project's file that nobody has trusted. */
export function withheldError({file}: Withheld, key: string): CosmosError {
	return new CosmosError('untrusted-project', `${key} is set in ${file}, which is not trusted`, {
		hint: 'Run `cosmos trust` there to look at the file and decide.',
	});
}
