import {isUnfinished} from '../../domain/runs/run-status.js';
import type {Run} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {existingRun} from '../runs/run-lookup.js';

/** Milliseconds between two checks whether another run's owner is still alive. */
const ownerLookInterval = 2000;

/**
 * Resolves with the final state of a run, which another process may be running.
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
		// An owner that is killed changes no file; only the process list shows it.
		const timer = setInterval(lookOrReject, ownerLookInterval);
		const stop = () => {
			clearInterval(timer);
			unwatch();
		};

		lookOrReject();
	});
}
