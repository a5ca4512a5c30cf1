import {CosmosError} from '../../domain/errors.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {ShownRun} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {existingRun} from './run-lookup.js';

/** Milliseconds between two checks that a run's owner is alive: its death changes no file. */
const ownerLookInterval = 2000;

/** See `RecordActions.waitForRun`. */
export function waitForRun(store: Store, runId: string, signal?: AbortSignal): Promise<ShownRun> {
	return new Promise((resolve, reject) => {
		const look = async () => {
			const found = await existingRun(store, runId);
			if (!isUnfinished(found.shown)) {
				stop();
				resolve(found);
			}
		};

		const fail = (error: unknown) => {
			stop();
			reject(error);
		};
		const lookOrFail = () => {
			look().catch(fail);
		};

		const giveUp = () => fail(new CosmosError('cancelled', 'stopped waiting; the run continues'));
		const unwatch = store.watch(lookOrFail);
		const timer = setInterval(lookOrFail, ownerLookInterval);
		const stop = () => {
			clearInterval(timer);
			unwatch();
			signal?.removeEventListener('abort', giveUp);
		};

		signal?.addEventListener('abort', giveUp, {once: true});
		if (signal?.aborted) {
			giveUp();
		} else {
			lookOrFail();
		}
	});
}
