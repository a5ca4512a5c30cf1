import type {CommandName} from './bindings.js';
import type {DashboardState} from './dashboard-state.js';
import {hostLines} from './host-content.js';
import {contextTitles, keyHelp} from './key-lookup.js';
import type {Overlay} from './overlay.js';
import {planLines} from './plan-content.js';
import {statsLines} from './stats-content.js';

type ScrolledPage = Extract<Overlay, {kind: 'help' | 'notices' | 'stats' | 'host' | 'plan'}>;

/** Columns of pages that have room for them, borders included. */
export const widestPages = {page: 84, plan: 100} as const;

/** Columns for a page's text: without its borders and a blank on each side. */
export const pageTextWidth = (columns: number, widest: number = widestPages.page) =>
	Math.min(columns, widest) - 4;

/** Rows for the text of a page that is as high as it may be. */
export const mostPageRows = (rows: number) => rows - 4;

/** A page after a scrolling command: never beyond its end, a page's step less one line. */
export function scrolledPage<T extends ScrolledPage>(
	state: DashboardState,
	overlay: T,
	command: CommandName,
): T {
	const shown = mostPageRows(state.size.rows);
	const steps: Partial<Record<CommandName, number>> = {
		down: 1,
		up: -1,
		'page-down': shown - 1,
		'page-up': 1 - shown,
	};
	const last = Math.max(0, lineCount(state, overlay) - shown);
	// A taller window may have left the place beyond the last.
	const scroll = Math.min(last, overlay.scroll) + (steps[command] ?? 0);
	return {...overlay, scroll: Math.max(0, Math.min(last, scroll))};
}

function lineCount(state: DashboardState, overlay: ScrolledPage): number {
	const {columns} = state.size;
	switch (overlay.kind) {
		case 'help':
			return contextTitles.reduce(
				(count, [context]) => count + keyHelp(context, state.customKeys).length + 2,
				-1,
			);
		case 'notices':
			return state.notices.length;
		case 'stats':
			return statsLines(state, overlay.at, pageTextWidth(columns)).length;
		case 'host':
			return hostLines(state, overlay.host, pageTextWidth(columns)).length;
		case 'plan':
			return planLines(overlay.view, pageTextWidth(columns, widestPages.plan)).length;
	}
}
