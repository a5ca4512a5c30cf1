import {Box, Text} from 'ink';
import {paintLine} from '../../components/rows.js';
import {inputRow} from '../../components/text-input.js';
import {paint} from '../../components/theme.js';
import {type Completion, completeFilter} from '../../domain/filter/complete-filter.js';
import type {Prompt, ShownRun} from '../../domain/types.js';
import {type Line, span} from '../../state/content/line.js';
import {widthOf} from '../../state/content/text-layout.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import {keyOf} from '../../state/keys/keymap.js';
import {fieldsOf, filterProblem} from '../../state/list-filters.js';
import {promptId, shownRunId, withOlder} from '../../state/older-rows.js';
import type {OverlayOf} from '../../state/overlay.js';
import type {ListName} from '../../state/panels.js';
import {focusedList, visibleCount, wholeCount} from '../../state/selectors.js';
import {editText, insertText, type TextField, textField} from '../../state/text-field.js';
import {filteredRows} from '../../state/visible-rows.js';
import type {Feature} from '../feature.js';
import {findOlder} from './find-older.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Typing a list's filter. `before` is what esc brings back. */
		filter: {list: ListName; field: TextField; before: string};
	}
}

declare module '../../state/event.js' {
	interface Events {
		/** What a filter has found in the whole store, newest first; nothing without `wanted`. */
		'older-prompts': {prompts: readonly Prompt[]; wanted?: string};
		'older-runs': {runs: readonly ShownRun[]; wanted?: string};
	}
}

const context: Context = {name: 'filter', title: 'Filter', order: 10};

/** Typing the filter of a list; the rows follow every key that leaves a filter. */
export const filter = {
	keys: homeKeys(home, [
		[
			'filter',
			'/',
			'filter',
			'show only rows that match, such as failed host:h100 !rain created>yesterday',
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
					[
						'keep-filter',
						'enter down',
						'keep',
						'keep the filter and go to the rows',
						close,
						{disabled: (state, overlay) => problemOf(state, overlay)?.message},
					],
					[
						'complete-filter',
						'tab',
						'complete',
						'complete the field or its value',
						complete,
						{
							disabled: (state, overlay) =>
								completionsOf(state, overlay).length > 0 ? undefined : '',
						},
					],
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
				const count = `  ${visibleCount(state, list)} of ${wholeCount(state, list)}   `;
				const width = columns - widthOf(count) - 2;
				return ` /${inputRow(field, {width, focused: true})}${paint('dim', count)}`;
			},
			view: FilterHelp,
			leavesHome: true,
		},
	},
	on: {
		'older-prompts': (state, {prompts: found, wanted}) => {
			const prompts = withOlder(state.prompts ?? [], found, promptId);
			return [{...state, prompts, olderFound: {...state.olderFound, prompts: wanted}}];
		},
		'older-runs': (state, {runs: found, wanted}) => {
			const runs = withOlder(state.runs ?? [], found, shownRunId);
			return [{...state, runs, olderFound: {...state.olderFound, runs: wanted}}];
		},
	},
	work: findOlder,
} satisfies Feature;

/** Over the lowest border: what is wrong, or how the word may go on. */
function FilterHelp({state, overlay}: {state: DashboardState; overlay: OverlayOf<'filter'>}) {
	const {columns, rows} = state.size;
	const line = helpLine(state, overlay);
	return line.length === 0 ? null : (
		<Box position="absolute" marginTop={rows - 2} width={columns} height={1}>
			<Text wrap="truncate">{paintLine([' ', ...line], columns)}</Text>
		</Box>
	);
}

function helpLine(state: DashboardState, overlay: OverlayOf<'filter'>): Line {
	const offers = completionsOf(state, overlay);
	const problem = problemOf(state, overlay);
	// A word that is being typed is no mistake yet.
	if (
		problem &&
		(offers.length === 0 || problem.at < overlay.field.text.trimEnd().lastIndexOf(' '))
	) {
		return [span('bad', `✖ ${problem.problem}`), span('dim', `   ${problem.hint}`)];
	}

	return offers.length === 0
		? []
		: [
				span('accent', `${keyOf(state, 'complete-filter')} `),
				span('plain', offers.map(({word}) => word).join('  ')),
				span('dim', offers.length === 1 ? `   ${offers[0]?.help}` : ''),
			];
}

const problemOf = (state: DashboardState, {list, field}: OverlayOf<'filter'>) =>
	filterProblem(list, field.text.trim(), state.recipes);

/** What the word before the cursor may become; nothing where there is none, or text after it. */
function completionsOf(
	state: DashboardState,
	{list, field: {text, cursor}}: OverlayOf<'filter'>,
): Completion[] {
	return cursor < text.length || /(?:^|\s)$/.test(text)
		? []
		: completeFilter(text, fieldsOf(list, state.recipes), filteredRows(state, list));
}

/** The first key completes what all offers share; where that is nothing more, the first one. */
function complete(state: DashboardState, overlay: OverlayOf<'filter'>): Step {
	const offers = completionsOf(state, overlay).map(({text}) => text);
	const [first = ''] = offers;
	let shared = first.length;
	for (const offer of offers) {
		while (!offer.startsWith(first.slice(0, shared))) {
			shared--;
		}
	}

	const text = shared > overlay.field.text.length ? first.slice(0, shared) : first;
	return applyFilter(state, {...overlay, field: {text, cursor: text.length}});
}

/** A text that is no filter yet leaves the rows as they are. */
function applyFilter(state: DashboardState, overlay: OverlayOf<'filter'>): Step {
	const {list, field} = overlay;
	const filters = problemOf(state, overlay)
		? state.filters
		: {...state.filters, [list]: field.text.trim()};
	return [{...state, overlay, filters}];
}
