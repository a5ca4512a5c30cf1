import {ListDialog} from '../../components/list-dialog.js';
import {type Line, span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {choiceKeys} from '../../state/keys/choice-keys.js';
import {lists} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import {
	type ArrangedList,
	columnsOf,
	firstView,
	type ListView,
	usualColumns,
} from '../../state/list-views.js';
import type {OverlayOf} from '../../state/overlay.js';
import {focusedList} from '../../state/selectors.js';
import type {Feature} from '../feature.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Columns, order and groups of a list: the names of all its columns, those of the row first. */
		columns: {list: ArrangedList; names: readonly string[]; selected: number};
	}
}

type Columns = OverlayOf<'columns'>;

const context: Context = {name: 'columns', title: 'Columns, order and groups', order: 12};
const help = 'choose columns, sort order and groups of the list';
const ownOrder = (state: DashboardState) =>
	focusedList(state) === 'queue' ? 'the queue has an order of its own' : undefined;
const sortHelp = 'sort by it; again to reverse the order';
const groupHelp = 'group the rows by it; again to ungroup';
const noOrder = (_: DashboardState, overlay: Columns) =>
	selectedName(overlay) === 'differs'
		? 'it combines several settings: choose one of them'
		: undefined;

/** Arranging a list: what its rows show, in which order, and by what they are grouped. */
export const columns = {
	keys: homeKeys(lists, [['sort', 'o', '', help, open, {disabled: ownOrder}]]),
	overlays: {
		columns: {
			keys: [
				...overlayKeys('columns', context, [
					['sort-by', 'enter s', 'sort', sortHelp, sortBy, {disabled: noOrder}],
					['group-by', 'g', 'group', groupHelp, groupBy, {disabled: noOrder}],
					['column-toggle', 'space', 'show', 'show or hide the column', toggleColumn],
					['column-earlier', 'K', 'J K:move', 'move the column to the left', moveColumn(-1)],
					['column-later', 'J', '', 'move the column to the right', moveColumn(1)],
					['columns-reset', '=', 'reset', 'reset columns, order and groups', reset],
					['page-close', 'esc q o', 'close', 'close', close],
				]),
				...choiceKeys('columns', context, ({names}) => names.length, {label: '', space: false}),
			],
			view: ColumnsView,
		},
	},
} satisfies Feature;

function open(state: DashboardState): Step {
	const list = focusedList(state);
	return list === 'queue'
		? [state]
		: show(state, {kind: 'columns', list, names: namesOf(state, list), selected: 0});
}

const shownColumns = ({views}: DashboardState, list: ArrangedList): readonly string[] =>
	views[list].columns ?? usualColumns[list];

/** Those of the row, in its order, then the others. A column that is no more is not among them. */
function namesOf(state: DashboardState, list: ArrangedList): readonly string[] {
	const all = columnsOf(list, state.recipes).map(({name}) => name);
	const shown = shownColumns(state, list).filter(name => all.includes(name));
	return [...shown, ...all.filter(name => !shown.includes(name))];
}

const selectedName = ({names, selected}: Columns) => names[selected] ?? 'name';

function withView(state: DashboardState, list: ArrangedList, change: Partial<ListView>) {
	return {...state, views: {...state.views, [list]: {...state.views[list], ...change}}};
}

function sortBy(state: DashboardState, overlay: Columns): Step {
	const {list} = overlay;
	const {sort, reversed} = state.views[list];
	const name = selectedName(overlay);
	return [withView(state, list, {sort: name, reversed: sort === name && !reversed})];
}

function groupBy(state: DashboardState, overlay: Columns): Step {
	const {list} = overlay;
	const name = selectedName(overlay);
	const group = state.views[list].group === name ? undefined : name;
	return [withView(state, list, {group})];
}

/** A row has its name in any case. */
function toggleColumn(state: DashboardState, overlay: Columns): Step {
	const name = selectedName(overlay);
	if (name === 'name') {
		return [state];
	}

	const shown = shownColumns(state, overlay.list);
	const next = shown.includes(name) ? shown.filter(one => one !== name) : [...shown, name];
	return [withView(state, overlay.list, {columns: next})];
}

function moveColumn(by: 1 | -1) {
	return (state: DashboardState, overlay: Columns): Step => {
		const name = selectedName(overlay);
		const shown = shownColumns(state, overlay.list);
		const at = shown.indexOf(name);
		const to = at + by;
		if (at < 0 || to < 0 || to >= shown.length) {
			return [state];
		}

		const next = withView(state, overlay.list, {
			columns: shown.toSpliced(at, 1).toSpliced(to, 0, name),
		});
		const names = namesOf(next, overlay.list);
		return show(next, {...overlay, names, selected: names.indexOf(name)});
	};
}

function reset(state: DashboardState, overlay: Columns): Step {
	const next = {...state, views: {...state.views, [overlay.list]: firstView}};
	return show(next, {...overlay, names: namesOf(next, overlay.list), selected: 0});
}

const titles = {prompts: 'Columns of the prompts', runs: 'Columns of the runs'} as const;

function ColumnsView({state, overlay}: {state: DashboardState; overlay: Columns}) {
	const {list, names, selected} = overlay;
	return (
		<ListDialog
			size={state.size}
			title={[span('accent', titles[list])]}
			widest={78}
			count={names.length}
			line={index => lineOf(state, list, names[index] ?? '')}
			selected={selected}
			height={Math.min(names.length, state.size.rows - 6, 22)}
			foot={`${selected + 1} of ${names.length}`}
		/>
	);
}

/** `[x] host   the host   sorted, grouped`. */
function lineOf(state: DashboardState, list: ArrangedList, name: string): Line {
	const {sort, reversed, group} = state.views[list];
	const isShown = shownColumns(state, list).includes(name);
	const does = [
		...(sort === name ? [reversed ? 'sorted, reversed' : 'sorted'] : []),
		...(group === name ? ['groups'] : []),
	].join(', ');
	const {help: what = ''} = columnsOf(list, state.recipes).find(one => one.name === name) ?? {};
	return [
		span(isShown ? 'plain' : 'dim', isShown ? '[x] ' : '[ ] '),
		span(isShown ? 'strong' : 'plain', pad(name, 15)),
		span('accent', pad(does, does === '' ? 0 : does.length + 2)),
		span('dim', what),
	];
}
