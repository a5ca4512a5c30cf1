/** A word of a typed call, and where in the text it begins. */
type Word = {text: string; at: number};

/** The words of a call, as a shell would read them: blanks separate, quotes and backslashes join. */
export function splitCall(text: string): Word[] {
	const words: Word[] = [];
	let word: Word | undefined;
	let quote = '';
	for (let at = 0; at < text.length; at++) {
		const character = text[at] as string;
		if (quote === '' && /\s/.test(character)) {
			word = undefined;
			continue;
		}

		if (!word) {
			word = {text: '', at};
			words.push(word);
		}

		if (character === quote) {
			quote = '';
		} else if (quote === '' && (character === '"' || character === "'")) {
			quote = character;
		} else if (character === '\\' && quote !== "'" && at + 1 < text.length) {
			at++;
			word.text += text[at];
		} else {
			word.text += character;
		}
	}

	return words;
}

export const callWords = (text: string): string[] => splitCall(text).map(word => word.text);

/** The words for completion: the last one is being typed, and may be empty. */
export const wordsSoFar = (text: string): string[] =>
	/\s$/.test(text) || text === '' ? [...callWords(text), ''] : callWords(text);

/** The text with another last word. */
export function withLastWord(text: string, word: string): string {
	const at = /\s$/.test(text) ? text.length : (splitCall(text).at(-1)?.at ?? 0);
	return text.slice(0, at) + (/[\s"'\\]/.test(word) ? JSON.stringify(word) : word);
}
