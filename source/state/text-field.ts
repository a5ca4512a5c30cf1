import {cleanText} from '../domain/runs/log-lines.js';
import {graphemes} from './content/text-layout.js';

/** A text being typed. `cursor` counts UTF-16 units and lies between two characters. */
export type TextField = {text: string; cursor: number};

export type TextEdit =
	| 'cursor-left'
	| 'cursor-right'
	| 'cursor-home'
	| 'cursor-end'
	| 'erase-left'
	| 'erase-right'
	| 'erase-word'
	| 'erase-line';

/** A field that begins with a text, which may be anybody's: only its line ends stay of its controls. */
export function textField(given = ''): TextField {
	const text = given
		.split(/\r\n|\r|\n/)
		.map(cleanText)
		.join('\n');
	return {text, cursor: text.length};
}

/** Moves the cursor or erases. Home, End and erase-line work on the line of the cursor. */
export function editText(field: TextField, edit: TextEdit): TextField {
	const {text, cursor} = field;
	const before = text.slice(0, cursor);
	const lineStart = before.lastIndexOf('\n') + 1;
	switch (edit) {
		case 'cursor-left':
			return {text, cursor: cursor - lastLength(before)};
		case 'cursor-right':
			return {text, cursor: cursor + firstLength(text.slice(cursor))};
		case 'cursor-home':
			return {text, cursor: lineStart};
		case 'cursor-end': {
			const end = text.indexOf('\n', cursor);
			return {text, cursor: end < 0 ? text.length : end};
		}
		case 'erase-left':
			return erase(text, cursor - lastLength(before), cursor);
		case 'erase-right':
			return erase(text, cursor, cursor + firstLength(text.slice(cursor)));
		case 'erase-word':
			return erase(text, before.replace(/(?:[^\s/]+|\/)?\s*$/u, '').length, cursor);
		case 'erase-line':
			return erase(text, lineStart, cursor);
	}
}

/**
 * Puts typed or pasted text at the cursor. Control characters are dropped; line ends are kept
 * where the field has lines, else they become blanks.
 */
export function insertText(field: TextField, typed: string, multiline: boolean): TextField {
	const clean = typed
		.split(/\r\n|\r|\n/)
		.map(cleanText)
		.join(multiline ? '\n' : ' ');
	return {
		text: field.text.slice(0, field.cursor) + clean + field.text.slice(field.cursor),
		cursor: field.cursor + clean.length,
	};
}

function erase(text: string, from: number, to: number): TextField {
	return {text: text.slice(0, from) + text.slice(to), cursor: from};
}

// A character and its accents are never longer than this.
const longest = 64;

function lastLength(text: string): number {
	return graphemes(text.slice(-longest)).at(-1)?.length ?? 0;
}

function firstLength(text: string): number {
	return graphemes(text.slice(0, longest))[0]?.length ?? 0;
}
