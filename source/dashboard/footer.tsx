import {Text} from 'ink';
import {keySpans} from '../components/key-spans.js';
import {paintLine} from '../components/rows.js';
import {widthOf} from '../state/content/text-layout.js';
import type {DashboardState} from '../state/dashboard-state.js';
import {footerKeys} from '../state/keys/keymap.js';
import {screenOf} from './update.js';

/** Columns of the keys beside what an overlay has in this row: those of all, or most of the row. */
const keysWidth = (state: DashboardState) =>
	Math.min(
		56,
		footerKeys(state).reduce((sum, {key, label}) => sum + widthOf(key) + widthOf(label) + 3, 1),
	);

/** The last row: the keys that work here and now, after what an overlay shows there. */
export function Footer({state}: {state: DashboardState}) {
	const {overlay} = state;
	const {columns} = state.size;
	const screen = overlay && screenOf(overlay);
	if (screen?.showsKeys) {
		return <Text> </Text>;
	}

	const head =
		overlay && screen?.footer?.(state, overlay, Math.max(20, columns - keysWidth(state)));
	const rest = columns - widthOf(head ?? ' ');
	return (
		<Text wrap="truncate">
			{(head ?? ' ') + paintLine(keySpans(state, head ? rest : columns - 1), rest)}
		</Text>
	);
}
