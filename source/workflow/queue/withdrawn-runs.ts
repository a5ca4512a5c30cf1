import type {Run} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {now} from '../job-store.js';

/** Whether a run has given its job back to the queue: nothing of it has run. */
export function isWithdrawn(before: Run, after: Run): boolean {
	return before.jobId !== undefined && after.jobId === undefined;
}

/**
 * Removes the records of runs that have given their jobs back to the queue. One whose host is not
 * cleaned yet stays, cancelled.
 */
export async function removeWithdrawn(
	store: Store,
	before: readonly Run[],
	after: readonly Run[],
): Promise<void> {
	const gone = after.filter(run => {
		const old = before.find(({id}) => id === run.id);
		return old && isWithdrawn(old, run) && !run.uncleaned;
	});
	if (gone.length === 0) {
		return;
	}

	const ids = new Set(gone.map(({id}) => id));
	await store.trash.put(async () => ({prompts: [], runs: gone, outputsOf: []}), now());
	for (const entry of await store.trash.list()) {
		if (ids.has(entry.id)) {
			await store.trash.remove(entry);
		}
	}
}
