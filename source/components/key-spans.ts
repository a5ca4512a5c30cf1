import {type Line, span} from '../state/content/line.js';
import {widthOf} from '../state/content/text-layout.js';
import type {DashboardState} from '../state/dashboard-state.js';
import {footerKeys} from '../state/keys/keymap.js';

/** Help and quit stay when the row is too narrow for all keys. */
const always = new Set(['help', 'quit', 'close', 'cancel', 'back']);

/** The keys that work now, as many as fit. */
export function keySpans(state: DashboardState, width: number): Line {
	return footerItems(state, width).flatMap(({key, label}) => [
		span('accent', key),
		span('dim', ` ${label}  `),
	]);
}

/** The same before it is text. */
export function footerItems(state: DashboardState, width: number): ReturnType<typeof footerKeys> {
	const keys = footerKeys(state);
	const widthWith = (shown: typeof keys) =>
		shown.reduce((sum, {key, label}) => sum + widthOf(key) + widthOf(label) + 3, 0);
	let shown = keys;
	while (shown.length > 2 && widthWith(shown) > width) {
		const drop = shown.findLastIndex(({label}) => !always.has(label));
		if (drop < 0) {
			break;
		}

		shown = shown.filter((_, index) => index !== drop);
	}

	return shown;
}
