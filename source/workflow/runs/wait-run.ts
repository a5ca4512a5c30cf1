import {CosmosError} from '../../domain/errors.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {ShownRun} from '../../domain/types.js';
import {createBell} from '../../machine/bell.js';
import type {Store} from '../../store/store.js';
import {existingRun} from './run-lookup.js';

/** Milliseconds between two checks that a run's owner is alive: its death changes no file. */
const ownerLookInterval = 2000;

/** See `RecordActions.waitForRun`. */
export async function waitForRun(
	store: Store,
	runId: string,
	signal?: AbortSignal,
): Promise<ShownRun> {
	const bell = createBell();
	const unwatch = store.watch(bell.ring);
	try {
		while (!signal?.aborted) {
			const found = await existingRun(store, runId);
			if (!isUnfinished(found.shown)) {
				return found;
			}

			await bell.next(signal, Date.now() + ownerLookInterval);
		}
	} finally {
		unwatch();
	}

	throw new CosmosError('cancelled', 'stopped waiting; the run continues');
}
