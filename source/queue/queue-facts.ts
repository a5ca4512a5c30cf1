import type {Queue} from '../domain/job.js';
import {type KnownStatus, type QueueFacts, runsInQuestion} from '../domain/queue-claim.js';
import type {Store} from '../store/store.js';

/** The statuses of the runs that decide whether jobs can start. */
export async function knownRuns(store: Store, queue: Queue): Promise<Map<string, KnownStatus>> {
	const known = new Map<string, KnownStatus>();
	for (const id of runsInQuestion(queue)) {
		known.set(id, (await store.getRun(id))?.run.status ?? 'gone');
	}

	return known;
}

export function queueFacts(known: ReadonlyMap<string, KnownStatus>): QueueFacts {
	return {now: new Date().toISOString(), statusOf: id => known.get(id)};
}
