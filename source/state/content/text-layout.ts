import stringWidth from 'string-width';

const plainAscii = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'});

/** Columns that a text takes in a terminal; colours take none. */
export function widthOf(text: string): number {
	return plainAscii.test(text) ? text.length : stringWidth(text);
}

/** What a person sees as one character each. */
export function graphemes(text: string): string[] {
	return plainAscii.test(text)
		? [...text]
		: Array.from(segmenter.segment(text), part => part.segment);
}

/** The beginning of a plain text that fits into `width` columns, with `…` where it was cut. */
export function cut(text: string, width: number): string {
	if (widthOf(text) <= width) {
		return text;
	}

	if (width <= 0) {
		return '';
	}

	let result = '';
	let used = 0;
	for (const part of graphemes(text.slice(0, width * 8))) {
		const columns = widthOf(part);
		if (used + columns > width - 1) {
			break;
		}

		result += part;
		used += columns;
	}

	return `${result}…`;
}

/** The end of a plain text, for paths, where the last part says most. */
export function cutStart(text: string, width: number): string {
	if (widthOf(text) <= width) {
		return text;
	}

	const parts = graphemes(text);
	let result = '';
	let used = 0;
	for (let index = parts.length - 1; index >= 0; index--) {
		const part = parts[index] as string;
		const columns = widthOf(part);
		if (used + columns > width - 1) {
			break;
		}

		result = part + result;
		used += columns;
	}

	return width <= 0 ? '' : `…${result}`;
}

/** Cut or filled up with blanks to exactly `width` columns. */
export function pad(text: string, width: number): string {
	const short = cut(text, width);
	return short + ' '.repeat(Math.max(0, width - widthOf(short)));
}

/** A row of a wrapped text and where it begins in it. */
export type WrappedRow = {text: string; start: number};

/**
 * Breaks a text at line ends, at blanks, and inside words that are longer than a row. The rows
 * joined, with the line ends put back, are the text: nothing is trimmed.
 */
export function wrapRows(text: string, width: number): WrappedRow[] {
	const rows: WrappedRow[] = [];
	let start = 0;
	for (const line of text.split('\n')) {
		rows.push(...wrapLine(line, Math.max(1, width), start));
		start += line.length + 1;
	}

	return rows;
}

/** The rows of a wrapped text, without the blanks at their ends. */
export function wrap(text: string, width: number): string[] {
	return wrapRows(text, width).map(row => row.text.trimEnd());
}

function wrapLine(line: string, width: number, offset: number): WrappedRow[] {
	const rows: WrappedRow[] = [];
	let row = '';
	let used = 0;
	let start = offset;
	const flush = () => {
		rows.push({text: row, start});
		start += row.length;
		row = '';
		used = 0;
	};

	for (const word of line.match(/\s+|[^\s]+\s?/gu) ?? []) {
		if (used > 0 && used + widthOf(word.trimEnd()) > width) {
			flush();
		}

		if (widthOf(word.trimEnd()) <= width) {
			row += word;
			used += widthOf(word);
			continue;
		}

		for (const part of graphemes(word)) {
			if (used + widthOf(part) > width) {
				flush();
			}

			row += part;
			used += widthOf(part);
		}
	}

	rows.push({text: row, start});
	return rows;
}
