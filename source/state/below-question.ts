import type {Action} from './actions.js';
import type {DashboardState} from './dashboard-state.js';

/** What a form or a page may be waiting for. */
const answers: readonly Action['type'][] = [
	'launch-accepted',
	'launch-refused',
	'plan-made',
	'presets-read',
	'prompt-refused',
	'prompt-made',
	'folder-seen',
	'path-completed',
	'record',
];

/** An answer reaches its form also below a question: what comes back after a no waits no longer. */
export function belowQuestion(
	state: DashboardState,
	action: Action,
	step: (state: DashboardState, action: Action) => DashboardState,
): DashboardState {
	const {overlay} = state;
	const asks = overlay?.kind === 'confirm' || overlay?.kind === 'quit';
	if (!asks || !overlay.under || !answers.includes(action.type)) {
		return step(state, action);
	}

	const below = {...state, overlay: overlay.under};
	const next = belowQuestion(below, action, step);
	// Closing the form is no question any more when it has closed itself.
	return next.overlay || overlay.kind === 'quit'
		? {...next, overlay: {...overlay, under: next.overlay}}
		: next;
}
