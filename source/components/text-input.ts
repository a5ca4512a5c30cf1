import {graphemes, pad, widthOf, wrapRows} from '../state/content/text-layout.js';
import type {TextField} from '../state/text-field.js';
import {paint} from './theme.js';

export type InputOptions = {
	/** Columns that the row takes. */
	width: number;
	focused: boolean;
	/** Shown while the field is empty. */
	placeholder?: string;
};

/** One row of a text being typed: the part around the cursor. */
export function inputRow(field: TextField, options: InputOptions): string {
	return inputRows(field, {...options, rows: 1})[0] as string;
}

/**
 * The text being typed in exactly `rows` rows, those around the cursor: wrapped when there is more
 * than one row, shifted sideways when there is one. The cursor is a reversed cell.
 */
export function inputRows(
	{text, cursor}: TextField,
	{width, rows, focused, placeholder = ''}: InputOptions & {rows: number},
): string[] {
	if (text === '') {
		const [first = '', rest = ''] = [placeholder.slice(0, 1) || ' ', placeholder.slice(1)];
		const row = focused
			? paint('cursor', first) + paint('dim', pad(rest, width - 1))
			: paint('dim', pad(placeholder, width));
		return filled([row], rows, width);
	}

	// A column is kept for a cursor behind the last character.
	const wrapped = rows === 1 ? [{text, start: 0}] : wrapRows(text, width - 1);
	const at = wrapped.findLastIndex(({start}) => start <= cursor);
	const first = focused ? Math.max(0, Math.min(at - rows + 1, wrapped.length - rows)) : 0;
	const page = wrapped.slice(first, first + rows).map((row, index) => {
		const here = focused && first + index === at;
		return here ? rowWithCursor(row.text, cursor - row.start, width) : pad(row.text, width);
	});
	return filled(page, rows, width);
}

function rowWithCursor(text: string, cursor: number, width: number): string {
	let before = graphemes(text.slice(0, cursor));
	const [under = ' ', ...after] = graphemes(text.slice(cursor));
	let used = before.reduce((sum, part) => sum + widthOf(part), 0);
	let shifted = false;
	while (used + widthOf(under) > width - (shifted ? 1 : 0) && before.length > 0) {
		used -= widthOf(before[0] as string);
		before = before.slice(1);
		shifted = true;
	}

	const left = `${shifted ? '…' : ''}${before.join('')}`;
	const room = Math.max(0, width - widthOf(left) - widthOf(under));
	return left + paint('cursor', under) + pad(after.join(''), room);
}

function filled(page: string[], rows: number, width: number): string[] {
	while (page.length < rows) {
		page.push(' '.repeat(width));
	}

	return page;
}
