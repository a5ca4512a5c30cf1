import {emptyQueue, type Queue} from '../domain/job.js';
import type {Collection} from './collection.js';

export type QueueDocument = {
	/** The queue; empty if nothing was ever added. */
	readQueue: () => Promise<Queue>;
	/**
	 * Changes the queue in a transaction across processes. What `change` gives back is stored, unless
	 * it is what it got.
	 */
	changeQueue: (change: (queue: Queue) => Queue) => Promise<Queue>;
};

/** Stands for the id of a queue that is not stored yet. */
const noId = '';

/** The queue is one document in its own collection, which handles damage and watching. */
export function createQueueDocument(
	documents: Collection<Queue>,
	transaction: <T>(task: () => Promise<T>) => Promise<T>,
): QueueDocument {
	async function readQueue(): Promise<Queue> {
		const [queue] = await documents.list({limit: 1});
		return queue ?? {...emptyQueue, id: noId};
	}

	return {
		readQueue,
		changeQueue: change =>
			transaction(async () => {
				const before = await readQueue();
				const after = change(before);
				if (after === before) {
					return before;
				}

				return before.id === noId
					? documents.add(id => ({...after, id}))
					: documents.update(before.id, () => after);
			}),
	};
}
