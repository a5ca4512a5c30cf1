/** What a terminal says of its graphics, itself, its cells and its colours. */
const answers =
	/\u001b(?:_G[^\u001b]*\u001b\\|\[\?[\d;]*c|\[6;\d+;\d+t|\[\?[\d;]*S|\]11;[^\u0007\u001b]{1,60}(?:\u0007|\u001b\\))/g;
/** The start of such an answer, at the end of the input. */
const beginning =
	/\u001b(?:_(?:G[^\u001b]{0,200}\u001b?)?|\[(?:\?[\d;]{0,40}|6(?:;[\d;]{0,20})?)?|\](?:1(?:1(?:;[^\u0007\u001b]{0,60}\u001b?)?)?)?)?$/;
/** Such a beginning may also be a key: Escape, or Alt with one of these. */
const key = /^\u001b[[\]_]?$/;
/** Milliseconds that a key waits for the rest of an answer. */
const patience = 100;

export type AnswerFilter = {
	/** Gets the input from the terminal, or null; returns what was typed, or null. */
	read: (chunk: string | null) => string | null;
	/** From now on answers are kept back, until `rest`. */
	listen: (onAnswer: (answer: string) => void) => void;
	rest: () => void;
};

/**
 * Keeps the terminal's answers apart from the keys, also an answer that comes in pieces.
 * @param comeAgain called when there is something to read without new input
 */
export function createAnswerFilter(comeAgain: () => void): AnswerFilter {
	let onAnswer: ((answer: string) => void) | undefined;
	/** Perhaps the beginning of an answer. */
	let held = '';
	/** Not the beginning of an answer after all. */
	let typed = '';
	let timer: NodeJS.Timeout | undefined;

	const release = () => {
		typed += held;
		held = '';
		if (typed !== '') {
			comeAgain();
		}
	};

	const taken = (chunk: string): string => {
		clearTimeout(timer);
		const all = held + chunk;
		held = '';
		const text = all.replaceAll(answers, answer => {
			onAnswer?.(answer);
			return '';
		});
		held = (onAnswer && beginning.exec(text)?.[0]) ?? '';
		if (key.test(held)) {
			timer = setTimeout(release, patience);
		}

		return text.slice(0, text.length - held.length);
	};

	return {
		read(chunk) {
			if (chunk === null) {
				const rest = typed;
				typed = '';
				return rest === '' ? null : rest;
			}

			return onAnswer ? taken(chunk) : chunk;
		},
		listen(listener) {
			onAnswer = listener;
		},
		rest() {
			clearTimeout(timer);
			onAnswer = undefined;
			release();
		},
	};
}
