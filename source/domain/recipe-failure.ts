import type {Failure} from './failure.js';
import {linearPattern} from './linear-pattern.js';
import type {Recipe} from './types.js';

/** Characters of a line that a pattern is applied to, and that a message quotes. */
const longestRead = 1000;
const longestQuote = 300;

/**
 * What a recipe says of a log in which one of its patterns is found: the last line with one counts, as
 * the causes that are known of models are told. A pattern that cannot be used says nothing.
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
