import {hasSeenEachLine, slotsWithWork} from '../domain/queue/queue-claim.js';
import {longestPause} from '../domain/queue/silent-hosts.js';
import {createBell} from '../machine/bell.js';
import type {JobWorkParts} from './job-work.js';
import {queueFacts, readKnown} from './queue-facts.js';
import type {QueueWatcher} from './queue-watcher.js';
import {runSlot} from './slot-worker.js';

export type QueueWorkerParts = JobWorkParts & {
	/** For the commands at a job's end. */
	env: NodeJS.ProcessEnv;
};

/** Milliseconds before each retry after a connection error. */
export const retryPauses = [5000, 20_000, longestPause];

/**
 * Runs the queue: one job at a time on each slot, several slots at once. Any number of
 * processes may do so; the store and the locks of the slots coordinate them.
 * @param signal aborting it starts nothing new and resolves at once; jobs that go on are left to go
 * on, in this process while it lives, otherwise in the next worker
 * @param options.once resolves when nothing more can be started
 * @param options.enough aborting it starts nothing new and resolves when what runs has ended
 * @throws CosmosError (home) when the store cannot be used
 */
export async function runQueue(
	parts: QueueWorkerParts,
	watcher: QueueWatcher,
	signal: AbortSignal,
	{once = false, enough}: {once?: boolean; enough?: AbortSignal} = {},
): Promise<void> {
	const {store} = parts;
	const slots = new Set<string>();
	/** Slots of hosts that do not respond; only with `once`. */
	const givenUp = new Set<string>();
	const commands = new Set<Promise<void>>();
	const bell = createBell();
	let failure: {error: unknown} | undefined;
	const onCommand = (ended: Promise<void>) => {
		commands.add(ended);
		ended.finally(() => {
			commands.delete(ended);
			bell.ring();
		});
	};

	const claiming = AbortSignal.any([signal, ...(enough ? [enough] : [])]);
	const start = (slot: string) => {
		slots.add(slot);
		runSlot({...parts, watcher, signal: claiming, onCommand, once}, slot)
			.then(isGivenUp => (isGivenUp ? givenUp.add(slot) : undefined))
			.catch(error => {
				failure ??= {error};
			})
			.finally(() => {
				slots.delete(slot);
				bell.ring();
			});
	};

	const unwatch = store.watch(bell.ring);
	enough?.addEventListener('abort', bell.ring);
	try {
		while (!signal.aborted) {
			if (!claiming.aborted) {
				const {queue, known} = await readKnown(store, (read, statuses) =>
					hasSeenEachLine(read, queueFacts(statuses)),
				);
				const facts = {...queueFacts(known), slotsFor: parts.slotsFor};
				const wanting = slotsWithWork(queue, facts);
				for (const slot of wanting.filter(name => !slots.has(name) && !givenUp.has(name))) {
					start(slot);
				}
			}

			if ((once || enough?.aborted) && slots.size + commands.size === 0) {
				break;
			}

			await bell.next(signal);
			if (failure) {
				throw failure.error;
			}
		}
	} finally {
		unwatch();
		enough?.removeEventListener('abort', bell.ring);
	}
}
