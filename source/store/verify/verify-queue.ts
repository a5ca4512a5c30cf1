import type {Job} from '../../domain/queue/job.js';
import type {Collection} from '../documents/collection.js';
import {type Journal, readConsistently} from '../documents/journal.js';
import {type JobIndex, type StoredQueue, withSegments} from '../queue/queue-index.js';
import type {CheckedStore, Repairable} from './finding.js';

export type QueueChecks = {journal: Journal; queue: Collection<StoredQueue>; jobs: Collection<Job>};

/**
 * Compares the queue's index with its jobs: one that the index lacks would never start. Damaged documents are
 * findings of their own.
 */
export async function checkQueue(
	{transaction}: CheckedStore,
	parts: QueueChecks,
): Promise<Repairable[]> {
	const found = await readConsistently(parts.journal, () => compare(parts));
	if (!found) {
		return [];
	}

	return [
		{
			kind: 'index',
			path: parts.queue.segments.pathOf(found.name),
			what: 'does not match the jobs of the queue: some would never start, or be looked for in vain',
			fix: 'rebuild the index from the jobs',
			repair: () =>
				transaction(async () => {
					const now = await compare(parts);
					if (now) {
						await parts.queue.update(now.id, stored => ({...stored, ...now.index}));
					}
				}),
		},
	];
}

/** What the index should be; undefined where it is right, or cannot be judged. */
async function compare({
	queue,
	jobs,
}: QueueChecks): Promise<{name: string; id: string; index: JobIndex} | undefined> {
	const name = (await queue.segments.names()).at(-1);
	const {documents, damage} = name === undefined ? {} : (await queue.segments.peek(name)).data;
	const stored = documents?.at(-1);
	// A queue of schema 5 has its jobs in itself.
	if (name === undefined || !stored || damage || stored.jobs) {
		return undefined;
	}

	const names = await jobs.segments.names();
	const index = {live: stored.live ?? {}, recent: stored.recent ?? []};
	const gone = Object.keys(index.live).filter(one => !names.includes(one));
	let next: JobIndex = gone.length === 0 ? index : withSegments(index, [], gone);
	for (const one of names) {
		const {data} = await jobs.segments.peek(one);
		if (data.damage) {
			return undefined;
		}

		next = withSegments(next, [{name: one, documents: data.documents}]);
	}

	return next === index ? undefined : {name, id: stored.id, index: next};
}
