import type {DashboardState} from '../../state/dashboard-state.js';
import {selectedIndex, visibleIds} from '../../state/selectors.js';

/** Selects the row after those that go, so that the list does not jump to its start. */
export function selectBeside(state: DashboardState, going: readonly string[]): DashboardState {
	const list = state.subject;
	const ids = visibleIds(state, list);
	const at = selectedIndex(state, list);
	const stays = (id: string) => !going.includes(id);
	const next = ids.slice(at).find(stays) ?? ids.slice(0, at).findLast(stays);
	return {...state, selected: {...state.selected, [list]: next}};
}
