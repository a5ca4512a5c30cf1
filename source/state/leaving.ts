import type {DashboardState} from './dashboard-state.js';
import {discard} from './forms/discard.js';
import type {Overlay} from './overlay.js';

/** Ctrl-C. */
export function interrupted(state: DashboardState, at: number): DashboardState {
	const {overlay} = state;
	const marked = {...state, interruptedAt: at};
	if (state.ownRuns.length > 0) {
		return askToQuit(marked);
	}

	const asked = overlay?.kind === 'confirm' || overlay?.kind === 'quit';
	return overlay && isTyped(overlay) && !asked ? {...marked, overlay: discard(overlay)} : marked;
}

/** Whether leaving would lose something that was typed into a form, open or below a question. */
export function isTyped(overlay: Overlay | undefined): boolean {
	switch (overlay?.kind) {
		case 'launch':
		case 'plan':
		case 'preset':
		case 'prompt':
			return overlay.form.typed;
		case 'record':
			return overlay.typed;
		case 'confirm':
		case 'quit':
			return isTyped(overlay.under);
		default:
			return false;
	}
}

/** Leaving while runs of this program go is asked about; what was open comes back after a no. */
export function askToQuit(state: DashboardState): DashboardState {
	const {ownRuns: runs, overlay: under} = state;
	return runs.length === 0 || under?.kind === 'quit'
		? state
		: {...state, overlay: {kind: 'quit', runs, stopping: false, under}};
}
