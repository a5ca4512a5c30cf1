import {isId, resolveId} from '../../domain/ids.js';
import {hasEverStarted, isUnfinished} from '../../domain/runs/run-status.js';
import type {ShownRun} from '../../domain/types.js';
import type {Store} from '../../store/store.js';

/**
 * The run that a person means: a whole id, a unique beginning of one, or `latest`.
 * @throws CosmosError (usage) that names the nearest ids
 */
export async function findRun(store: Store, reference: string): Promise<ShownRun> {
	// A whole id needs no list of all ids.
	const exact = isId(reference, 'run') ? await store.getRun(reference) : undefined;
	if (exact) {
		return exact;
	}

	const id = resolveId(reference, await store.runIds(), 'run');
	const found = (await store.getRun(id)) as ShownRun;
	return reference === 'latest' && isPrepared(found) ? newestAtWork(store, found) : found;
}

/** Whether the queue may still take a run back, and would remove it then. */
const isPrepared = ({run, shown}: ShownRun) =>
	run.jobId !== undefined && isUnfinished(shown) && !hasEverStarted(run);

/** More runs than queues prepare at the same time, unless they have very many slots. */
const mostPrepared = 200;

/** The newest run, but for those that are prepared while an earlier one of their slot is at work. */
async function newestAtWork(store: Store, newest: ShownRun): Promise<ShownRun> {
	const runs = await store.listRuns({limit: mostPrepared});
	const isAhead = (one: ShownRun, at: number) =>
		isPrepared(one) &&
		runs.slice(at + 1).some(
			({run, shown}) =>
				isUnfinished(shown) &&
				shown !== 'downloading' &&
				run.host === one.run.host &&
				run.lane === one.run.lane &&
				// Those of a batch start together.
				(run.batch === undefined || run.batch.id !== one.run.batch?.id),
		);
	return runs.find((one, at) => !isAhead(one, at)) ?? newest;
}
