import {CosmosError} from '../domain/errors.js';
import {hasEnded, type Job, slotKey} from '../domain/queue/job.js';
import {cancelJob} from '../domain/queue/queue-change.js';
import {isToEnd} from '../domain/queue/queue-claim.js';
import {createBell} from '../machine/bell.js';
import {elsewhereError, isAlive, isElsewhere} from '../machine/process-identity.js';
import {endOrphan, type SlotWorkerParts} from './slot-worker.js';

/** Milliseconds between two checks whether a job's worker is still alive. */
const ownerLookInterval = 2000;

/**
 * Removes a job from the queue, or stops it if it is running, in whichever process. If
 * it has no living worker, this process stops what is left of it. Resolves with its final state.
 * @throws CosmosError (usage) for a job that has ended, that there is not, or whose worker is on another machine
 */
export async function cancelJobEverywhere(
	parts: Omit<SlotWorkerParts, 'signal'>,
	id: string,
): Promise<Job> {
	const {store} = parts;
	const bell = createBell();
	const unwatch = store.watch(what => (what === 'queue' ? bell.ring() : undefined));
	const done = new AbortController();
	let failure: {error: unknown} | undefined;
	let isOurs = false;
	try {
		await store.changeQueue(queue => cancelJob(queue, id, new Date().toISOString()), {ids: [id]});
		for (;;) {
			const job = await store.getJob(id);
			if (!job || failure) {
				throw failure?.error ?? new CosmosError('not-found', `no job "${id}"`);
			}

			if (hasEnded(job)) {
				return job;
			}

			if (job.status === 'working' && isElsewhere(job.owner)) {
				throw elsewhereError(id, job.owner);
			}

			if (!isOurs && (isToEnd(job) || (job.status === 'working' && !isAlive(job.owner)))) {
				isOurs = true;
				endOrphan({...parts, signal: done.signal}, slotKey(job), id).catch(error => {
					failure = {error};
					bell.ring();
				});
			}

			// An owner that is killed changes no file; only the process list shows it.
			await bell.next(new AbortController().signal, Date.now() + ownerLookInterval);
		}
	} finally {
		done.abort();
		unwatch();
	}
}
