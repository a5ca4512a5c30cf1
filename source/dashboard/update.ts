import type {Feature, Handlers, OverlayScreen} from '../screens/feature.js';
import {settle} from '../screens/home/settle.js';
import {withTourEnd} from '../screens/home/tour.js';
import {features} from '../screens/registry.js';
import type {DashboardState, Step} from '../state/dashboard-state.js';
import type {Event} from '../state/event.js';
import {escapeAndKey} from '../state/keys/key-strokes.js';
import {type Found, findCommand, findKey} from '../state/keys/keymap.js';
import {addNotice, withoutOldNotice} from '../state/notices.js';
import type {Overlay, OverlayKind} from '../state/overlay.js';

const merged = <P extends 'on' | 'answers' | 'overlays'>(part: P): NonNullable<Feature[P]> =>
	Object.assign({}, ...features.map(feature => feature[part]));

const on = merged('on');
const answers = merged('answers');
const overlays = merged('overlays');

/** Every key of the dashboard, as the screens define them. */
export const keyTable = features.flatMap(({keys = [], overlays: own = {}}) => [
	...keys,
	...Object.values(own).flatMap(screen => screen.keys),
]);

/** What an overlay brings; its keys get the same overlay that is asked for here. */
export function screenOf<K extends OverlayKind>(overlay: Overlay & {kind: K}): OverlayScreen<K> {
	return overlays[overlay.kind] as OverlayScreen<K>;
}

/**
 * The dashboard's state after an event, and what is to be done about it. Pure: the same state and
 * event give the same step.
 */
export function update(state: DashboardState, event: Event): Step {
	const [next, ...effects] = event.type in answers ? answer(state, event) : handle(state, event);
	const settled = settle(state, next);
	const at = 'at' in event ? event.at : settled.now;
	return [settled.touring ? withTourEnd(settled, at) : settled, ...effects];
}

function handle(state: DashboardState, event: Event): Step {
	switch (event.type) {
		case 'key': {
			const found = findKey(state, event.name);
			if (found.key || found.reason) {
				return runFound(state, found, event.at);
			}

			const [first, second] = isTyping(state) ? [] : escapeAndKey(event.name);
			return first && second
				? then(update(state, {...event, ...first}), next => update(next, {...event, ...second}))
				: type(dismissNotice(state, event.at), event.text);
		}

		case 'command':
			return runFound(state, findCommand(state, event.command), event.at);
		case 'typed':
			return type(dismissNotice(state, event.at), event.text);
		default:
			return run(on, state, event);
	}
}

/** Whether keys are text here: Alt with a letter may be meant for it. */
const isTyping = ({overlay}: DashboardState) =>
	overlay !== undefined && screenOf(overlay).type !== undefined;

function then([state, ...effects]: Step, next: (state: DashboardState) => Step): Step {
	const [last, ...more] = next(state);
	return [last, ...effects, ...more];
}

const dismissNotice = (state: DashboardState, at: number) =>
	state.noticeShown ? withoutOldNotice(state, at) : state;

/** Runs a command, or says why it does nothing now. */
function runFound(state: DashboardState, {key, reason}: Found, at: number): Step {
	const next = dismissNotice(state, at);
	if (key) {
		return key.run(next, at);
	}

	return [reason ? addNotice(next, {tone: 'info', text: reason, hint: '', at}) : next];
}

function type(state: DashboardState, text: string): Step {
	const {overlay} = state;
	return overlay && text !== ''
		? (screenOf(overlay).type?.(state, overlay, text) ?? [state])
		: [state];
}

/** An answer reaches its form below a question too: what comes back after a no no longer waits. */
function answer(state: DashboardState, event: Event): Step {
	const {overlay} = state;
	const isQuestion = overlay?.kind === 'confirm' || overlay?.kind === 'quit';
	if (!isQuestion || !overlay.under) {
		return run(answers, state, event);
	}

	const [next, ...effects] = answer({...state, overlay: overlay.under}, event);
	// Whether to close a form is no question any more once it has closed itself.
	const isOver = !next.overlay && overlay.kind === 'confirm';
	return [isOver ? next : {...next, overlay: {...overlay, under: next.overlay}}, ...effects];
}

function run(handlers: Handlers, state: DashboardState, event: Event): Step {
	const handler = handlers[event.type] as
		| ((state: DashboardState, event: Event) => Step)
		| undefined;
	return handler?.(state, event) ?? [state];
}
