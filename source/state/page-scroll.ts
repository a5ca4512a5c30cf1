import {deleteLines} from './content/delete-content.js';
import {helpLines} from './content/help-content.js';
import {noticeLines} from './content/notice-content.js';
import {planLines} from './content/plan-content.js';
import {statsLines} from './content/stats-content.js';
import type {DashboardState} from './dashboard-state.js';
import {hostLines} from './host/host-content.js';
import type {CommandName} from './keys/bindings.js';
import {keyOf} from './keys/key-text.js';
import type {Overlay} from './overlay.js';
import {batchingLines} from './queue/batching-content.js';

type ScrolledPage = Extract<
	Overlay,
	{kind: 'help' | 'notices' | 'stats' | 'host' | 'plan' | 'delete' | 'batching'}
>;

/** Columns of pages that have room for them, borders included. */
export const widestPages = {page: 84, plan: 100, batching: 96} as const;

/** Columns for a page's text: without its borders and a blank on each side. */
export const pageTextWidth = (columns: number, widest: number = widestPages.page) =>
	Math.min(columns, widest) - 4;

/** Rows of the screen that a page's text leaves to borders, head and keys. */
const otherRows = {page: 4, plan: 4, delete: 8, batching: 10} as const;

/** Rows for the text of a page that is as high as it may be, on a screen of so many. */
export const pageRows = (page: keyof typeof otherRows, rows: number) => rows - otherRows[page];

/**
 * The part of a page that is seen: its first row, how many rows, and what its border says of it.
 * @param most rows that there is room for
 * @param least rows that it has at any rate, where there is room
 */
export function seenPart(lines: number, scroll: number, most: number, least = 0) {
	const height = Math.min(Math.max(lines, least), most);
	// A taller window may have left the place beyond the last.
	const first = Math.min(scroll, Math.max(0, lines - height));
	const foot = lines > height ? `${first + 1}–${first + height} of ${lines}` : '';
	return {first, height, foot};
}

/** A page after a scrolling command: never beyond its end, a page's step less one line. */
export function scrolledPage<T extends ScrolledPage>(
	state: DashboardState,
	overlay: T,
	command: CommandName,
): T {
	const {kind} = overlay;
	const page = kind in otherRows ? (kind as keyof typeof otherRows) : 'page';
	const shown = pageRows(page, state.size.rows);
	const steps: Partial<Record<CommandName, number>> = {
		down: 1,
		up: -1,
		'page-down': shown - 1,
		'page-up': 1 - shown,
	};
	const lines = lineCount(state, overlay);
	const scroll = seenPart(lines, overlay.scroll, shown).first + (steps[command] ?? 0);
	return {...overlay, scroll: Math.max(0, Math.min(lines - shown, scroll))};
}

function lineCount(state: DashboardState, overlay: ScrolledPage): number {
	const {columns} = state.size;
	switch (overlay.kind) {
		case 'help':
			return helpLines(state.customKeys, pageTextWidth(columns)).length;
		case 'notices':
			return noticeLines(state.notices, pageTextWidth(columns)).length;
		case 'stats':
			return statsLines(state, overlay.at, pageTextWidth(columns)).length;
		case 'host':
			return hostLines(state, overlay.host, pageTextWidth(columns)).length;
		case 'plan':
			return planLines(overlay.view, pageTextWidth(columns, widestPages.plan)).length;
		// These have a blank more on each side.
		case 'delete':
			return deleteLines(overlay, pageTextWidth(columns) - 2, state).length;
		case 'batching': {
			const width = pageTextWidth(columns, widestPages.batching) - 2;
			return batchingLines(overlay, width, keyOf(state, 'batching-mixed')).length;
		}
	}
}
