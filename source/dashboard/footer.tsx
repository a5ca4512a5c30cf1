import {Text} from 'ink';
import {keySpans} from '../components/key-spans.js';
import {paintLine} from '../components/rows.js';
import {widthOf} from '../state/content/text-layout.js';
import type {DashboardState} from '../state/dashboard-state.js';
import {screenOf} from './update.js';

/** Columns of the keys beside what an overlay has in this row. */
const keysWidth = 56;

/** The last row: the keys that work here and now, after what an overlay shows there. */
export function Footer({state}: {state: DashboardState}) {
	const {overlay} = state;
	const {columns} = state.size;
	const screen = overlay && screenOf(overlay);
	if (screen?.showsKeys) {
		return <Text> </Text>;
	}

	const head = overlay && screen?.footer?.(state, overlay, Math.max(20, columns - keysWidth));
	const rest = columns - widthOf(head ?? ' ');
	return (
		<Text wrap="truncate">
			{(head ?? ' ') + paintLine(keySpans(state, head ? rest : columns - 1), rest)}
		</Text>
	);
}
