import type {Queue} from '../domain/queue/job.js';
import {type KnownStatus, type QueueFacts, runsInQuestion} from '../domain/queue/queue-claim.js';
import {defaultFirst} from '../store/queue/queue-document.js';
import type {Store} from '../store/store.js';

/** The statuses of the runs that decide whether jobs can start. */
export async function knownRuns(store: Store, queue: Queue): Promise<Map<string, KnownStatus>> {
	const known = new Map<string, KnownStatus>();
	for (const id of runsInQuestion(queue)) {
		known.set(id, (await store.getRun(id))?.run.status ?? 'gone');
	}

	return known;
}

/**
 * Reads the first jobs of each line, ten times as many while those are not enough, and the statuses of the runs
 * that decide.
 */
export async function readKnown(
	store: Store,
	isEnough: (queue: Queue, known: ReadonlyMap<string, KnownStatus>) => boolean,
): Promise<{queue: Queue; known: Map<string, KnownStatus>; first: number}> {
	for (let first = defaultFirst; ; first *= 10) {
		const queue = await store.readQueue({first});
		const known = await knownRuns(store, queue);
		if (queue.more === undefined || isEnough(queue, known)) {
			return {queue, known, first};
		}
	}
}

export function queueFacts(known: ReadonlyMap<string, KnownStatus>): QueueFacts {
	return {now: new Date().toISOString(), statusOf: id => known.get(id)};
}
