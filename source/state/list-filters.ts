import {type Field, FilterError} from '../domain/filter/field.js';
import {type Filter, parseFilter} from '../domain/filter/filter.js';
import {
	type FilteredJob,
	type FilteredPrompt,
	jobFields,
	promptFields,
	runFields,
} from '../domain/filter/record-fields.js';
import type {Recipe, ShownRun} from '../domain/types.js';
import type {ListName} from './panels.js';

/** What each list shows a row of, as its filter sees it. */
export type Filtered = {prompts: FilteredPrompt; runs: ShownRun; queue: FilteredJob};

let known: {recipes: readonly Recipe[]; tables: {[L in ListName]: readonly Field<Filtered[L]>[]}};

/** What the filter of a list can ask. */
export function fieldsOf<L extends ListName>(
	list: L,
	recipes: readonly Recipe[],
): readonly Field<Filtered[L]>[] {
	if (known?.recipes !== recipes) {
		const tables = {prompts: promptFields, runs: runFields(recipes), queue: jobFields(recipes)};
		known = {recipes, tables};
	}

	return known.tables[list];
}

/** The last filter of each list: every frame asks for it again. */
const parsed: {[L in ListName]?: {text: string; table: unknown; filter: Filter<Filtered[L]>}} = {};

/** @throws FilterError for a text that is no filter of this list */
export function listFilter<L extends ListName>(
	list: L,
	text: string,
	recipes: readonly Recipe[],
): Filter<Filtered[L]> {
	const table = fieldsOf(list, recipes);
	const last = parsed[list];
	if (last?.text === text && last.table === table) {
		return last.filter;
	}

	const filter = parseFilter(text, table);
	Object.assign(parsed, {[list]: {text, table, filter}});
	return filter;
}

/** Why a text is no filter of a list; undefined for one that is. */
export function filterProblem(
	list: ListName,
	text: string,
	recipes: readonly Recipe[],
): FilterError | undefined {
	try {
		listFilter(list, text, recipes);
		return undefined;
	} catch (error) {
		if (error instanceof FilterError) {
			return error;
		}

		throw error;
	}
}
