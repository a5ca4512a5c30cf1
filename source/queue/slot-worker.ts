import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import {messageOf} from '../domain/errors.js';
import {hasEnded, type Job, type Queue, type SilentHost} from '../domain/job.js';
import {type Claim, claimNext, claimOrphan, type WorkerFacts} from '../domain/queue-claim.js';
import {endJob} from '../domain/queue-end.js';
import {withSilence} from '../domain/silent-hosts.js';
import {acquireLock, type LockHolder, lockHolder} from '../machine/file-lock.js';
import {isAlive} from '../machine/process-identity.js';
import type {Store} from '../store/store.js';
import {createBell} from './change-bell.js';
import {runFinishCommand} from './finish-command.js';
import {doJob, type JobWorkParts} from './job-work.js';
import {knownRuns, queueFacts} from './queue-facts.js';
import type {QueueWatcher} from './queue-watcher.js';

export type SlotWorkerParts = JobWorkParts & {
	watcher: QueueWatcher;
	/** For the commands at a job's end. */
	env: NodeJS.ProcessEnv;
	/** Aborting it starts nothing new; a running job keeps running. */
	signal: AbortSignal;
	/** Called with a command that has been started, so that the caller can wait for it. */
	onCommand: (ended: Promise<void>) => void;
};

/** Milliseconds between two checks of a living process that works although we hold the lock. */
const busyPause = 2000;

/** Who is running a slot now; undefined if nobody is. Changes nothing. */
export function findSlotHolder(store: Store, slot: string): Promise<LockHolder | undefined> {
	return lockHolder(lockFile(store, slot));
}

/** @param slot as `slotKey` makes it; it contains only characters that are valid in a file name */
function lockFile(store: Store, slot: string): string {
	return path.join(store.folder, 'lanes', `${slot.replace(' ', '+')}.lock`);
}

/**
 * Runs a slot's jobs, one after the other, until none can start. The slot's lock is held
 * meanwhile, so that only one process does this; the others wait here.
 * @returns whether it has given up a host that does not respond; only with `once`
 * @throws CosmosError (home)
 */
export async function runSlot(parts: SlotWorkerParts, slot: string): Promise<boolean> {
	let turn: Turn = 'more';
	await withSlotLock(parts, slot, async () => {
		while (turn === 'more' && !parts.signal.aborted) {
			turn = await takeTurn(parts, slot);
		}
	});
	return (turn as Turn) === 'given-up';
}

/** What happens after a turn of a slot. */
type Turn = 'more' | 'nothing' | 'given-up';

/** Ends one job whose worker has died; does nothing if another worker has done so. */
export async function endOrphan(parts: SlotWorkerParts, slot: string, id: string): Promise<void> {
	await withSlotLock(parts, slot, async () => {
		const {job} = await claim(parts.store, queue => {
			return claimOrphan(queue, id, factsOf(parts, new Map()));
		});
		if (job) {
			await workJob(parts, job, true);
		}
	});
}

/** Does something with the slot's lock; nothing when `signal` ends the wait for it. */
async function withSlotLock(
	{store, watcher, signal}: SlotWorkerParts,
	slot: string,
	task: () => Promise<void>,
): Promise<void> {
	const lock = lockFile(store, slot);
	await mkdir(path.dirname(lock), {recursive: true, mode: 0o700});
	let release: () => Promise<void>;
	try {
		const onWait = (holder: LockHolder) => watcher.onBusySlot?.(slot, holder);
		release = await acquireLock(lock, {note: 'runs the queue', signal, onWait});
	} catch (error) {
		if (signal.aborted) {
			return;
		}

		throw error;
	}

	try {
		await task();
	} finally {
		await release();
	}
}

function factsOf({store, slotsFor}: SlotWorkerParts, known: KnownRuns): WorkerFacts {
	return {...queueFacts(known), owner: store.owner, isAlive, slotsFor};
}

type KnownRuns = Awaited<ReturnType<typeof knownRuns>>;

/**
 * One job, or one wait for what blocks the slot.
 * @param answers its host has just answered
 */
async function takeTurn(parts: SlotWorkerParts, slot: string, answers = false): Promise<Turn> {
	const {store} = parts;
	const known = await knownRuns(store, await store.readQueue());
	const {job, again, restUntil, busy, silent} = await claim(store, queue =>
		claimNext(queue, slot, factsOf(parts, known), answers),
	);
	if (job) {
		await workJob(parts, job, again);
		return 'more';
	}

	if (silent) {
		return retrySilentHost(parts, slot, silent);
	}

	const until = restUntil ? Date.parse(restUntil) : busy ? Date.now() + busyPause : undefined;
	if (until === undefined) {
		return 'nothing';
	}

	await sleepUntil(parts, until);
	return 'more';
}

/** Waits until a silent host is to be retried, and then connects to it. */
async function retrySilentHost(
	parts: SlotWorkerParts,
	slot: string,
	{host, tries, until}: SilentHost,
): Promise<Turn> {
	const {store, launcher, retryPauses, once} = parts;
	if (Date.parse(until) > Date.now()) {
		if (once && tries > retryPauses.length) {
			return 'given-up';
		}

		await sleepUntil(parts, Date.parse(until));
		return 'more';
	}

	try {
		await launcher.reach(host);
	} catch (error) {
		const problem = messageOf(error);
		const now = new Date().toISOString();
		await store.changeQueue(queue => withSilence(queue, {host, problem}, now, retryPauses));
		return 'more';
	}

	return takeTurn(parts, slot, true);
}

async function claim(store: Store, choose: (queue: Queue) => Claim): Promise<Claim> {
	let claimed: Claim | undefined;
	await store.changeQueue(queue => {
		claimed = choose(queue);
		return claimed.queue;
	});
	return claimed as Claim;
}

async function sleepUntil({store, signal}: SlotWorkerParts, until: number): Promise<void> {
	const bell = createBell();
	const unwatch = store.watch(what => (what === 'queue' ? bell.ring() : undefined));
	try {
		await bell.next(signal, until);
	} finally {
		unwatch();
	}
}

async function workJob(parts: SlotWorkerParts, job: Job, again: boolean): Promise<void> {
	const {store, watcher} = parts;
	watcher.onJob?.(job);
	const request = watchForCancel(store, job);
	try {
		const runWatcher = watcher.watchRuns?.(job) ?? {};
		const work = {again, watcher: runWatcher, signal: request.signal};
		const {end, runs} = await doJob(parts, job, work);
		const known = await knownRuns(store, await store.readQueue());
		const runIds = new Map<string, string>();
		for (const run of runs) {
			known.set(run.id, run.status);
			runIds.set(run.jobId ?? '', run.id);
		}

		const facts = {...factsOf(parts, known), pauses: parts.retryPauses};
		const queue = await store.changeQueue(before => endJob(before, job.id, end, runIds, facts));
		const ended = queue.jobs.find(({id}) => id === job.id);
		if (ended) {
			if (end.status === 'elsewhere' && ended.status === 'waiting') {
				watcher.onNotice?.(`${job.id} cannot start on ${job.host}: ${end.problem}`);
			}

			watcher.onJob?.(ended);
			startCommands(parts, ended, new Map(runs.map(run => [run.id, run.status])));
		}
	} finally {
		request.stop();
	}
}

/** Aborted when the end of a job is requested through the store. */
function watchForCancel(
	store: Store,
	{id, cancelRequestedAt}: Job,
): {signal: AbortSignal; stop: () => void} {
	const controller = new AbortController();
	if (cancelRequestedAt) {
		controller.abort();
	}

	const look = () => {
		store.readQueue().then(
			({jobs}) => {
				if (jobs.find(job => job.id === id)?.cancelRequestedAt) {
					controller.abort();
				}
			},
			// A store that cannot be read is reported where the job's end is written.
			() => undefined,
		);
	};

	const stop = store.watch(what => (what === 'queue' ? look() : undefined));
	look();
	return {signal: controller.signal, stop};
}

function startCommands(
	{watcher, env, onCommand}: SlotWorkerParts,
	job: Job,
	statuses: ReadonlyMap<string, string>,
): void {
	for (const part of hasEnded(job) ? job.parts : []) {
		if (part.onFinish) {
			const {runId} = part;
			const status = statuses.get(runId ?? '') ?? job.status;
			const ended = runFinishCommand(part, {runId, status}, env).then(problem => {
				if (problem) {
					watcher.onNotice?.(problem);
				}
			});
			onCommand(ended);
		}
	}
}
