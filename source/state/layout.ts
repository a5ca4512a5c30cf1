import type {DashboardState} from './dashboard-state.js';
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
	/** Rows inside the panels. */
	promptRows: number;
	runRows: number;
	detailRows: number;
};

/** Below this width the detail takes the place of the lists. */
const stackedBelow = 90;

export function layoutOf(state: DashboardState): Layout {
	const {columns, rows} = state.size;
	const stacked = columns < stackedBelow;
	const alone = stacked || state.zoomed;
	const listWidth = stacked ? columns : clamp(Math.round(columns * 0.36), 38, 68);
	const bodyHeight = rows - 2 - (state.noticeShown ? 1 : 0) - (state.touring ? 1 : 0);
	// Three rows are borders: top, between, bottom.
	const listRows = bodyHeight - 3;
	const wanted = Math.max(3, visiblePrompts(state).length);
	const promptRows = Math.min(wanted, Math.max(3, Math.floor(listRows * 0.4)));
	return {
		tooSmall: columns < smallest.columns || rows < smallest.rows,
		stacked,
		showLists: !state.zoomed,
		showDetail: !stacked || state.zoomed,
		listWidth,
		detailWidth: alone ? columns : columns - listWidth,
		bodyHeight,
		promptRows,
		runRows: listRows - promptRows,
		detailRows: state.bare ? bodyHeight : bodyHeight - 2,
	};
}

function clamp(value: number, min: number, max: number): number {
	return Math.min(max, Math.max(min, value));
}
