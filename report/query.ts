import type {Field} from '../source/domain/filter/field.js';
import {parseFilter} from '../source/domain/filter/filter.js';
import type {ReportRun, ReportValue} from '../source/workflow/report/report.js';

/** Which runs a search finds. Its grammar is that of the lists and the command line. */
export type Query = {finds: (run: ReportRun) => boolean; problem?: string};

/** @param runs all of the report: their settings and measures are fields */
export function createQueries(runs: readonly ReportRun[]): (text: string) => Query {
	const fields: readonly Field<ReportRun>[] = [
		...[word('name'), word('text'), word('negative'), word('note'), word('id'), word('host')],
		...[word('model'), word('kind'), word('status'), word('pick'), word('failure')],
		{...list('tag', run => run.tags), words: true},
		{...list('flag', run => run.flags), words: true},
		{name: 'stars', help: '', type: 'number', get: run => run.rating},
		{name: 'created', help: '', type: 'time', get: run => run.createdAt},
		{name: 'took', help: '', type: 'duration', get: run => run.seconds},
		...valueFields(runs, run => run.measures),
		...valueFields(runs, run => run.settings),
	];
	return text => {
		try {
			const {matches} = parseFilter(text, fields);
			const now = Date.now();
			return {finds: run => matches(run, now)};
		} catch (error) {
			const problem = error instanceof Error ? error.message : String(error);
			return {finds: () => true, problem};
		}
	};
}

type TextKey =
	| 'name'
	| 'text'
	| 'negative'
	| 'note'
	| 'id'
	| 'host'
	| 'model'
	| 'kind'
	| 'status'
	| 'pick'
	| 'failure';

const word = (name: TextKey): Field<ReportRun> => ({
	...{name, help: '', type: 'text', words: true, get: run => run[name]},
});
const list = (name: string, get: (run: ReportRun) => readonly string[]) =>
	({name, help: '', type: 'text', get}) satisfies Field<ReportRun>;

/** A field for each name among values, a number where all are numbers. */
function valueFields(
	runs: readonly ReportRun[],
	valuesOf: (run: ReportRun) => readonly ReportValue[],
): Field<ReportRun>[] {
	const numeric = new Map<string, boolean>();
	for (const {key, sort} of runs.flatMap(valuesOf)) {
		numeric.set(key, (numeric.get(key) ?? true) && typeof sort === 'number');
	}

	const find = (run: ReportRun, key: string) => valuesOf(run).find(one => one.key === key)?.sort;
	return [...numeric].map(
		([name, isNumber]): Field<ReportRun> =>
			isNumber
				? {name, help: '', type: 'number', get: run => find(run, name) as number | undefined}
				: {name, help: '', type: 'text', get: run => find(run, name)?.toString()},
	);
}
