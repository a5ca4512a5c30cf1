import type {Action} from './actions.js';
import type {DashboardState} from './dashboard-state.js';

/** What a form may be waiting for. */
const answers: readonly Action['type'][] = [
	'launch-accepted',
	'launch-refused',
	'prompt-refused',
	'prompt-made',
];

/** An answer reaches its form also below a question: what comes back after a no waits no longer. */
export function belowQuestion(
	state: DashboardState,
	action: Action,
	step: (state: DashboardState, action: Action) => DashboardState,
): DashboardState {
	const {overlay} = state;
	if (overlay?.kind !== 'confirm' || !overlay.under || !answers.includes(action.type)) {
		return step(state, action);
	}

	const next = step({...state, overlay: overlay.under}, action);
	return {...next, overlay: next.overlay && {...overlay, under: next.overlay}};
}
