import type {Context, DashboardState, Key, Step} from '../dashboard-state.js';
import type {Overlay, OverlayKind, OverlayOf, Overlays} from '../overlay.js';
import {overlayKeys, show} from './key-row.js';

/** Overlays with a list of which one row is selected. */
export type ChoiceKind = {
	[K in OverlayKind]: Overlays[K] extends {selected: number} ? K : never;
}[OverlayKind];

/** The state with the selection moved by some rows, within the list. */
export function select<K extends ChoiceKind>(
	state: DashboardState,
	overlay: OverlayOf<K>,
	count: number,
	by = 0,
): Step {
	const selected = Math.max(0, Math.min(count - 1, overlay.selected + by));
	return show(state, {...overlay, selected} as Overlay);
}

/** The keys that select another row. @param space whether it leafs, too */
export function choiceKeys<K extends ChoiceKind>(
	kind: K,
	context: Context,
	countOf: (overlay: OverlayOf<K>) => number,
	{label = 'j k:choose', space = true} = {},
): Key[] {
	const step = (by: number) => (state: DashboardState, overlay: OverlayOf<K>) =>
		select(state, overlay, countOf(overlay), by);
	return overlayKeys(kind, context, [
		['down', 'j down', label, 'down', step(1)],
		['up', 'k up', '', 'up', step(-1)],
		['page-down', `pagedown${space ? ' space' : ''} ctrl-d`, '', 'one page down', step(10)],
		['page-up', 'pageup ctrl-u', '', 'one page up', step(-10)],
	]);
}
