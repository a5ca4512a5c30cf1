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

export type LaneWorkerParts = JobWorkParts & {
	watcher: QueueWatcher;
	/** For the commands at a job's end. */
	env: NodeJS.ProcessEnv;
	/** Aborting it starts nothing new; the job that goes on is left to go on. */
	signal: AbortSignal;
	/** Told of a command that has been started, so that somebody can wait for it. */
	onCommand: (ended: Promise<void>) => void;
};

/** Milliseconds between two looks at a living process that works although the lock is ours. */
const busyPause = 2000;

/** Who works a lane off at present; undefined when nobody does. Changes nothing. */
export function laneHolder(store: Store, lane: string): Promise<LockHolder | undefined> {
	return lockHolder(lockFile(store, lane));
}

/** @param lane as `laneKey` makes it; its words have no character that a file name cannot have */
function lockFile(store: Store, lane: string): string {
	return path.join(store.folder, 'lanes', `${lane.replace(' ', '+')}.lock`);
}

/**
 * Works a lane's jobs off, one after the other, until none can start. The lane's lock is held
 * meanwhile, so that of all processes one does this; the others wait here.
 * @returns whether it has given up a host that does not respond; only with `once`
 * @throws CosmosError (home)
 */
export async function workLane(parts: LaneWorkerParts, lane: string): Promise<boolean> {
	let turn: Turn = 'more';
	await withLane(parts, lane, async () => {
		while (turn === 'more' && !parts.signal.aborted) {
			turn = await takeTurn(parts, lane);
		}
	});
	return (turn as Turn) === 'given-up';
}

/** What comes after a turn of a lane. */
type Turn = 'more' | 'nothing' | 'given-up';

/** Brings one job whose worker has died to its end; nothing when another worker has done so. */
export async function endOrphan(parts: LaneWorkerParts, lane: string, id: string): Promise<void> {
	await withLane(parts, lane, async () => {
		const {job} = await claim(parts.store, queue => {
			return claimOrphan(queue, id, factsOf(parts, new Map()));
		});
		if (job) {
			await workJob(parts, job, true);
		}
	});
}

/** Does something with the lane's lock; nothing when `signal` ends the wait for it. */
async function withLane(
	{store, watcher, signal}: LaneWorkerParts,
	lane: string,
	task: () => Promise<void>,
): Promise<void> {
	const lock = lockFile(store, lane);
	await mkdir(path.dirname(lock), {recursive: true, mode: 0o700});
	let release: () => Promise<void>;
	try {
		const onWait = (holder: LockHolder) => watcher.onBusyLane?.(lane, holder);
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

function factsOf({store, lanesFor}: LaneWorkerParts, known: KnownRuns): WorkerFacts {
	return {...queueFacts(known), owner: store.owner, isAlive, lanesFor};
}

type KnownRuns = Awaited<ReturnType<typeof knownRuns>>;

/**
 * One job, or one wait for what keeps the lane.
 * @param answers its host has just answered
 */
async function takeTurn(parts: LaneWorkerParts, lane: string, answers = false): Promise<Turn> {
	const {store} = parts;
	const known = await knownRuns(store, await store.readQueue());
	const {job, again, restUntil, busy, silent} = await claim(store, queue =>
		claimNext(queue, lane, factsOf(parts, known), answers),
	);
	if (job) {
		await workJob(parts, job, again);
		return 'more';
	}

	if (silent) {
		return faceSilence(parts, lane, silent);
	}

	const until = restUntil ? Date.parse(restUntil) : busy ? Date.now() + busyPause : undefined;
	if (until === undefined) {
		return 'nothing';
	}

	await rest(parts, until);
	return 'more';
}

/** Leaves a host that did not answer alone until its time has come, and then asks it. */
async function faceSilence(
	parts: LaneWorkerParts,
	lane: string,
	{host, tries, until}: SilentHost,
): Promise<Turn> {
	const {store, launcher, retryPauses, once} = parts;
	if (Date.parse(until) > Date.now()) {
		if (once && tries > retryPauses.length) {
			return 'given-up';
		}

		await rest(parts, Date.parse(until));
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

	return takeTurn(parts, lane, true);
}

async function claim(store: Store, choose: (queue: Queue) => Claim): Promise<Claim> {
	let claimed: Claim | undefined;
	await store.changeQueue(queue => {
		claimed = choose(queue);
		return claimed.queue;
	});
	return claimed as Claim;
}

async function rest({store, signal}: LaneWorkerParts, until: number): Promise<void> {
	const bell = createBell();
	const unwatch = store.watch(what => (what === 'queue' ? bell.ring() : undefined));
	try {
		await bell.next(signal, until);
	} finally {
		unwatch();
	}
}

async function workJob(parts: LaneWorkerParts, job: Job, again: boolean): Promise<void> {
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

/** Aborted when anybody asks, through the store, for the end of a job. */
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
			// A store that cannot be read is told of where the job's end is written.
			() => undefined,
		);
	};

	const stop = store.watch(what => (what === 'queue' ? look() : undefined));
	look();
	return {signal: controller.signal, stop};
}

function startCommands(
	{watcher, env, onCommand}: LaneWorkerParts,
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
