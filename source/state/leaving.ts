import type {DashboardState} from './dashboard-state.js';
import {discard} from './discard.js';

/** Ctrl-C. */
export function interrupted(state: DashboardState, at: number): DashboardState {
	const {overlay} = state;
	const marked = {...state, interruptedAt: at};
	if (state.ownRuns.length > 0) {
		return askToQuit(marked);
	}

	return isTyped(state) && overlay ? {...marked, overlay: discard(overlay)} : marked;
}

/** Whether an open form would lose something. */
export function isTyped({overlay}: DashboardState): boolean {
	return overlay?.kind === 'launch' || overlay?.kind === 'prompt'
		? overlay.form.typed
		: overlay?.kind === 'record' && overlay.typed;
}

/** Leaving while runs of this program go is asked about. */
export function askToQuit(state: DashboardState): DashboardState {
	return state.ownRuns.length === 0
		? state
		: {...state, overlay: {kind: 'quit', runs: state.ownRuns, stopping: false}};
}
