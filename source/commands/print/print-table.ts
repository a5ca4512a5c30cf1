import {cleanText} from '../../domain/runs/log-lines.js';
import type {CommandContext} from '../verb.js';

/** Columns between two cells. */
const gap = 2;
/** The least that a column is cut to. */
const narrowest = 5;
/** The head of a column that stays whole: an id is there to be copied. */
const whole = 'ID';

/**
 * Prints rows: on a terminal in columns that fit its width, under a head and without those that are
 * empty; in a pipe with tabs between the cells, whole, and without a head. The widest columns give
 * way.
 */
export async function printTable(
	{out, columns}: Pick<CommandContext, 'out' | 'columns'>,
	head: readonly string[],
	rows: ReadonlyArray<readonly string[]>,
): Promise<void> {
	if (columns === undefined) {
		out(rows.map(row => `${row.map(toOneLine).join('\t')}\n`).join(''));
		return;
	}

	const used = head.map((_, column) => rows.length === 0 || rows.some(row => row[column] !== ''));
	const shown = [head, ...rows].map(row => row.filter((_, column) => used[column]).map(toOneLine));
	out(fitTable(shown, columns, await textWidth()));
}

/** Tabs and line ends in a cell would read as the table's own. */
function toOneLine(cell: string): string {
	return cleanText(cell.replaceAll(/\s+/g, ' '));
}

type WidthOf = (text: string) => number;

/** Loaded only where something is aligned. */
async function textWidth(): Promise<WidthOf> {
	const {default: stringWidth} = await import('string-width');
	return stringWidth;
}

/** @param room columns of the terminal */
function fitTable(rows: ReadonlyArray<readonly string[]>, room: number, widthOf: WidthOf): string {
	const widths = (rows[0] ?? []).map((_, column) =>
		Math.max(...rows.map(row => widthOf(row[column] ?? ''))),
	);
	// The last column of a terminal wraps on some.
	let excess = widths.reduce((sum, width) => sum + width + gap, -gap) - (room - 1);
	while (excess > 0) {
		const elastic = widths.map((width, column) => (rows[0]?.[column] === whole ? 0 : width));
		const widest = elastic.indexOf(Math.max(...elastic));
		if ((elastic[widest] ?? 0) <= narrowest) {
			break;
		}

		widths[widest] = (widths[widest] as number) - 1;
		excess--;
	}

	return rows
		.map(row => {
			const cells = widths.map((width, column) => padCell(row[column] ?? '', width, widthOf));
			return `${cells.join(' '.repeat(gap)).trimEnd()}\n`;
		})
		.join('');
}

function padCell(cell: string, width: number, widthOf: WidthOf): string {
	const own = widthOf(cell);
	if (own <= width) {
		return cell + ' '.repeat(width - own);
	}

	let cut = '';
	let used = 0;
	for (const character of cell) {
		const more = widthOf(character);
		if (used + more > width - 1) {
			break;
		}

		cut += character;
		used += more;
	}

	return `${cut}…${' '.repeat(Math.max(0, width - used - 1))}`;
}
