import type {Run} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {waitForRun} from '../runs/wait-run.js';

/**
 * Resolves with the final state of a run, which another process may be running.
 * @param recover ends it when that process has died
 */
export async function waitForFinalState(
	store: Store,
	runId: string,
	recover: (runId: string) => Promise<Run>,
): Promise<Run> {
	const {run, shown} = await waitForRun(store, runId);
	return shown === 'interrupted' ? recover(run.id) : run;
}
