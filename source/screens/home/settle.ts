import type {DashboardState} from '../../state/dashboard-state.js';
import {noLog} from '../../state/log/log-view.js';
import {noPictures} from '../../state/pictures.js';
import {shownRunOf, tabsOf} from '../../state/selectors.js';

/** What must hold after every event: the tab fits, and a new subject is shown from its start. */
export function settle(before: DashboardState, after: DashboardState): DashboardState {
	let next = after;
	if (!tabsOf(next).includes(next.tab)) {
		next = {...next, tab: tabsOf(next)[0] ?? 'prompt', scroll: 0};
	}

	if (next.bare && !(next.tab === 'log' && shownRunOf(next))) {
		next = {...next, bare: false};
	}

	const subject = (state: DashboardState) =>
		`${state.subject} ${shownRunOf(state)?.run.id ?? state.selected[state.subject] ?? ''}`;
	if (subject(before) !== subject(next)) {
		next = {...next, scroll: 0, log: freshLog(next), pictures: noPictures};
	}

	return before.tab === next.tab ? next : {...next, pictures: noPictures};
}

/** A log is first seen at its end; how its lines are shown stays. */
const freshLog = ({log}: DashboardState) => ({...noLog, wrapped: log.wrapped, whole: log.whole});
