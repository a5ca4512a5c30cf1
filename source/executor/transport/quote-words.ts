import {CosmosError} from '../../domain/errors.js';
import {escapeHidden} from '../../domain/runs/log-lines.js';

/** Words of these characters mean the same with and without quotes, in every shell. */
const plain = /^[\w@%+:,./-]+$/;

/**
 * Words as a piece of a POSIX shell's line that gives back exactly these words. The only place
 * where arguments are quoted.
 * @throws CosmosError (usage) for a word with a NUL character, which no command can be given
 */
export function quoteWords(words: readonly string[]): string {
	return words.map(quoteWord).join(' ');
}

/**
 * Words for a person to read: quotes only where one would look like several, or like none. What a
 * terminal would hide is shown, as bash and zsh read it.
 */
export function readableWords(words: readonly string[]): string {
	return words.map(readableWord).join(' ');
}

function readableWord(word: string): string {
	if (escapeHidden(word) !== word && !word.includes('\0')) {
		return `$'${escapeHidden(word.replaceAll(/['\\]/g, '\\$&'))}'`;
	}

	return /^[^\s'"\\]+$/.test(word) ? word : quoteWord(word);
}

function quoteWord(word: string): string {
	if (word.includes('\0')) {
		throw new CosmosError(
			'usage',
			`a command cannot contain a NUL character: ${JSON.stringify(word)}`,
		);
	}

	return plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
