import type {DashboardState} from '../state/dashboard-state.js';
import type {ListName} from '../state/panels.js';
import {selectedIndex, visibleCount} from '../state/selectors.js';
import {firstVisible} from './rows.js';

/** Index of the first row of a list that is on the screen. */
export function firstRowOf(state: DashboardState, list: ListName, height: number): number {
	// What the queue shows in passing is what comes next.
	const passing = list === 'queue' && state.subject !== 'queue';
	return passing ? 0 : firstVisible(selectedIndex(state, list), visibleCount(state, list), height);
}
