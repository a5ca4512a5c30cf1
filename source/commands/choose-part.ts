import type {Verb} from './verb.js';

/** Follows the words after a verb to the part that they name; gives it with the words after that. */
export function choosePart(
	verb: Verb,
	words: readonly string[],
): {verb: Verb; rest: readonly string[]} {
	const [word, ...rest] = words;
	const part = verb.parts?.find(({name}) => name === `${verb.name} ${word}`);
	return part ? choosePart(part, rest) : {verb, rest: words};
}
