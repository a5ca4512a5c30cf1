import type {DashboardState} from './dashboard-state.js';
import {layoutOf} from './layout.js';
import type {PanelName} from './panels.js';
import {visibleCount} from './selectors.js';

/** Moves to a panel; the detail of an empty list is not entered. */
export function focusOn(state: DashboardState, panel: PanelName): DashboardState {
	if (panel === 'detail') {
		// That of an empty queue says how to fill it, and what the slots are doing.
		const empty = state.subject !== 'queue' && visibleCount(state, state.subject) === 0;
		return empty
			? state
			: {...state, focus: panel, zoomed: state.zoomed || layoutOf(state).stacked};
	}

	return {...state, focus: panel, subject: panel, zoomed: false, bare: false};
}
