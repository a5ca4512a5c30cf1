import {cleanText} from '../domain/runs/log-lines.js';
import type {ShownStatus} from '../domain/types.js';
import {type Line, type Role, textOf} from '../state/content/line.js';
import {cut, pad, widthOf} from '../state/content/text-layout.js';
import {halfBlocks} from './half-blocks.js';
import {paint} from './theme.js';

/**
 * A line painted and brought to exactly `width` columns. Whatever its parts are made of, no escape
 * and no control character of theirs gets through here.
 */
export function paintLine(line: Line, width: number): string {
	let left = width;
	let row = '';
	for (const part of line) {
		const {
			text,
			role,
			pixels = undefined,
		} = typeof part === 'string' ? {text: part, role: 'plain' as Role} : part;
		const short = cut(cleanText(text), left);
		row += pixels ? halfBlocks(pixels, left) : paint(role, short);
		left -= widthOf(short);
		if (left <= 0) {
			break;
		}
	}

	return row + ' '.repeat(Math.max(0, left));
}

type RowState = {width: number; selected: boolean; focused: boolean; marked: boolean};

/** A row of a list: `>` where the cursor is, `+` for a marked one, cells, and the whole row bright when it is selected in a focused list. */
export function listRow(line: Line, {width, selected, focused, marked}: RowState): string {
	const cursor = selected ? '>' : ' ';
	const mark = marked ? '+' : ' ';
	if (selected && focused) {
		return paint('selected', pad(`${cursor}${mark}${cleanText(textOf(line))}`, width));
	}

	return (
		(selected ? paint('accent', cursor) : cursor) +
		(marked ? paint('warn', mark) : mark) +
		paintLine(line, width - 2)
	);
}

/** `━━━━╸────` */
export function barOf(fraction: number, width: number): string {
	const halves = Math.round(Math.min(1, Math.max(0, fraction)) * width * 2);
	const full = Math.floor(halves / 2);
	const half = halves % 2;
	return (
		paint('accent', '━'.repeat(full) + (half ? '╸' : '')) +
		paint('dim', '─'.repeat(Math.max(0, width - full - half)))
	);
}

export const statusRoles: Readonly<Record<ShownStatus, Role>> = {
	pending: 'dim',
	uploading: 'accent',
	starting: 'accent',
	running: 'accent',
	downloading: 'accent',
	completed: 'good',
	failed: 'bad',
	uncollected: 'warn',
	cancelled: 'dim',
	interrupted: 'warn',
};

/** The rows from `first` on that fit, filled up with empty ones. */
export function pageOf(
	rows: readonly string[],
	first: number,
	height: number,
	width: number,
): string[] {
	const page = rows.slice(first, first + height);
	while (page.length < height) {
		page.push(' '.repeat(width));
	}

	return page;
}

/** First visible row so that the selected one is seen, near the middle of a long list. */
export function firstVisible(selected: number, count: number, height: number): number {
	return Math.max(0, Math.min(selected - Math.floor(height / 2), count - height));
}
