import {lanesWithWork} from '../domain/queue-claim.js';
import {createBell} from './change-bell.js';
import type {JobWorkParts} from './job-work.js';
import {workLane} from './lane-worker.js';
import {knownRuns, queueFacts} from './queue-facts.js';
import type {QueueWatcher} from './queue-watcher.js';

export type QueueWorkerParts = JobWorkParts & {
	/** For the commands at a job's end. */
	env: NodeJS.ProcessEnv;
};

/** Milliseconds before each new try after a connection error. */
export const retryPauses = [5000, 20_000, 60_000];

/**
 * Works the queue off: one job at a time on each lane, several lanes at once. Any number of
 * processes may do so; the store and the lanes' locks keep them apart.
 * @param signal aborting it starts nothing new and resolves at once; jobs that go on are left to go
 * on, in this process while it lives, and else with the next worker
 * @param options.once resolves when nothing more can be started
 * @throws CosmosError (home) when the store cannot be used
 */
export async function workQueue(
	parts: QueueWorkerParts,
	watcher: QueueWatcher,
	signal: AbortSignal,
	{once = false}: {once?: boolean} = {},
): Promise<void> {
	const {store} = parts;
	const lanes = new Set<string>();
	/** Lanes of hosts that do not respond; only with `once`. */
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

	const start = (lane: string) => {
		lanes.add(lane);
		workLane({...parts, watcher, signal, onCommand, once}, lane)
			.then(isGivenUp => (isGivenUp ? givenUp.add(lane) : undefined))
			.catch(error => {
				failure ??= {error};
			})
			.finally(() => {
				lanes.delete(lane);
				bell.ring();
			});
	};

	const unwatch = store.watch(bell.ring);
	try {
		while (!signal.aborted) {
			const queue = await store.readQueue();
			const facts = {...queueFacts(await knownRuns(store, queue)), lanesFor: parts.lanesFor};
			const wanting = lanesWithWork(queue, facts);
			for (const lane of wanting.filter(name => !lanes.has(name) && !givenUp.has(name))) {
				start(lane);
			}

			if (once && lanes.size + commands.size === 0) {
				break;
			}

			await bell.next(signal);
			if (failure) {
				throw failure.error;
			}
		}
	} finally {
		unwatch();
	}
}
