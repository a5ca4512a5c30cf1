import type {Prompt, Recipe, ShownRun} from '../domain/types.js';
import type {ShownJob} from '../workflow/queue/queue-types.js';
import type {DashboardState} from './dashboard-state.js';
import {type Filtered, filterProblem, listFilter} from './list-filters.js';
import {
	type ArrangedList,
	findColumn,
	firstView,
	type ListColumn,
	type ListView,
	sortRows,
} from './list-views.js';
import type {ListName} from './panels.js';
import {type Arranged, groupRows, type RowGroup} from './row-groups.js';

export const visiblePrompts = (state: DashboardState): readonly Prompt[] =>
	arrangedPrompts(state).rows;

export const visibleRuns = (state: DashboardState): readonly ShownRun[] => arrangedRuns(state).rows;

/** The groups of a list's visible rows; none where it is not grouped. */
export function rowGroups(state: DashboardState, list: ListName): readonly RowGroup[] {
	const groups = {
		prompts: () => arrangedPrompts(state).groups,
		runs: () => arrangedRuns(state).groups,
		queue: () => none,
	};
	return groups[list]();
}

function arrangedPrompts(state: DashboardState): Arranged<Prompt> {
	const {prompts = none, runs = none, filters, views, recipes, now} = state;
	return promptsFor(
		prompts,
		runs,
		filters.prompts,
		views.prompts,
		recipes,
		moment(filters.prompts, now),
	);
}

function arrangedRuns(state: DashboardState): Arranged<ShownRun> {
	const {runs = none, filters, views, runsOf, recipes, now} = state;
	return runsFor(runs, runsOf, filters.runs, views.runs, recipes, moment(filters.runs, now));
}

/** Those at work, the line in its order, those that have ended. */
export function visibleJobs({queue, filters, recipes, now}: DashboardState): readonly ShownJob[] {
	return filtered('queue', queue?.jobs ?? none, filters.queue, recipes, now);
}

/** The rows of a list without its filter, as the filter sees them. */
export function filteredRows<L extends ListName>(
	{prompts = none, runs = none, queue, runsOf}: DashboardState,
	list: L,
): ReadonlyArray<Filtered[L]> {
	const rows: {[K in ListName]: () => ReadonlyArray<Filtered[K]>} = {
		prompts: () => withCounts(prompts, runs),
		runs: () => runsOfPrompt(runs, runsOf),
		queue: () => queue?.jobs ?? none,
	};
	return rows[list]();
}

/** How many runs each prompt has. */
export function runCounts(runs: readonly ShownRun[]): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	for (const {run} of runs) {
		if (run.promptId !== undefined) {
			counts.set(run.promptId, (counts.get(run.promptId) ?? 0) + 1);
		}
	}

	return counts;
}

const none: readonly never[] = [];

/** What a filter calls now; a list without one does not change with it. */
const moment = (filter: string, now: number) => (filter === '' ? 0 : now);

const promptsFor = remembered(
	(
		prompts: readonly Prompt[],
		runs: readonly ShownRun[],
		filter: string,
		view: ListView,
		recipes: readonly Recipe[],
		now: number,
	): Arranged<Prompt> => {
		if (filter === '' && isAsStored(view)) {
			return {rows: prompts, groups: none};
		}

		const rows = filtered('prompts', withCounts(prompts, runs), filter, recipes, now);
		const {rows: arranged, groups} = arrange('prompts', rows, view, recipes, now);
		return {rows: arranged.map(({prompt}) => prompt), groups};
	},
);

const runsFor = remembered(
	(
		runs: readonly ShownRun[],
		runsOf: string | undefined,
		filter: string,
		view: ListView,
		recipes: readonly Recipe[],
		now: number,
	): Arranged<ShownRun> => {
		const rows = filtered('runs', runsOfPrompt(runs, runsOf), filter, recipes, now);
		return arrange('runs', rows, view, recipes, now);
	},
);

/** Whether a list has the order in which the store gives it. */
const isAsStored = ({sort, reversed, group}: ListView) =>
	sort === firstView.sort && reversed === firstView.reversed && group === undefined;

/** Rows sorted and grouped. A column that is no more, such as a setting of a recipe, changes nothing. */
function arrange<L extends ArrangedList>(
	list: L,
	rows: ReadonlyArray<Filtered[L]>,
	view: ListView,
	recipes: readonly Recipe[],
	now: number,
): Arranged<Filtered[L]> {
	if (isAsStored(view)) {
		return {rows, groups: none};
	}

	const by: ListColumn<L> | undefined = findColumn(list, view.sort, recipes);
	const sorted = by ? sortRows<Filtered[L]>(rows, by, view) : rows;
	const group: ListColumn<L> | undefined =
		view.group === undefined ? undefined : findColumn(list, view.group, recipes);
	return group ? groupRows<Filtered[L]>(sorted, group, now) : {rows: sorted, groups: none};
}

/** The rows that a filter finds: none where it is wrong, which the list then says. */
function filtered<L extends ListName, T extends Filtered[L]>(
	list: L,
	rows: readonly T[],
	filter: string,
	recipes: readonly Recipe[],
	now: number,
): readonly T[] {
	if (filter === '') {
		return rows;
	}

	if (filterProblem(list, filter, recipes)) {
		return none;
	}

	const {matches} = listFilter(list, filter, recipes);
	return rows.filter(row => matches(row, now));
}

function withCounts(
	prompts: readonly Prompt[],
	runs: readonly ShownRun[],
): ReadonlyArray<Filtered['prompts']> {
	const counts = runCounts(runs);
	return prompts.map(prompt => ({prompt, runs: counts.get(prompt.id) ?? 0}));
}

const runsOfPrompt = (runs: readonly ShownRun[], promptId: string | undefined) =>
	promptId === undefined ? runs : runs.filter(({run}) => run.promptId === promptId);

/** Remembers the last result: every part of a frame asks for the same rows. */
function remembered<A extends readonly unknown[], R>(compute: (...given: A) => R) {
	let last: {given: A; result: R} | undefined;
	return (...given: A): R => {
		const {given: before} = last ?? {};
		if (!(last && given.every((value, index) => value === before?.[index]))) {
			last = {given, result: compute(...given)};
		}

		return last.result;
	};
}
