import {CosmosError} from '../errors.js';

/** Characters of a text; the models read some thousand at most. */
const longest = 2 ** 20;

/** Why a text cannot be that of a prompt; undefined for one that can. An empty one is another matter. */
export function textProblem(text: string): string | undefined {
	if (text.length > longest) {
		return `has ${text.length} characters, more than ${longest}`;
	}

	return text.includes('\0')
		? 'has a NUL character'
		: /[\ud800-\udfff]/u.test(text)
			? 'has half a character (a lone surrogate), which the models refuse'
			: undefined;
}

/** @throws CosmosError (usage) for a text that cannot be that of a prompt */
export function checkText(text: string, what = 'the text'): void {
	const problem = textProblem(text);
	if (problem) {
		throw new CosmosError('bad-input', `${what} ${problem}`, {
			hint: 'Give a plain text. In JSON a character beyond \\uffff is written as two: \\ud83d\\ude00.',
		});
	}
}
