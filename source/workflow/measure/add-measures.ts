/** Adds what was measured to a run's record, and finds the limits of the configuration that it reaches. */
import type {Config} from '../../config/config.js';
import {parseFilter} from '../../domain/filter/filter.js';
import {runFields} from '../../domain/filter/record-fields.js';
import type {Measures, ReachedLimit} from '../../domain/runs/measures.js';
import type {Run} from '../../domain/types.js';

/** What was measured now; what is absent stays as it was. */
export type Found = Pick<Measures, 'values'> & Partial<Pick<Measures, 'flagged' | 'against'>>;
type FindLimits = (run: Run) => ReachedLimit[];

/** Finds the limits of `[measures]` that a run with a result reaches. */
export function limitFinder({measures, recipes}: Pick<Config, 'measures' | 'recipes'>): FindLimits {
	const fields = runFields(recipes);
	const limits = (['flag', 'reject'] as const).flatMap(action => {
		const filter = measures[action];
		return filter === undefined ? [] : [{action, filter, ...parseFilter(filter, fields)}];
	});
	return run =>
		limits
			.filter(({matches}) => matches({run, shown: 'completed'}, Date.now()))
			.map(({action, filter}) => ({action, filter}));
}

/**
 * A rejection by a limit is a mark like a person's, which it does not change; it ends when the run reaches
 * no such limit any more.
 */
export function addMeasures(run: Run, found: Found, findLimits: FindLimits): Run {
	const {measures: before, pick, ...rest} = run;
	const {values, flagged = before?.flagged ?? [], against = before?.against} = found;
	const measures: Measures = {
		...{at: new Date().toISOString(), values: {...before?.values, ...values}},
		...(flagged.length > 0 && {flagged}),
		...(against !== undefined && {against}),
	};
	const limits = findLimits({...run, measures});
	const own = pick === false && rejects(before?.limits) ? undefined : pick;
	const next = own ?? (rejects(limits) ? false : undefined);
	return {
		...rest,
		measures: {...measures, ...(limits.length > 0 && {limits})},
		...(next !== undefined && {pick: next}),
	} as Run;
}

const rejects = (limits: readonly ReachedLimit[] = []) =>
	limits.some(({action}) => action === 'reject');
