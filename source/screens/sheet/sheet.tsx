import {Box} from 'ink';
import {Panel} from '../../components/panel.js';
import {paintLine} from '../../components/rows.js';
import type {AnnotationChange} from '../../domain/runs/annotations.js';
import {span} from '../../state/content/line.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import {comparedRuns, openCompare} from '../compare/compare-state.js';
import type {Feature} from '../feature.js';
import {sheetLines} from './sheet-lines.js';
import {
	acrossOf,
	axesOf,
	gridOf,
	openSheet,
	placeOf,
	runsOf,
	type Sheet,
	sheetRuns,
} from './sheet-state.js';

const context: Context = {name: 'sheet', title: 'Contact sheet', order: 39};

const change = (state: DashboardState, overlay: Sheet, by: Partial<Sheet>): Step =>
	show(state, {...overlay, ...by});

/** To the next run in a direction; in a grid over places that have none. */
const move =
	(rows: number, columns: number) =>
	(state: DashboardState, overlay: Sheet): Step => {
		const grid = gridOf(state, overlay);
		let {row, column} = placeOf(grid, overlay.selected);
		for (;;) {
			row += rows;
			column += columns;
			if (!grid[row] || column < 0 || column >= (grid[0]?.length ?? 0)) {
				return [state];
			}

			const id = grid[row]?.[column];
			if (id !== undefined) {
				return change(state, overlay, {selected: id});
			}
		}
	};

/** Along the rows: after the last of one comes the first of the next. */
const step = (by: number) => (state: DashboardState, overlay: Sheet) => {
	const ids = gridOf(state, overlay)
		.flat()
		.filter(id => id !== undefined);
	const at = Math.max(0, Math.min(ids.length - 1, ids.indexOf(overlay.selected) + by));
	return change(state, overlay, {selected: ids[at] ?? overlay.selected});
};

function nextUnrated(state: DashboardState, overlay: Sheet): Step {
	const {runs, selected} = overlay;
	const after = runs.indexOf(selected) + 1;
	const order = [...runs.slice(after), ...runs.slice(0, after)];
	const unrated = new Set(
		runsOf(state, overlay)
			.filter(({rating}) => rating === undefined)
			.map(({id}) => id),
	);
	const next = order.find(id => unrated.has(id));
	return next === undefined ? [state] : change(state, overlay, {selected: next});
}

const hasUnrated = (state: DashboardState, overlay: Sheet) =>
	runsOf(state, overlay).some(({rating}) => rating === undefined) ? undefined : 'all are rated';

function nextAxes(state: DashboardState, overlay: Sheet): Step {
	const all = axesOf(state, overlay);
	const at = all.findIndex(axes => axes.join('\n') === overlay.axes?.join('\n'));
	const {axes: _, ...flat} = overlay;
	const next = all[at + 1];
	return show(state, next ? {...flat, axes: next} : flat);
}

const resize = (by: number) => (state: DashboardState, overlay: Sheet) =>
	change(state, overlay, {across: Math.max(1, acrossOf(state, overlay) + by)});

function annotate(
	state: DashboardState,
	{selected}: Sheet,
	by: AnnotationChange,
	done: string,
): Step {
	return [
		state,
		{kind: 'annotate', changes: [{id: selected, change: by}], done: `${selected}: ${done}`},
	];
}

const rate = (rating: number) => (state: DashboardState, overlay: Sheet) =>
	annotate(state, overlay, {rating}, rating === 0 ? 'not rated' : '★'.repeat(rating));

/** Picks or rejects; again, takes it back. */
const pick = (wanted: boolean) => (state: DashboardState, overlay: Sheet) => {
	const now = runsOf(state, overlay).find(({id}) => id === overlay.selected)?.pick;
	return now === wanted
		? annotate(state, overlay, {pick: null}, 'not picked or rejected')
		: annotate(state, overlay, {pick: wanted}, wanted ? 'picked' : 'rejected');
};

function mark(state: DashboardState, overlay: Sheet): Step {
	const {runs} = state.marks;
	const {selected} = overlay;
	const marked = runs.includes(selected) ? runs.filter(id => id !== selected) : [...runs, selected];
	return step(1)({...state, marks: {...state.marks, runs: marked}}, overlay);
}

/** The marked ones, or the selected one with the run before it. */
function compare(state: DashboardState, overlay: Sheet): DashboardState {
	const {runs} = state.marks;
	const list: DashboardState = {
		...{...state, subject: 'runs', filters: {...state.filters, runs: ''}, runsOf: undefined},
		selected: {...state.selected, runs: overlay.selected},
	};
	return openCompare(state, runs.length > 1 ? runs : comparedRuns(list), overlay);
}

const changes = {changes: true} as const;

/** Large pictures of the runs of a prompt, a sweep or a dataset, to rate, pick and reject them. */
export const sheet = {
	keys: homeKeys(home, [
		[
			'sheet',
			'V',
			'',
			'contact sheet: large pictures of the runs of a prompt, a sweep or a dataset',
			openSheet,
			{
				disabled: state =>
					sheetRuns(state).runs.length > 0
						? undefined
						: 'select a prompt or a run that has results first',
			},
		],
	]),
	overlays: {
		sheet: {
			fillsScreen: true,
			keys: overlayKeys('sheet', context, [
				['rate-1', '1', '1–5:stars', 'one star', rate(1), changes],
				['rate-2', '2', '', 'two stars', rate(2), changes],
				['rate-3', '3', '', 'three stars', rate(3), changes],
				['rate-4', '4', '', 'four stars', rate(4), changes],
				['rate-5', '5', '', 'five stars', rate(5), changes],
				['rate-0', '0', '', 'remove the stars', rate(0), changes],
				['pick', 'p', 'pick', 'pick it; again to undo', pick(true), changes],
				['reject', 'x', 'reject', 'reject it; again to undo', pick(false), changes],
				[
					'next-unrated',
					'n',
					'unrated',
					'next run without stars',
					nextUnrated,
					{disabled: hasUnrated},
				],
				[
					'sheet-open',
					'enter',
					'play',
					'play it, beside its inputs too',
					(state, overlay) => openCompare(state, [overlay.selected], overlay),
				],
				['mark', 'space', 'mark', 'mark or unmark it and go to the next', mark],
				['compare', '=', 'compare', 'compare the marked ones', compare],
				[
					'axes',
					'a',
					'axes',
					'arrange as a grid by two settings that differ; again: by others, then as a list',
					nextAxes,
					{
						disabled: (state, overlay) =>
							axesOf(state, overlay).length > 0 ? undefined : 'fewer than two settings differ',
					},
				],
				['sheet-larger', '+', '', 'larger pictures', resize(-1)],
				['sheet-smaller', '-', '', 'smaller pictures', resize(1)],
				['sheet-right', 'right l', '', 'right', step(1), {isMove: true}],
				['sheet-left', 'left h', '', 'left', step(-1), {isMove: true}],
				['down', 'down j', '', 'down', move(1, 0), {isMove: true}],
				['up', 'up k', '', 'up', move(-1, 0), {isMove: true}],
				['first', 'g home', '', 'first run', step(Number.NEGATIVE_INFINITY), {isMove: true}],
				['last', 'G end', '', 'last run', step(Number.POSITIVE_INFINITY), {isMove: true}],
				['page-close', 'esc q V', 'close', 'close', close],
			]),
			view({state, overlay}) {
				const {columns} = state.size;
				const rows = sheetLines(state, overlay).map(line => paintLine(line, columns - 2));
				const title = [span('accent', 'Contact sheet'), `  ${overlay.title}`];
				return (
					<Box position="absolute" left={0} top={1}>
						<Panel title={title} width={columns} rows={rows} focused />
					</Box>
				);
			},
		},
	},
} satisfies Feature;
