import {CosmosError} from '../domain/errors.js';
import {nearestWord} from '../domain/nearest-word.js';

/** A word that the configuration does not have, with the nearest that it has, or all of them. */
export function notConfiguredError(
	what: string,
	name: string,
	names: readonly string[],
): CosmosError {
	const nearest = nearestWord(name, names);
	const code = what === 'recipe' ? 'unknown-recipe' : 'unknown-host';
	return new CosmosError(code, `${what} "${name}" is not in the configuration`, {
		hint: nearest ? `Did you mean "${nearest}"?` : `Expected one of: ${names.join(', ')}.`,
	});
}
