import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

/** A text that the program prints or a person reads, and where it is written. */
export type PrintedText = {file: string; line: number; text: string};

const root = path.join(import.meta.dirname, '..', '..');

/** The string literals of the source that have more than one word, without the values in a template. */
export function sourceTexts(): PrintedText[] {
	return filesIn('source', /\.tsx?$/).flatMap(file =>
		literalsOf(readFileSync(path.join(root, file), 'utf8'))
			.filter(({text}) => /\w\s+\w/.test(text))
			.map(({at, text, line}) => ({file, line, text, at})),
	);
}

/** The lines of the documentation and the manual. */
export function writtenTexts(): PrintedText[] {
	const files = ['README.md', 'man/cosmos.1', ...filesIn('docs', /\.md$/)];
	return files.flatMap(file =>
		readFileSync(path.join(root, file), 'utf8')
			.split('\n')
			.map((text, index) => ({file, line: index + 1, text})),
	);
}

function filesIn(folder: string, name: RegExp): string[] {
	return readdirSync(path.join(root, folder), {recursive: true, encoding: 'utf8'})
		.filter(file => name.test(file))
		.map(file => path.posix.join(folder, file.replaceAll(path.sep, '/')));
}

type Literal = {at: number; line: number; text: string};

/**
 * What stands in quotes or backticks, comments and regular expressions aside. A value in a template is
 * `…`, and its own literals are found too.
 */
export function literalsOf(code: string): Literal[] {
	const found: Literal[] = [];
	let line = 1;
	let at = 0;
	/** Whether a `/` here divides: then it begins no regular expression. */
	let afterValue = false;

	function step(): string {
		const character = code[at] ?? '';
		line += character === '\n' ? 1 : 0;
		at++;
		return character;
	}

	function readString(quote: string): void {
		const literal = {at, line, text: ''};
		for (let next = step(); at <= code.length && next !== quote; next = step()) {
			if (next === '\\') {
				const escaped = step();
				literal.text += escaped === 'n' ? '\n' : escaped;
			} else if (quote === '`' && next === '$' && code[at] === '{') {
				step();
				literal.text += '…';
				readCode('}');
			} else {
				literal.text += next;
			}
		}

		found.push(literal);
	}

	function readPattern(): void {
		for (let next = step(), inClass = false; next !== '/' || inClass; next = step()) {
			if (next === '\\') {
				step();
			} else if (next === '[' || next === ']') {
				inClass = next === '[';
			}

			if (at >= code.length) {
				return;
			}
		}
	}

	function readCode(end: string): void {
		for (let depth = 0; at < code.length; ) {
			const next = step();
			if (next === end && depth === 0) {
				return;
			}

			if (next === "'" || next === '"' || next === '`') {
				readString(next);
				afterValue = true;
			} else if (next === '/' && code[at] === '/') {
				while (at < code.length && code[at] !== '\n') {
					step();
				}
			} else if (next === '/' && code[at] === '*') {
				while (at < code.length && !code.startsWith('*/', at)) {
					step();
				}

				step();
				step();
			} else if (next === '/' && !afterValue && code[at - 2] !== '<') {
				readPattern();
				afterValue = true;
			} else if (/\S/.test(next)) {
				depth += next === '{' ? 1 : next === '}' ? -1 : 0;
				afterValue =
					/[\w$)\]}]/.test(next) && !/\b(?:return|of|in|case)$/.test(code.slice(at - 7, at));
			}
		}
	}

	readCode('');
	return found;
}
