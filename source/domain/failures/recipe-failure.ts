import {linearPattern} from '../linear-pattern.js';
import type {Recipe} from '../types.js';
import type {Failure} from './failure.js';

/** Characters of a line that a pattern is applied to, and that a message quotes. */
const longestRead = 1000;
const longestQuote = 300;

/**
 * The failure that a recipe's own patterns find in a log. The last line that matches one counts, as with
 * the known causes of the models. A pattern that the engine does not support matches nothing.
 * @param log the end of the log
 */
export async function findRecipeFailure(
	{failures = []}: Pick<Recipe, 'failures'>,
	log: string,
): Promise<Failure | undefined> {
	const lines = failures.length === 0 ? [] : log.split(/[\r\n]+/).toReversed();
	const patterns = await Promise.all(
		failures.map(async ({says, hint}) => ({
			matches: await linearPattern(says).catch(() => () => undefined),
			hint,
		})),
	);
	for (const raw of lines) {
		const line = raw.trim().slice(0, longestRead);
		const found = line === '' ? undefined : patterns.find(({matches}) => matches(line));
		if (found) {
			return {reason: 'program-error', message: line.slice(0, longestQuote), hint: found.hint};
		}
	}

	return undefined;
}
