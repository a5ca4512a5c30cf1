import type {DashboardState} from './dashboard-state.js';
import {filterProblem} from './list-filters.js';
import type {ArrangedList} from './list-views.js';

/** Runs and prompts that the lists hold, newest first; a filter finds older ones. */
export const mostRows = 1000;

/** Whether there may be more than a list holds. */
export const hasOlder = (state: DashboardState, list: ArrangedList) =>
	(state[list]?.length ?? 0) >= mostRows;

/** What is to be looked for among the older things of a list; undefined where nothing is. */
export function olderWanted(state: DashboardState, list: ArrangedList): string | undefined {
	const {filters, recipes, runsOf} = state;
	const filter = filters[list];
	const prompt = list === 'runs' ? runsOf : undefined;
	return (filter === '' && prompt === undefined) ||
		!hasOlder(state, list) ||
		filterProblem(list, filter, recipes)
		? undefined
		: JSON.stringify([filter, prompt]);
}

/** Whether older things of a list are still being looked for. */
export function isLookingForOlder(state: DashboardState, list: ArrangedList): boolean {
	const wanted = olderWanted(state, list);
	return wanted !== undefined && state.olderFound[list] !== wanted;
}

/** The newest rows, as they were read, with the older ones that have been found. */
export function withOlder<T>(
	newest: readonly T[],
	older: readonly T[],
	idOf: (row: T) => string,
): readonly T[] {
	const last = newest[mostRows - 1];
	const further = last ? older.filter(row => idOf(row) < idOf(last)) : [];
	return further.length === 0 ? newest : [...newest.slice(0, mostRows), ...further];
}

export const promptId = ({id}: {id: string}) => id;
export const shownRunId = ({run}: {run: {id: string}}) => run.id;
