import type {DashboardState, Step} from '../../state/dashboard-state.js';
import {focusOn} from '../../state/focus.js';
import {layoutOf} from '../../state/layout.js';
import {scrollLog, stretchLogMark} from '../../state/log/log-view.js';
import type {ListName, PanelName} from '../../state/panels.js';
import {
	isLogFocused,
	isLogShown,
	selectedIndex,
	tabsOf,
	visibleCount,
	visibleIds,
} from '../../state/selectors.js';
import {contentRows} from '../detail/content-rows.js';
import {detailLines} from '../detail/detail-lines.js';

/** Moves the selection, or what the detail shows, by so many rows. */
export const moveRows =
	(rows: number) =>
	(state: DashboardState): DashboardState =>
		state.focus === 'detail' ? scrollDetail(state, rows) : select(state, state.focus, rows);

/** Moves by pages: a page less one line, so that the eye finds its place. */
export const movePages = (pages: 1 | -1) => (state: DashboardState) => {
	const {focus} = state;
	const height = focus === 'detail' ? contentRows(state) : layoutOf(state).rows[focus];
	return moveRows(pages * (height - 1))(state);
};

/** To the first row; in the log to its beginning, wherever that is in the file. */
export function moveToFirst(state: DashboardState): Step {
	const next = moveRows(Number.NEGATIVE_INFINITY)(state);
	return isLogFocused(state) ? [next, {kind: 'log-start'}] : [next];
}

/** To the last row; in the log to its end, which is then followed. */
export function moveToLast(state: DashboardState): Step {
	const next = moveRows(Number.POSITIVE_INFINITY)(state);
	return isLogFocused(state) ? [next, {kind: 'log-end'}] : [next];
}

/** Scrolls the detail by half a page, whatever has the focus. */
export const scrollHalfPage = (by: 1 | -1) => (state: DashboardState) =>
	scrollDetail(state, by * Math.ceil(contentRows(state) / 2));

function select(state: DashboardState, list: ListName, rows: number): DashboardState {
	const ids = visibleIds(state, list);
	const index = Math.min(ids.length - 1, Math.max(0, selectedIndex(state, list) + rows));
	return {...state, selected: {...state.selected, [list]: ids[index]}};
}

function scrollDetail(state: DashboardState, rows: number): DashboardState {
	const height = contentRows(state);
	if (isLogFocused(state) && state.log.mark) {
		return {...state, log: stretchLogMark(state.log, rows, height)};
	}

	if (isLogShown(state)) {
		return {...state, log: scrollLog(state.log, rows, height)};
	}

	const most = Math.max(0, detailLines(state).length - height);
	return {...state, scroll: Math.min(most, Math.max(0, state.scroll + rows))};
}

/** The detail over the whole screen, and back; a log then has no borders, so the mouse can mark it. */
export function zoom(state: DashboardState): DashboardState {
	const inLog = isLogShown(state);
	if (state.bare || (state.zoomed && !inLog)) {
		return {...state, bare: false, zoomed: state.bare && layoutOf(state).stacked};
	}

	return {...focusOn(state, 'detail'), zoomed: true, bare: inLog};
}

/** To the next or the previous panel; an empty queue has no rows to go to. */
export const movePanel = (by: 1 | -1) => (state: DashboardState) => {
	const {focus} = state;
	const hasQueue = focus === 'queue' || visibleCount(state, 'queue') > 0;
	const panels: readonly PanelName[] = [
		'prompts',
		'runs',
		...(hasQueue ? (['queue'] as const) : []),
		'detail',
	];
	const at = (panels.indexOf(focus) + by + panels.length) % panels.length;
	return focusOn(state, panels[at] as PanelName);
};

export const moveTab = (by: 1 | -1) => (state: DashboardState) => {
	const tabs = tabsOf(state);
	const tab = tabs[(tabs.indexOf(state.tab) + by + tabs.length) % tabs.length] ?? state.tab;
	return {...state, tab, scroll: 0, bare: false};
};
