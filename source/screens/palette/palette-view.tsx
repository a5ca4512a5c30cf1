import {ListDialog} from '../../components/list-dialog.js';
import {inputRow} from '../../components/text-input.js';
import {type Line, span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import {isCall, type Offer, offersOf} from './calls.js';
import {fittingItems, type PaletteItem} from './palette-items.js';

const nameWidth = 20;
const keyWidth = 10;
const placeholder = 'a name, letters of it, or a verb with its arguments';

/** Every command that works now, narrowed by what is typed. */
export function PaletteView({
	state,
	overlay: palette,
}: {
	state: DashboardState;
	overlay: OverlayOf<'palette'>;
}) {
	const {size} = state;
	const isTyped = isCall(palette);
	const lines = isTyped ? offersOf(palette).map(offerLine) : fittingItems(palette).map(itemLine);
	return (
		<ListDialog
			size={size}
			title={[span('accent', isTyped ? 'cosmos' : 'Command')]}
			foot={
				isTyped
					? `${keyOf(state, 'palette-complete')} completes`
					: `${lines.length} of ${palette.items.length}`
			}
			widest={84}
			count={lines.length}
			line={index => lines[index] ?? []}
			selected={palette.selected}
			// High enough for all of them, so that it keeps its height while the list gets shorter.
			height={Math.max(3, Math.min(palette.items.length, size.rows - 8))}
			empty={
				isTyped ? `${keyOf(state, 'palette-run')} runs it in the terminal` : 'No matching command'
			}
			above={width => [
				` :${inputRow(palette.field, {width: width - 3, focused: true, placeholder})} `,
			]}
		/>
	);
}

const offerLine = ([word, help]: Offer): Line => [
	span('strong', pad(word, nameWidth + keyWidth)),
	span('dim', help),
];

function itemLine({name, keys, help}: PaletteItem): Line {
	return [
		span('strong', pad(name, nameWidth)),
		span('accent', pad(keys, keyWidth)),
		span('dim', help),
	];
}
