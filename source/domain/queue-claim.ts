import {
	hasEnded,
	isQueued,
	type Job,
	type JobPart,
	jobWithPart,
	laneKey,
	predecessorsOf,
	type Queue,
} from './job.js';
import type {Owner, RunStatus} from './types.js';

/** A run's status, or that there is no such run (any more). */
export type KnownStatus = RunStatus | 'gone';

/** What the queue itself does not say. */
export type QueueFacts = {
	/** ISO 8601. */
	now: string;
	/** The status of a run that a job depends on; undefined when it is not known. */
	statusOf: (runId: string) => KnownStatus | undefined;
};

export type WorkerFacts = QueueFacts & {
	/** This process. */
	owner: Owner;
	isAlive: (owner: Owner) => boolean;
};

/** Whether a waiting job can start; `lost` says why it never can as things are. */
export type Readiness =
	| {is: 'ready'}
	| {is: 'early'; for: string}
	| {is: 'resting'; until: string}
	| {is: 'lost'; reason: string};

export function readinessOf(queue: Queue, job: Job, facts: QueueFacts): Readiness {
	const states = predecessorsOf(job).map(id => ({id, state: stateOf(queue, id, facts)}));
	const lost = states.find(({state}) => state !== 'completed' && state !== 'open');
	if (lost) {
		return {is: 'lost', reason: lost.state};
	}

	const open = states.find(({state}) => state === 'open');
	if (open) {
		return {is: 'early', for: open.id};
	}

	return job.retry && job.retry.at > facts.now
		? {is: 'resting', until: job.retry.at}
		: {is: 'ready'};
}

/** `completed`, `open`, or why a job that needs it cannot start. */
export function stateOf(queue: Queue, id: string, facts: QueueFacts): string {
	if (id.startsWith('run_')) {
		return stateOfRun(id, facts);
	}

	const job = jobWithPart(queue, id);
	if (!job) {
		return `${id} is not in the queue any more`;
	}

	if (!hasEnded(job)) {
		return 'open';
	}

	const {runId} = job.parts.find(part => part.id === id) as JobPart;
	if (runId) {
		const state = stateOfRun(runId, facts);
		// The runs were looked at before the queue: what was open then may be done by now.
		return state === 'open' && job.status === 'done' ? 'completed' : state;
	}

	return job.status === 'failed' ? `${id} failed` : `${id} was cancelled`;
}

function stateOfRun(id: string, {statusOf}: QueueFacts): string {
	switch (statusOf(id)) {
		case 'completed':
			return 'completed';
		case 'failed':
			return `${id} failed`;
		case 'cancelled':
			return `${id} was cancelled`;
		case 'uncollected':
			return `the outputs of ${id} are not home: cosmos fetch ${id}`;
		case 'gone':
			return `there is no ${id} any more`;
		default:
			return 'open';
	}
}

/** The runs whose status decides whether jobs can start. */
export function runsInQuestion(queue: Queue): string[] {
	const ids = queue.jobs.filter(isQueued).flatMap(predecessorsOf);
	const runs = ids.map(id =>
		id.startsWith('run_') ? id : jobWithPart(queue, id)?.parts.find(part => part.id === id)?.runId,
	);
	return [...new Set(runs.filter(id => id !== undefined))];
}

export type Claim = {
	queue: Queue;
	/** The job that is ours now. */
	job?: Job;
	/** A living process works on the lane, although its lock is ours: a person has removed that. */
	busy?: boolean;
	/** It was claimed before: there may be runs of it. */
	again: boolean;
	/** When the lane goes on, if a connection error is all that keeps it. */
	restUntil?: string;
};

/**
 * Takes the next job of a lane: one whose worker has died, one that has started and is to end, or the
 * first in the line that can start.
 * After a connection error the lane waits with its job, because the next one would meet the same.
 * @param lane as `laneKey` makes it; its lock is the caller's
 */
export function claimNext(before: Queue, lane: string, facts: WorkerFacts): Claim {
	const queue = holdLost(before, facts);
	const here = queue.jobs.filter(job => laneKey(job) === lane);
	const working = here.filter(job => job.status === 'working');
	if (working.some(job => isWorkedOn(job, facts))) {
		return {queue, again: false, busy: true};
	}

	const left = working[0] ?? here.find(isToEnd);
	if (left) {
		return claim(queue, left, facts);
	}

	for (const job of queue.paused ? [] : here.filter(({status}) => status === 'waiting')) {
		const readiness = readinessOf(queue, job, facts);
		if (readiness.is === 'ready') {
			return claim(queue, job, facts);
		}

		if (readiness.is === 'resting') {
			return {queue, again: false, restUntil: readiness.until};
		}
	}

	return {queue, again: false};
}

/** It stands in the line again, but may have a run, and somebody has asked for its end. */
export function isToEnd(job: Job): boolean {
	return isQueued(job) && job.cancelRequestedAt !== undefined;
}

/** Takes one job whose worker has died, or that has none and is to end; none when it is not so. */
export function claimOrphan(queue: Queue, id: string, facts: WorkerFacts): Claim {
	const job = queue.jobs.find(candidate => candidate.id === id);
	const isOrphan = job && (isToEnd(job) || (job.status === 'working' && !isWorkedOn(job, facts)));
	return isOrphan ? claim(queue, job, facts) : {queue, again: false};
}

/** Whether another living process is at work on a job. */
function isWorkedOn(job: Job, {owner, isAlive}: WorkerFacts): boolean {
	return job.status === 'working' && !isSame(job.owner, owner) && isAlive(job.owner);
}

function isSame(one: Owner, other: Owner): boolean {
	return one.pid === other.pid && one.startTime === other.startTime && one.bootId === other.bootId;
}

/**
 * The lanes where a worker has something to do or to wait for: a job that can start, or one that
 * somebody works on who may die.
 */
export function lanesWithWork(queue: Queue, facts: QueueFacts): string[] {
	const wanting = queue.jobs.filter(job => {
		if (job.status === 'working' || isToEnd(job)) {
			return true;
		}

		const isOpen = job.status === 'waiting' && !queue.paused;
		return isOpen && readinessOf(queue, job, facts).is !== 'early';
	});
	return [...new Set(wanting.map(laneKey))];
}

function claim(queue: Queue, job: Job, {owner, now}: WorkerFacts): Claim {
	const {retry: _, reason: __, ...rest} = {reason: '', ...job};
	const claimed: Job = {...rest, status: 'working', owner, startedAt: job.startedAt ?? now};
	const {undo, ...others} = replaceJob(queue, claimed);
	const isMerged = undo?.merged.includes(job.id);
	return {
		queue: undo && !isMerged ? {...others, undo} : others,
		job: claimed,
		again: job.startedAt !== undefined,
	};
}

/** How the work on a job has come to an end, or why it stops for now. */
export type JobEnd =
	| {status: 'done' | 'cancelled'}
	| {status: 'failed'; problem: string}
	| {status: 'held'; reason: string}
	/** Back into the line. */
	| {status: 'waiting'; retry?: Job['retry']};

/** Ended jobs that stay to be seen. */
const mostEnded = 100;

/**
 * Records the end of this process's work on a job; those that needed it are held.
 * @param runIds the runs of its parts
 */
export function endJob(
	before: Queue,
	id: string,
	end: JobEnd,
	runIds: ReadonlyMap<string, string>,
	facts: QueueFacts & Pick<WorkerFacts, 'owner'>,
): Queue {
	const job = before.jobs.find(candidate => candidate.id === id);
	if (job?.status !== 'working' || !isSame(job.owner, facts.owner)) {
		return before;
	}

	const {owner: _, ...rest} = job;
	const parts = job.parts.map(part => {
		const runId = runIds.get(part.id);
		return runId ? {...part, runId} : part;
	});
	const ended = replaceJob(before, withEnd({...rest, parts}, end, facts.now));
	return withoutOldest(holdLost(ended, facts));
}

function withEnd(job: Omit<Job, 'status'>, end: JobEnd, now: string): Job {
	if (end.status === 'waiting') {
		// Nobody starts again what was to end.
		return job.cancelRequestedAt
			? {...job, status: 'cancelled', endedAt: now}
			: {
					...job,
					status: 'waiting',
					...(end.retry && {retry: end.retry, attempts: job.attempts + 1}),
				};
	}

	return end.status === 'held' ? {...job, ...end} : {...job, ...end, endedAt: now};
}

/** Holds the waiting jobs that cannot start any more as things are. */
function holdLost(queue: Queue, facts: QueueFacts): Queue {
	let changed = false;
	const jobs = queue.jobs.map((job): Job => {
		const readiness = job.status === 'waiting' ? readinessOf(queue, job, facts) : undefined;
		if (readiness?.is !== 'lost') {
			return job;
		}

		changed = true;
		return {...job, status: 'held', reason: readiness.reason};
	});
	return changed ? {...queue, jobs} : queue;
}

function withoutOldest(queue: Queue): Queue {
	const needed = new Set(queue.jobs.filter(isQueued).flatMap(predecessorsOf));
	const ended = queue.jobs
		.filter(job => hasEnded(job) && !job.parts.some(({id}) => needed.has(id)))
		.sort((a, b) => endOf(a).localeCompare(endOf(b)));
	const old = new Set(ended.slice(0, Math.max(0, ended.length - mostEnded)));
	return old.size === 0 ? queue : {...queue, jobs: queue.jobs.filter(job => !old.has(job))};
}

function endOf(job: Job): string {
	return 'endedAt' in job ? job.endedAt : '';
}

export function replaceJob(queue: Queue, job: Job): Queue {
	return {...queue, jobs: queue.jobs.map(other => (other.id === job.id ? job : other))};
}
