import {CosmosError} from '../../domain/errors.js';
import {flagName} from '../../domain/settings/settings.js';
import type {Flag} from '../verb.js';

/**
 * Separates a flag that takes all following words, such as `--on-finish CMD…`, from those before.
 * @throws CosmosError (usage) when no word follows it
 */
export function splitRest(
	argv: readonly string[],
	flags: readonly Flag[],
): {own: readonly string[]; rest?: {key: string; words: string[]}} {
	const isRest = (word: string) =>
		flags.find(({key, takesRest}) => takesRest && flagName(key) === word);
	const at = argv.findIndex(word => isRest(word));
	const flag = isRest(argv[at] ?? '');
	if (!flag) {
		return {own: argv};
	}

	const words = argv.slice(at + 1);
	if (words.length === 0) {
		throw new CosmosError('usage', `${flagName(flag.key)} needs a command`, {
			hint: 'It takes all words that follow: put it last.',
		});
	}

	return {own: argv.slice(0, at), rest: {key: flag.key, words}};
}
