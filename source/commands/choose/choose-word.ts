import {CosmosError} from '../../domain/errors.js';

/**
 * The one of some words that a call names.
 * @throws CosmosError (usage) with the problem and these words where it is none of them
 */
export function chooseWord<W extends string>(
	words: readonly W[],
	given: string | undefined,
	problem: string,
): W {
	const found = words.find(word => word === given);
	if (found === undefined) {
		throw new CosmosError('usage', problem, {hint: `Expected one of: ${words.join(', ')}.`});
	}

	return found;
}
