import {CosmosError} from '../../domain/errors.js';
import type {ShownRun} from '../../domain/types.js';
import type {Store} from '../../store/store.js';

/** @throws CosmosError (usage) when there is no such run */
export async function existingRun(store: Store, runId: string): Promise<ShownRun> {
	const found = await store.getRun(runId);
	if (!found) {
		throw new CosmosError('not-found', `no run "${runId}"`);
	}

	return found;
}

/** The runs that share a run's container, in their order; or the run itself. */
export async function batchOf(store: Store, runId: string): Promise<ShownRun[]> {
	const found = await existingRun(store, runId);
	const {batch} = found.run;
	const members = batch && (await store.listRuns({batchId: batch.id, limit: batch.size}));
	return members?.reverse() ?? [found];
}
