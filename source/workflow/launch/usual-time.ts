import {historyOf} from '../../domain/queue/expected-wait.js';
import type {Run} from '../../domain/types.js';
import type {Store} from '../../store/store.js';

/** How many completed runs are read. */
const mostRuns = 300;

/**
 * Seconds that runs like this one took on its host, without the wait for the slot; undefined where there
 * is none, and for the runs of a batch.
 */
export async function usualSeconds(store: Store, run: Run): Promise<number | undefined> {
	if (run.batch) {
		return undefined;
	}

	const done = await store.listRuns({limit: mostRuns, status: 'completed'});
	// Compared by the bytes of the video: older runs did not count its frames.
	const measured = done.map(({run: one}) => ({task: one, host: one.host, run: one}));
	return historyOf(measured)([{task: run, host: run.host}]);
}
