import {Dialog, dialogWidth} from '../../components/dialog.js';
import {firstVisible, listRow, pageOf, paintLine} from '../../components/rows.js';
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

/** Every command that works now, narrowed by what is typed. */
export function PaletteView({
	state,
	overlay: palette,
}: {
	state: DashboardState;
	overlay: OverlayOf<'palette'>;
}) {
	const {size} = state;
	const width = dialogWidth(size.columns, 84);
	const inner = width - 2;
	const isTyped = isCall(palette);
	const lines = isTyped ? offersOf(palette).map(offerLine) : fittingItems(palette).map(itemLine);
	// As high as all of them, so that it does not jump while the list gets shorter.
	const height = Math.max(3, Math.min(palette.items.length, size.rows - 8));
	const first = firstVisible(palette.selected, lines.length, height);
	const rows = lines.slice(first, first + height).map((line, index) =>
		listRow(line, {
			width: inner,
			selected: first + index === palette.selected,
			focused: true,
			marked: false,
		}),
	);
	const nothing = isTyped
		? `${keyOf(state, 'palette-run')} runs it in the terminal`
		: 'No matching command';
	const none = paintLine(['  ', span('dim', nothing)], inner);
	return (
		<Dialog
			size={size}
			title={[span('accent', isTyped ? 'cosmos' : 'Command')]}
			foot={
				isTyped
					? `${keyOf(state, 'palette-complete')} completes`
					: `${lines.length} of ${palette.items.length}`
			}
			width={width}
			rows={[
				` :${inputRow(palette.field, {width: inner - 3, focused: true, placeholder: 'a name, letters of it, or a verb with its arguments'})} `,
				...pageOf(rows.length === 0 ? [none] : rows, 0, height, inner),
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
