import type {Verb} from '../verb.js';

/** Finds the subcommand that the words after a verb name; returns it with the remaining words. */
export function choosePart(
	verb: Verb,
	words: readonly string[],
): {verb: Verb; rest: readonly string[]} {
	const [word, ...rest] = words;
	const part = verb.parts?.find(({name}) => name === `${verb.name} ${word}`);
	return part ? choosePart(part, rest) : {verb, rest: words};
}
