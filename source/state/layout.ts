import type {DashboardState} from './dashboard-state.js';
import {unendedCount} from './job-words.js';
import type {ListName} from './panels.js';
import {visiblePrompts} from './visible-rows.js';

export const smallest = {columns: 60, rows: 15};

/** Columns and rows of the home screen's parts, borders included unless it says `rows`. */
export type Layout = {
	tooSmall: boolean;
	/** Lists over each other, the detail instead of them. */
	stacked: boolean;
	showLists: boolean;
	showDetail: boolean;
	listWidth: number;
	detailWidth: number;
	/** Rows between host line and footer. */
	bodyHeight: number;
	/** Rows inside the panels. Without rows the queue's title stands in the lowest border. */
	rows: Readonly<Record<ListName, number>>;
	detailRows: number;
};

/** Below this width the detail takes the place of the lists. */
const stackedBelow = 90;

export function layoutOf(state: DashboardState): Layout {
	const {columns, rows} = state.size;
	const stacked = columns < stackedBelow;
	const alone = stacked || state.zoomed;
	const listWidth = stacked ? columns : listWidthOf(state, columns);
	const bodyHeight = rows - 2 - (state.noticeShown ? 1 : 0) - (state.touring ? 1 : 0);
	return {
		tooSmall: columns < smallest.columns || rows < smallest.rows,
		stacked,
		showLists: !state.zoomed,
		showDetail: !stacked || state.zoomed,
		listWidth,
		detailWidth: alone ? columns : columns - listWidth,
		bodyHeight,
		rows: listRows(state, bodyHeight),
		detailRows: state.bare ? bodyHeight : bodyHeight - 2,
	};
}

/** Columns that both the lists and the detail have at least. */
const narrowest = 30;

function listWidthOf({listWidth}: DashboardState, columns: number): number {
	return listWidth === undefined
		? clamp(Math.round(columns * 0.36), 38, 68)
		: clamp(listWidth, narrowest, columns - narrowest);
}

/** Moves the border between the lists and the detail, within what both need. */
export function withListWidth(state: DashboardState, columns: number): DashboardState {
	return {...state, listWidth: clamp(columns, narrowest, state.size.columns - narrowest)};
}

function listRows(state: DashboardState, bodyHeight: number): Layout['rows'] {
	const wanted = queueRowsWanted(state);
	// Borders: top, above the runs, above the queue when it has rows, bottom.
	const all = bodyHeight - (wanted === 0 ? 3 : 4);
	const share = (part: number, least: number) => Math.max(least, Math.floor(all * part));
	const prompts = Math.min(Math.max(3, visiblePrompts(state).length), share(0.4, 3));
	const queue = Math.min(wanted, share(state.subject === 'queue' ? 0.4 : 0.25, 2));
	return {prompts, runs: all - prompts - queue, queue};
}

/** Rows for how an empty queue is filled. */
const emptyRows = 3;

/** Jobs that have ended, and how an empty queue is filled, are seen while one is there. */
function queueRowsWanted(state: DashboardState): number {
	return state.subject === 'queue'
		? state.queue?.jobs.length || emptyRows
		: unendedCount(state.queue);
}

function clamp(value: number, min: number, max: number): number {
	return Math.min(max, Math.max(min, value));
}
