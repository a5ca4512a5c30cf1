import {PythonError} from './python-error.js';
import type {Dict, PythonValue} from './values.js';

const escapes: Readonly<Record<string, string>> = {
	'"': '"',
	'\\': '\\',
	'/': '/',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
};
const words: ReadonlyArray<readonly [string, PythonValue]> = [
	['null', null],
	['true', true],
	['false', false],
	['NaN', Number.NaN],
	['Infinity', Number.POSITIVE_INFINITY],
	['-Infinity', Number.NEGATIVE_INFINITY],
];

/**
 * Reads JSON as Python 3.13 does: with NaN and Infinity, integers of any size, the last of equal
 * keys, and its messages.
 * @throws PythonError `json.decoder.JSONDecodeError`
 */
export function parseJson(text: string): PythonValue {
	let at = 0;
	const fail = (message: string, position = at): PythonError => {
		const before = text.slice(0, position).split('\n');
		const column = (before.at(-1) ?? '').length + 1;
		const place = `line ${before.length} column ${column} (char ${position})`;
		return new PythonError('json.decoder.JSONDecodeError', `${message}: ${place}`);
	};
	const match = (pattern: RegExp): string | undefined => {
		const sticky = new RegExp(pattern, 'y');
		sticky.lastIndex = at;
		const found = sticky.exec(text)?.[0];
		at += found?.length ?? 0;
		return found;
	};
	const blanks = () => match(/[ \t\n\r]*/);

	const readString = (): string => {
		const start = at;
		at++;
		let value = '';
		for (;;) {
			value += match(/[^"\\\u0000-\u001f]*/) ?? '';
			const character = text[at];
			if (character === undefined) {
				throw fail('Unterminated string starting at', start);
			}

			if (character === '"') {
				at++;
				return value;
			}

			if (character !== '\\') {
				throw fail('Invalid control character at');
			}

			const letter = text[at + 1];
			const simple = letter === undefined ? undefined : escapes[letter];
			if (letter === undefined) {
				throw fail('Unterminated string starting at', start);
			}

			if (simple !== undefined) {
				value += simple;
				at += 2;
			} else if (letter === 'u') {
				const code = /^[0-9a-f]{4}$/i.exec(text.slice(at + 2, at + 6))?.[0];
				if (code === undefined) {
					throw fail('Invalid \\uXXXX escape', at + 1);
				}

				value += String.fromCharCode(Number.parseInt(code, 16));
				at += 6;
			} else {
				throw fail('Invalid \\escape');
			}
		}
	};

	/** The parts of a list or an object, up to its closing bracket. */
	const readParts = (close: ']' | '}', readPart: () => void): void => {
		at++;
		blanks();
		if (text[at] === close) {
			at++;
			return;
		}

		for (;;) {
			readPart();
			blanks();
			if (text[at] === close) {
				at++;
				return;
			}

			if (text[at] !== ',') {
				throw fail("Expecting ',' delimiter");
			}

			const comma = at++;
			blanks();
			if (text[at] === close) {
				const kind = close === '}' ? 'object' : 'array';
				throw fail(`Illegal trailing comma before end of ${kind}`, comma);
			}
		}
	};

	const readValue = (): PythonValue => {
		const character = text[at];
		if (character === '"') {
			return readString();
		}

		if (character === '[') {
			const list: PythonValue[] = [];
			readParts(']', () => list.push(readValue()));
			return list;
		}

		if (character === '{') {
			const dict: Dict = Object.create(null) as Dict;
			readParts('}', () => {
				if (text[at] !== '"') {
					throw fail('Expecting property name enclosed in double quotes');
				}

				const key = readString();
				blanks();
				if (text[at] !== ':') {
					throw fail("Expecting ':' delimiter");
				}

				at++;
				blanks();
				dict[key] = readValue();
			});
			return dict;
		}

		const word = words.find(([name]) => text.startsWith(name, at));
		if (word) {
			at += word[0].length;
			return word[1];
		}

		const number = match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/);
		if (number === undefined) {
			throw fail('Expecting value');
		}

		return /^-?\d+$/.test(number) ? BigInt(number) : Number(number);
	};

	if (text.startsWith('\ufeff')) {
		throw fail('Unexpected UTF-8 BOM (decode using utf-8-sig)', 0);
	}

	blanks();
	const value = readValue();
	blanks();
	if (at < text.length) {
		throw fail('Extra data');
	}

	return value;
}
