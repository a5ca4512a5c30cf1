import type {DashboardState} from '../state/dashboard-state.js';
import type {ListName} from '../state/panels.js';
import {lineOfRow} from '../state/row-groups.js';
import {selectedIndex, visibleCount} from '../state/selectors.js';
import {rowGroups} from '../state/visible-rows.js';
import {firstVisible} from './rows.js';

/** How far down a list begins on the screen: in rows, headings of groups counted. */
export function firstRowOf(state: DashboardState, list: ListName, height: number): number {
	// What the queue shows in passing is what comes next.
	const passing = list === 'queue' && state.subject !== 'queue';
	if (passing) {
		return 0;
	}

	const groups = rowGroups(state, list);
	const selected = lineOfRow(groups, selectedIndex(state, list));
	return firstVisible(selected, visibleCount(state, list) + groups.length, height);
}
