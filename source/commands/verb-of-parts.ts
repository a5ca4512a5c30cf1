import {unknownPart} from './choose/unknown-part.js';
import type {Verb} from './verb.js';

/** A verb that is its parts, such as `queue` of `queue add` and `queue list`. */
export function verbOfParts(
	verb: Pick<Verb, 'name' | 'summary' | 'details' | 'examples'> & {parts: readonly Verb[]},
): Verb {
	const names = verb.parts.map(({name}) => name.slice(verb.name.length + 1));
	return {
		...verb,
		usage: `${names.join('|')} …`,
		args: [0, Number.POSITIVE_INFINITY],
		completes: [names],
		flags: [],
		async run(_context, {args: [word = '']}) {
			throw unknownPart(verb.name, word, names);
		},
	};
}
