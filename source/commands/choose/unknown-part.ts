import {CosmosError} from '../../domain/errors.js';
import {nearestWord} from '../../domain/nearest-word.js';

/** The error of a verb with commands of its own, for a word that is none of them; `''` for no word. */
export function unknownPart(verb: string, word: string, names: readonly string[]): CosmosError {
	const nearest = nearestWord(word, names);
	return new CosmosError(
		'usage',
		word ? `unknown ${verb} command "${word}"` : `\`cosmos ${verb}\` needs a command`,
		{
			hint: nearest
				? `Did you mean \`cosmos ${verb} ${nearest}\`?`
				: `Expected one of: ${names.join(', ')}.`,
		},
	);
}
