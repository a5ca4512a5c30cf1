import {inputRow} from '../../components/text-input.js';
import {paint} from '../../components/theme.js';
import {widthOf} from '../../state/content/text-layout.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import type {ListName} from '../../state/panels.js';
import {focusedList, rowCount, visibleIds} from '../../state/selectors.js';
import {editText, insertText, type TextField, textField} from '../../state/text-field.js';
import type {Feature} from '../feature.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Typing a list's filter. `before` is what esc brings back. */
		filter: {list: ListName; field: TextField; before: string};
	}
}

const context: Context = {name: 'filter', title: 'Filter', order: 10};

/** Typing the filter of a list; the rows follow every key. */
export const filter = {
	keys: homeKeys(home, [
		[
			'filter',
			'/',
			'filter',
			'show only rows with these words; !word inverts',
			state => {
				const list = focusedList(state);
				const before = state.filters[list];
				return show(state, {kind: 'filter', list, field: textField(before), before});
			},
			{verb: 'search'},
		],
	]),
	overlays: {
		filter: {
			keys: [
				...overlayKeys('filter', context, [
					['keep-filter', 'enter down', 'keep', 'keep the filter and go to the rows', close],
					[
						'drop-filter',
						'esc',
						'cancel',
						'restore the filter as it was before',
						(state, {list, before}) => [
							{...state, filters: {...state.filters, [list]: before}, overlay: undefined},
						],
					],
				]),
				...textKeys('filter', (state, overlay, edit) =>
					applyFilter(state, {...overlay, field: editText(overlay.field, edit)}),
				),
			],
			type: (state, overlay, text) =>
				applyFilter(state, {...overlay, field: insertText(overlay.field, text, false)}),
			footer(state, {list, field}, columns) {
				const count = `  ${visibleIds(state, list).length} of ${rowCount(state, list) ?? 0}   `;
				const width = columns - widthOf(count) - 2;
				return ` /${inputRow(field, {width, focused: true})}${paint('dim', count)}`;
			},
		},
	},
} satisfies Feature;

function applyFilter(state: DashboardState, overlay: OverlayOf<'filter'>): Step {
	const filters = {...state.filters, [overlay.list]: overlay.field.text.trim()};
	return [{...state, overlay, filters}];
}
