import {isUnfinished} from '../domain/run-status.js';
import type {Prompt, Recipe, Run, ShownRun} from '../domain/types.js';
import type {ShownJob} from '../workflow/queue-types.js';
import type {DashboardState} from './dashboard-state.js';
import {type Filtered, filterProblem, listFilter} from './list-filters.js';
import type {ListName} from './panels.js';
import type {Sorts} from './sorts.js';

export function visiblePrompts(state: DashboardState): readonly Prompt[] {
	const {prompts = none, runs = none, filters, sorts, recipes, now} = state;
	return promptsFor(
		prompts,
		runs,
		filters.prompts,
		sorts.prompts,
		recipes,
		moment(filters.prompts, now),
	);
}

export function visibleRuns(state: DashboardState): readonly ShownRun[] {
	const {runs = none, filters, sorts, runsOf, recipes, now} = state;
	return runsFor(runs, runsOf, filters.runs, sorts.runs, recipes, moment(filters.runs, now));
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
		sort: Sorts['prompts'],
		recipes: readonly Recipe[],
		now: number,
	): readonly Prompt[] => {
		const rows =
			filter === ''
				? prompts
				: filtered('prompts', withCounts(prompts, runs), filter, recipes, now).map(
						({prompt}) => prompt,
					);
		switch (sort) {
			case 'newest':
				return rows;
			case 'name':
				return rows.toSorted((one, two) => one.name.localeCompare(two.name));
			case 'most runs': {
				const counts = runCounts(runs);
				return rows.toSorted((one, two) => (counts.get(two.id) ?? 0) - (counts.get(one.id) ?? 0));
			}

			case 'best rated':
				return rows.toSorted((one, two) => (two.rating ?? 0) - (one.rating ?? 0));
		}
	},
);

const runsFor = remembered(
	(
		runs: readonly ShownRun[],
		runsOf: string | undefined,
		filter: string,
		sort: Sorts['runs'],
		recipes: readonly Recipe[],
		now: number,
	): readonly ShownRun[] => {
		const rows = filtered('runs', runsOfPrompt(runs, runsOf), filter, recipes, now);
		switch (sort) {
			case 'newest':
				return rows;
			case 'running first':
				return rows.toSorted((one, two) => goes(two) - goes(one));
			case 'name':
				return rows.toSorted((one, two) => one.run.promptName.localeCompare(two.run.promptName));
			case 'longest':
				return rows.toSorted((one, two) => spanOf(two.run) - spanOf(one.run));
			case 'best rated':
				return rows.toSorted((one, two) => (two.run.rating ?? 0) - (one.run.rating ?? 0));
		}
	},
);

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

const goes = ({shown}: ShownRun) => (isUnfinished(shown) ? 1 : 0);

/** Milliseconds from the upload to the end; those that go are the longest. */
function spanOf(run: Run): number {
	const {uploading, ended} = run.times;
	return ended === undefined
		? Number.MAX_SAFE_INTEGER
		: Date.parse(ended) - Date.parse(uploading ?? run.createdAt);
}
