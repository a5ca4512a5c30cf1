import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import {messageOf} from '../domain/errors.js';
import {
	hasEnded,
	type Job,
	type Queue,
	type SilentHost,
	slotKey,
	stepOf,
} from '../domain/queue/job.js';
import {
	type Claim,
	claimNext,
	claimOrphan,
	hasMoreFor,
	isSame,
	type KnownStatus,
	type WorkerFacts,
} from '../domain/queue/queue-claim.js';
import {endJob} from '../domain/queue/queue-end.js';
import {isAhead, withSilence} from '../domain/queue/silent-hosts.js';
import {handOver} from '../domain/queue/slot-handover.js';
import {createPipeline, type Member, mostAhead, type Pipeline} from '../executor/pipeline.js';
import {createBell} from '../machine/bell.js';
import {acquireLock, type LockHolder, lockHolder} from '../machine/file-lock.js';
import {isAlive} from '../machine/process-identity.js';
import type {QueueScope} from '../store/queue/queue-document.js';
import type {Store} from '../store/store.js';
import {runFinishCommand} from './finish-command.js';
import {doJob, type JobWorkParts} from './job-work.js';
import {knownRuns, queueFacts, readKnown} from './queue-facts.js';
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
 * Runs a slot's jobs until none can start: one at a time has the GPU, the next ones are prepared meanwhile, and
 * the outputs of earlier ones downloaded. The slot's lock is held
 * meanwhile, so that only one process does this; the others wait here.
 * @returns whether it has given up a host that does not respond; only with `once`
 * @throws CosmosError (home)
 */
export async function runSlot(parts: SlotWorkerParts, slot: string): Promise<boolean> {
	const worked = await withSlotLock(parts, slot, () => workSlot(parts, slot));
	if (worked?.failure) {
		throw worked.failure.error;
	}

	return worked?.isGivenUp ?? false;
}

/** Ends one job whose worker has died; does nothing if another worker has done so. */
export async function endOrphan(parts: SlotWorkerParts, slot: string, id: string): Promise<void> {
	await withSlotLock(parts, slot, async () => {
		const {job} = await claim(
			parts.store,
			queue => claimOrphan(queue, id, factsOf(parts, new Map())),
			{ids: [id]},
		);
		if (job) {
			const member = slotPipeline(parts, slot).join(job.id);
			await workJob(parts, {job, again: true, member});
		}
	});
}

/** Does something with the slot's lock; nothing when `signal` ends the wait for it. */
async function withSlotLock<T>(
	{store, watcher, signal}: SlotWorkerParts,
	slot: string,
	task: () => Promise<T>,
): Promise<T | undefined> {
	const lock = lockFile(store, slot);
	await mkdir(path.dirname(lock), {recursive: true, mode: 0o700});
	let release: () => Promise<void>;
	try {
		const onWait = (holder: LockHolder) => watcher.onBusySlot?.(slot, holder);
		release = await acquireLock(lock, {note: 'runs the queue', signal, onWait});
	} catch (error) {
		if (signal.aborted) {
			return undefined;
		}

		throw error;
	}

	try {
		return await task();
	} finally {
		await release();
	}
}

function factsOf({store, slotsFor}: SlotWorkerParts, known: KnownRuns): WorkerFacts {
	return {...queueFacts(known), owner: store.owner, isAlive, slotsFor};
}

type KnownRuns = ReadonlyMap<string, KnownStatus>;

/** The jobs of a slot: who has the GPU is in the queue's document before it has it. */
function slotPipeline(parts: SlotWorkerParts, slot: string): Pipeline {
	const {store} = parts;
	return createPipeline(async change => {
		const seen = await store.readQueue();
		const facts = factsOf(parts, await knownRuns(store, seen));
		if (handOver(seen, slot, change, facts).queue === seen) {
			return false;
		}

		let isAccepted = false;
		const {jobs} = await store.changeQueue(before => {
			const changed = handOver(before, slot, change, facts);
			isAccepted = changed.isAccepted;
			return changed.queue;
		});
		const next = isAccepted && jobs.find(({id}) => id === change.next);
		if (next) {
			parts.watcher.onJob?.(next);
		}

		return isAccepted;
	});
}

type Worked = {isGivenUp: boolean; failure?: {error: unknown}};

async function workSlot(parts: SlotWorkerParts, slot: string): Promise<Worked> {
	const {store, signal} = parts;
	const pipeline = slotPipeline(parts, slot);
	const mine = new Map<string, Member>();
	const bell = createBell();
	let failure: {error: unknown} | undefined;
	const unwatch = store.watch(what => (what === 'queue' ? bell.ring() : undefined));

	function begin(job: Job, again: boolean): void {
		const member = pipeline.join(job.id);
		mine.set(job.id, member);
		workJob(parts, {job, again, member})
			.catch(error => {
				failure ??= {error};
			})
			.finally(() => {
				member.close();
				mine.delete(job.id);
				bell.ring();
			});
	}

	/** Follows what others did to the queue; resolves with the next job, or what the slot waits for. */
	async function next(answers: boolean): Promise<Claim> {
		const looker = (known: KnownRuns) => {
			const facts = {...factsOf(parts, known), mine: new Set(mine.keys()), ahead: mostAhead};
			return (queue: Queue) => claimNext(queue, slot, facts, answers);
		};

		const {
			queue: seen,
			known,
			first,
		} = await readKnown(
			store,
			(read, statuses) => !looker(statuses)(read).isPast || !hasMoreFor(read, slot, parts.slotsFor),
		);
		const look = looker(known);
		const found = look(seen);
		// Most changes bring nothing to do here.
		const claimed = found.queue === seen ? found : await claim(store, look, {first});
		const {queue} = claimed;
		for (const [id, member] of mine) {
			if (isToWithdraw(parts, queue, slot, id)) {
				member.withdraw();
			}
		}

		if (claimed.job) {
			begin(claimed.job, claimed.again);
		}

		pipeline.arrange(queue.jobs.map(({id}) => id));
		return claimed;
	}

	/** @returns when to look again, in milliseconds since 1970; undefined after the next change */
	async function untilOf(claimed: Claim): Promise<number | undefined | 'given-up' | 'now'> {
		if (claimed.silent && mine.size === 0) {
			return retrySilentHost(parts, claimed.silent);
		}

		return claimed.restUntil
			? Date.parse(claimed.restUntil)
			: claimed.busy
				? Date.now() + busyPause
				: undefined;
	}

	try {
		let answers = false;
		while (!signal.aborted && !failure) {
			const claimed = await next(answers);
			answers = false;
			if (claimed.job) {
				continue;
			}

			const until = await untilOf(claimed);
			if (until === 'given-up') {
				return {isGivenUp: true};
			}

			if (until === 'now') {
				answers = true;
			} else if (until === undefined && mine.size === 0) {
				break;
			} else {
				await bell.next(signal, until);
			}
		}
	} finally {
		unwatch();
		// What has not started waits again; what has started goes on.
		for (const member of mine.values()) {
			member.withdraw();
		}

		while (mine.size > 0 && !failure) {
			await bell.next(new AbortController().signal);
		}
	}

	return {isGivenUp: false, ...(failure && {failure})};
}

/** Whether a job that has not started is to wait again, or is somebody else's by now. */
function isToWithdraw(
	{store}: SlotWorkerParts,
	{jobs, paused}: Queue,
	slot: string,
	id: string,
): boolean {
	const job = jobs.find(one => one.id === id);
	const isOurs =
		job?.status === 'working' && isSame(job.owner, store.owner) && slotKey(job) === slot;
	return !isOurs || (paused && stepOf(job) === 'preparing' && !job.cancelRequestedAt);
}

/**
 * Waits until a silent host is to be retried, and then connects to it.
 * @returns `now` when it answers
 */
async function retrySilentHost(
	{store, launcher, retryPauses, once}: SlotWorkerParts,
	{host, tries, until}: SilentHost,
): Promise<number | 'given-up' | 'now'> {
	if (isAhead(until, new Date().toISOString())) {
		return once && tries > retryPauses.length ? 'given-up' : Date.parse(until);
	}

	try {
		await launcher.reach(host);
		return 'now';
	} catch (error) {
		const problem = messageOf(error);
		const now = new Date().toISOString();
		await store.changeQueue(queue => withSilence(queue, {host, problem}, now, retryPauses));
		return Date.now();
	}
}

async function claim(
	store: Store,
	choose: (queue: Queue) => Claim,
	scope?: QueueScope,
): Promise<Claim> {
	let claimed: Claim | undefined;
	await store.changeQueue(queue => {
		claimed = choose(queue);
		return claimed.queue;
	}, scope);
	return claimed as Claim;
}

/** A job in progress. */
type Work = {job: Job; again: boolean; member: Member};

async function workJob(parts: SlotWorkerParts, {job, again, member}: Work): Promise<void> {
	const {store, watcher} = parts;
	watcher.onJob?.(job);
	const request = watchForCancel(store, job);
	try {
		const runWatcher = watcher.watchRuns?.(job) ?? {};
		const {place} = member;
		const work = {again, watcher: runWatcher, signal: request.signal, place};
		const {end, runs} = await doJob(parts, job, work);
		const known = await knownRuns(store, await store.readQueue());
		const runIds = new Map<string, string>();
		for (const run of runs) {
			known.set(run.id, run.status);
			runIds.set(run.jobId ?? '', run.id);
		}

		const facts = {...factsOf(parts, known), pauses: parts.retryPauses, slot: slotKey(job)};
		let isOurs = false;
		const queue = await store.changeQueue(before => {
			const after = endJob(before, job.id, end, runIds, facts);
			isOurs = after !== before;
			return after;
		});
		const ended = queue.jobs.find(({id}) => id === job.id);
		if (!ended || ended.status === 'working') {
			return;
		}

		if (end.status === 'elsewhere' && ended.status === 'waiting') {
			watcher.onNotice?.(`${job.id} cannot start on ${job.host}: ${end.problem}`);
		}

		watcher.onJob?.(ended);
		// Whoever else has ended it has started them.
		if (isOurs) {
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
		store.getJob(id).then(
			job => {
				if (job?.cancelRequestedAt) {
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
