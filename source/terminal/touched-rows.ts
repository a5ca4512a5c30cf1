/**
 * The rows, from 0, that a frame of Ink's writes; undefined when that may be any. Ink goes up to the
 * first row, and then down over those that stay.
 */
export function findTouchedRows(text: string): ReadonlySet<number> | undefined {
	const [up] = /^\u001b\[\d+A/.exec(text) ?? [];
	if (up === undefined) {
		return text === '' ? new Set() : undefined;
	}

	const rows = text.slice(up.length).split(/\n|\u001b\[E/);
	return new Set(rows.flatMap((row, index) => (row === '' ? [] : [index])));
}
