import type {LaunchRequest} from '../domain/settings/launch-request.js';
import type {Run} from '../domain/types.js';
import type {Place} from '../executor/place.js';
import type {RunWatcher} from '../executor/run-watcher.js';

/** How a worker runs jobs: through the workflow, or something faster in a test. */
export type JobLauncher = {
	/** Resolves when a host answers. @throws CosmosError when it does not */
	reach: (host: string) => Promise<void>;
	/**
	 * One container start for all requests. All runs are recorded or none, each with its request's
	 * `jobId`, or without it if the job had to give up its place: then nothing of it has run. Rejects only if nothing was started, or if the connection or the store was lost.
	 * @param signal aborting it ends the runs as cancelled
	 */
	launch: (
		requests: readonly LaunchRequest[],
		watcher: RunWatcher,
		signal: AbortSignal,
		place: Place,
	) => Promise<readonly Run[]>;
	/**
	 * Resumes a run whose worker has died.
	 * @throws CosmosError (usage) when somebody else works on it, or nothing is left to do
	 */
	recover: (runId: string, watcher: RunWatcher, signal: AbortSignal, place: Place) => Promise<Run>;
	/**
	 * Ends a run that has not started and whose worker has died, so that its job has none. One that has
	 * started is resumed.
	 * @throws as `recover`
	 */
	withdraw: (runId: string) => Promise<void>;
};
