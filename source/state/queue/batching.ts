import type {DashboardState} from '../dashboard-state.js';
import type {Effect} from '../effect.js';
import type {CommandName} from '../keys/bindings.js';
import type {BatchingChoice, BatchingDialog, BatchingView} from './batching-dialog.js';

/** From so many on it is a batch; more than this in one nobody asks for by hand. */
const [smallest, largest] = [2, 32];

/** The dialog as it opens. */
export function batchingDialog(): BatchingDialog {
	return {kind: 'batching', choice: {mixed: false}, view: {state: 'making'}, scroll: 0};
}

/** `1 container start saved` */
export function savedStarts(saved: number): string {
	return `${saved} container ${saved === 1 ? 'start' : 'starts'} saved`;
}

export function reduceBatching(
	state: DashboardState,
	overlay: BatchingDialog,
	command: CommandName,
): DashboardState {
	const choice = choiceAfter(overlay.choice, command);
	if (choice !== overlay.choice) {
		return {...state, overlay: {...overlay, choice, view: {state: 'making'}, scroll: 0}};
	}

	if (command === 'batching-apply' && batchingEffect(overlay, command)) {
		return {...state, overlay: {...overlay, view: {state: 'making'}}};
	}

	return {...state, overlay: command === 'page-close' ? undefined : overlay};
}

/** What came of planning, or of an attempt to merge. */
export function withBatchingView(state: DashboardState, view: BatchingView): DashboardState {
	const {overlay} = state;
	return overlay?.kind === 'batching' ? {...state, overlay: {...overlay, view}} : state;
}

/** The jobs are merged: the dialog closes. */
export function batchingApplied(state: DashboardState): DashboardState {
	const {overlay} = state;
	return overlay?.kind === 'batching' ? {...state, overlay: undefined} : state;
}

/** What a key of the dialog asks of the world. */
export function batchingEffect({view}: BatchingDialog, command: CommandName): Effect | undefined {
	return command === 'batching-apply' && view.state === 'made' && view.plan.groups.length > 0
		? {kind: 'batching-apply', plan: view.plan}
		: undefined;
}

function choiceAfter(choice: BatchingChoice, command: CommandName): BatchingChoice {
	switch (command) {
		case 'batching-mixed':
			return {...choice, mixed: !choice.mixed};
		case 'batching-more':
			return withMax(choice, choice.max === undefined ? smallest : choice.max + 1);
		case 'batching-fewer':
			return withMax(choice, choice.max === undefined ? undefined : choice.max - 1);
		default:
			return choice;
	}
}

function withMax(choice: BatchingChoice, max: number | undefined): BatchingChoice {
	const kept = max === undefined || max < smallest ? undefined : Math.min(max, largest);
	return kept === choice.max ? choice : {mixed: choice.mixed, max: kept};
}
