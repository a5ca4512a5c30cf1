import {isUnfinished} from '../domain/run-status.js';
import {detailLines, troubleLines} from './content/detail-content.js';
import type {DashboardState} from './dashboard-state.js';
import type {CommandName} from './keys/bindings.js';
import {layoutOf} from './layout.js';
import {scrollLog, turnPrefixes} from './log/log-view.js';
import type {ListName, PanelName} from './panels.js';
import {selectedIndex, shownRunOf, tabsOf, visibleIds} from './selectors.js';

/** Rows of the detail that its content scrolls in: without tabs, trouble and progress bar. */
export function contentRows(state: DashboardState): number {
	const shown = shownRunOf(state);
	const bar = shown && state.tab === 'log' && isUnfinished(shown.shown) ? 1 : 0;
	return Math.max(1, layoutOf(state).detailRows - 1 - bar - troubleLines(state).length);
}

/** Commands that move on the home screen; undefined when it is another command. */
export function reduceMove(
	state: DashboardState,
	command: CommandName,
): DashboardState | undefined {
	const {focus} = state;
	const inDetail = focus === 'detail';
	const page = inDetail ? contentRows(state) : listRows(state, focus);
	switch (command) {
		case 'down':
			return move(state, 1);
		case 'up':
			return move(state, -1);
		case 'page-down':
			return move(state, page - 1);
		case 'page-up':
			return move(state, 1 - page);
		case 'first':
			return move(state, Number.NEGATIVE_INFINITY);
		case 'last':
			return move(state, Number.POSITIVE_INFINITY);
		case 'detail-down':
			return scrollDetail(state, Math.ceil(contentRows(state) / 2));
		case 'detail-up':
			return scrollDetail(state, -Math.ceil(contentRows(state) / 2));
		case 'follow':
			return state.log.follow
				? {...state, log: stopFollowing(state)}
				: {...state, log: {...state.log, follow: true}};
		case 'wrap':
			return {...state, log: {...state.log, wrapped: !state.log.wrapped}};
		case 'prefixes':
			return {...state, log: turnPrefixes(state.log)};
		case 'to-prompts':
			return focusOn(state, 'prompts');
		case 'to-runs':
			return focusOn(state, 'runs');
		case 'to-queue':
			return focusOn(state, 'queue');
		case 'to-detail':
		case 'open':
			return focusOn(state, 'detail');
		case 'back':
			return focusOn(state, state.subject);
		case 'next-panel':
			return focusOn(state, neighbourPanel(state, 1));
		case 'previous-panel':
			return focusOn(state, neighbourPanel(state, -1));
		case 'next-tab':
			return turnTab(state, 1);
		case 'previous-tab':
			return turnTab(state, -1);
		case 'tour-end':
			return {...state, touring: false};
		case 'zoom':
			return zoom(state);
		default:
			return undefined;
	}
}

/** The log is then without borders, so that it can be marked with the mouse. */
function zoom(state: DashboardState): DashboardState {
	const inLog = state.subject === 'runs' && state.tab === 'log';
	if (state.bare || (state.zoomed && !inLog)) {
		return {...state, bare: false, zoomed: state.bare && layoutOf(state).stacked};
	}

	return {...focusOn(state, 'detail'), zoomed: true, bare: inLog};
}

export function focusOn(state: DashboardState, panel: PanelName): DashboardState {
	if (panel === 'detail') {
		// That of an empty queue says how it is filled, and what the lanes do.
		const empty = state.subject !== 'queue' && visibleIds(state, state.subject).length === 0;
		return empty
			? state
			: {...state, focus: panel, zoomed: state.zoomed || layoutOf(state).stacked};
	}

	return {...state, focus: panel, subject: panel, zoomed: false, bare: false};
}

/** An empty queue has no rows to go to. */
function neighbourPanel(state: DashboardState, by: number): PanelName {
	const {focus} = state;
	const hasQueue = focus === 'queue' || visibleIds(state, 'queue').length > 0;
	const panels: readonly PanelName[] = [
		'prompts',
		'runs',
		...(hasQueue ? (['queue'] as const) : []),
		'detail',
	];
	return panels[(panels.indexOf(focus) + by + panels.length) % panels.length] as PanelName;
}

function turnTab(state: DashboardState, by: number): DashboardState {
	const tabs = tabsOf(state);
	const tab = tabs[(tabs.indexOf(state.tab) + by + tabs.length) % tabs.length] ?? state.tab;
	return {...state, tab, scroll: 0, bare: false};
}

function move(state: DashboardState, rows: number): DashboardState {
	return state.focus === 'detail' ? scrollDetail(state, rows) : select(state, state.focus, rows);
}

function select(state: DashboardState, list: ListName, rows: number): DashboardState {
	const ids = visibleIds(state, list);
	const index = Math.min(ids.length - 1, Math.max(0, selectedIndex(state, list) + rows));
	return {...state, selected: {...state.selected, [list]: ids[index]}};
}

function scrollDetail(state: DashboardState, rows: number): DashboardState {
	const height = contentRows(state);
	if (state.tab === 'log' && state.subject === 'runs') {
		return {...state, log: scrollLog(state.log, rows, height)};
	}

	const most = Math.max(0, detailLines(state).length - height);
	return {...state, scroll: Math.min(most, Math.max(0, state.scroll + rows))};
}

function stopFollowing(state: DashboardState) {
	const {window} = state.log;
	if (!window) {
		return state.log;
	}

	const end = window.first + window.lines.length;
	return {...state.log, follow: false, top: end - contentRows(state) + 1, seen: end};
}

function listRows(state: DashboardState, list: ListName): number {
	return layoutOf(state).rows[list];
}
