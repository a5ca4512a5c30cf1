import {Dialog, dialogWidth} from '../../components/dialog.js';
import {keySpans} from '../../components/key-spans.js';
import {firstVisible, listRow, pageOf, paintLine} from '../../components/rows.js';
import {inputRow} from '../../components/text-input.js';
import {type Line, span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import type {OverlayOf} from '../../state/overlay.js';
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
	const items = fittingItems(palette);
	// As high as all of them, so that it does not jump while the list gets shorter.
	const height = Math.max(3, Math.min(palette.items.length, size.rows - 8));
	const first = firstVisible(palette.selected, items.length, height);
	const rows = items.slice(first, first + height).map((item, index) =>
		listRow(itemLine(item), {
			width: inner,
			selected: first + index === palette.selected,
			focused: true,
			marked: false,
		}),
	);
	const none = paintLine(['  ', span('dim', 'No matching command')], inner);
	return (
		<Dialog
			size={size}
			title={[span('accent', 'Command')]}
			foot={`${items.length} of ${palette.items.length}`}
			width={width}
			rows={[
				` :${inputRow(palette.field, {width: inner - 3, focused: true, placeholder: 'a name, or letters of it'})} `,
				...pageOf(rows.length === 0 ? [none] : rows, 0, height, inner),
				' '.repeat(inner),
				paintLine(['  ', ...keySpans(state, inner - 2)], inner),
			]}
		/>
	);
}

function itemLine({name, keys, help}: PaletteItem): Line {
	return [
		span('strong', pad(name, nameWidth)),
		span('accent', pad(keys, keyWidth)),
		span('dim', help),
	];
}
