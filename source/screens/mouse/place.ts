import {firstRowOf} from '../../components/first-row.js';
import {footerItems} from '../../components/key-spans.js';
import {widthOf} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {layoutOf} from '../../state/layout.js';
import type {ListName, TabName} from '../../state/panels.js';
import {rowAtLine} from '../../state/row-groups.js';
import {selectedIndex, tabsOf, visibleIds} from '../../state/selectors.js';
import {rowGroups} from '../../state/visible-rows.js';

/** What is at a place of the home screen. */
export type Place =
	| {kind: 'row'; list: ListName; id: string}
	| {kind: 'list'; list: ListName}
	| {kind: 'tab'; tab: TabName}
	| {kind: 'detail'}
	| {kind: 'border'}
	| {kind: 'key'; command: string};

/** Columns and rows from 0; undefined where there is nothing to click. */
export function placeAt(state: DashboardState, column: number, row: number): Place | undefined {
	const layout = layoutOf(state);
	const {columns, rows} = state.size;
	if (row === rows - 1) {
		const command = keyAt(state, column, columns);
		return command === undefined ? undefined : {kind: 'key', command};
	}

	const line = row - 1;
	if (layout.tooSmall || line < 0 || line >= layout.bodyHeight) {
		return undefined;
	}

	const both = layout.showLists && layout.showDetail;
	if (both && (column === layout.listWidth - 1 || column === layout.listWidth)) {
		return {kind: 'border'};
	}

	return layout.showLists && (!both || column < layout.listWidth)
		? listAt(state, line)
		: detailAt(state, column - (both ? layout.listWidth : 0), line);
}

function listAt(state: DashboardState, line: number): Place | undefined {
	const layout = layoutOf(state);
	let top = 0;
	for (const list of ['prompts', 'runs', 'queue'] as const) {
		const height = layout.rows[list];
		const at = line - top - 1;
		if (at < height) {
			const id = at < 0 ? undefined : rowIdAt(state, list, firstRowOf(state, list, height) + at);
			return id === undefined ? {kind: 'list', list} : {kind: 'row', list, id};
		}

		top += height + 1;
	}

	return undefined;
}

/** The id of the row so far down a list; undefined for the heading of a group. */
function rowIdAt(state: DashboardState, list: ListName, line: number): string | undefined {
	const row = rowAtLine(rowGroups(state, list), line);
	return typeof row === 'number' ? visibleIds(state, list)[row] : undefined;
}

function detailAt(state: DashboardState, column: number, line: number): Place {
	const tabLine = state.bare ? -1 : 1;
	if (line !== tabLine) {
		return {kind: 'detail'};
	}

	// The border and a blank come before the first, three blanks before each other.
	let left = 2;
	for (const tab of tabsOf(state)) {
		if (column >= left && column < left + tab.length) {
			return {kind: 'tab', tab};
		}

		left += tab.length + 3;
	}

	return {kind: 'detail'};
}

function keyAt(state: DashboardState, column: number, columns: number): string | undefined {
	let left = 1;
	for (const {key, label, command} of footerItems(state, columns - 1)) {
		const width = widthOf(key) + widthOf(label) + 1;
		if (column >= left && column < left + width) {
			return command;
		}

		left += width + 2;
	}

	return undefined;
}

/** Selects the row at a place. */
export function selectAt(state: DashboardState, list: ListName, id: string): DashboardState {
	return visibleIds(state, list)[selectedIndex(state, list)] === id
		? state
		: {...state, selected: {...state.selected, [list]: id}};
}
