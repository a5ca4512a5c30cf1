import {isUnfinished} from '../domain/run-status.js';
import type {Run} from '../domain/types.js';
import type {Store} from '../store/store.js';
import {existingRun} from './run-lookup.js';

/** Milliseconds between two looks whether another run's owner still lives. */
const ownerLookInterval = 2000;

/**
 * Resolves with a run as it is at its end, which another process may bring about.
 * @param recover ends it when that process has died
 */
export function waitForFinalState(
	store: Store,
	runId: string,
	recover: (runId: string) => Promise<Run>,
): Promise<Run> {
	return new Promise((resolve, reject) => {
		const look = async () => {
			const {run, shown} = await existingRun(store, runId);
			if (shown === 'interrupted') {
				stop();
				resolve(await recover(run.id));
			} else if (!isUnfinished(run.status)) {
				stop();
				resolve(run);
			}
		};

		const lookOrReject = () => {
			look().catch(error => {
				stop();
				reject(error);
			});
		};

		const unwatch = store.watch(lookOrReject);
		// An owner that is killed changes no file; only a look at the process list tells.
		const timer = setInterval(lookOrReject, ownerLookInterval);
		const stop = () => {
			clearInterval(timer);
			unwatch();
		};

		lookOrReject();
	});
}
