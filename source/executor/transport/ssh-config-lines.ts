import {CosmosError} from '../../domain/errors.js';

/** One line of an ssh_config that says something. */
export type Line = {
	file: string;
	/** Counted from 1. */
	number: number;
	/** In small letters. */
	keyword: string;
	/** What follows, as it stands there. */
	rest: string;
};

export function parseConfigLines(text: string, file: string): Line[] {
	return text.split('\n').flatMap((content, index) => {
		const parts = /^([^\s=#"]+|"[^"]*")(?:\s*=\s*|\s+|$)(.*)$/s.exec(content.trim());
		const keyword = parts?.[1]?.replaceAll('"', '').toLowerCase();
		return parts && keyword !== undefined
			? [{file, number: index + 1, keyword, rest: parts[2] ?? ''}]
			: [];
	});
}

/**
 * The words of a line: quotes of both kinds hold blanks, a backslash stands before a quote, a
 * backslash or a blank, and `#` ends the line.
 * @throws CosmosError (configuration) for a quote that is not closed
 */
export function splitWords({rest, file, number}: Line): string[] {
	const words: string[] = [];
	let word: string | undefined;
	let quote = '';
	for (let index = 0; index < rest.length; index++) {
		const character = rest[index] as string;
		const next = rest[index + 1] ?? '';
		const isBlank = /\s/.test(character);
		if (character === '\\' && (/['"\\]/.test(next) || (quote === '' && next === ' '))) {
			word = (word ?? '') + next;
			index++;
		} else if (quote !== '' ? character === quote : /['"]/.test(character)) {
			quote = quote === '' ? character : '';
			word ??= '';
		} else if (quote !== '') {
			word = (word ?? '') + character;
		} else if (isBlank || (character === '#' && word === undefined)) {
			if (word !== undefined) {
				words.push(word);
			}

			word = undefined;
			if (!isBlank) {
				break;
			}
		} else {
			word = (word ?? '') + character;
		}
	}

	if (quote !== '') {
		throw new CosmosError('configuration', `${file}:${number}: a quote is not closed`, {
			hint: 'This is the OpenSSH configuration file; `ssh -G HOST` checks it.',
		});
	}

	return word === undefined ? words : [...words, word];
}
