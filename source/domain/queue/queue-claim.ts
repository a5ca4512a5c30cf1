import type {Owner, RunStatus} from '../types.js';
import {
	countRemainingHosts,
	findJobByPart,
	givenBack,
	hasEnded,
	isComputing,
	isQueued,
	type Job,
	type JobPart,
	parseSlotKey,
	predecessorsOf,
	type Queue,
	remainingSlots,
	type SilentHost,
	type SlotsFor,
	slotKey,
	slotsOfJob,
	stepOf,
} from './job.js';
import {lineOf, targetOf} from './queue-order.js';
import {isAhead, silentHost, withAnswer} from './silent-hosts.js';

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
	slotsFor: SlotsFor;
};

/** Whether a waiting job can start; `lost` says why it cannot as long as nothing changes. */
export type Readiness =
	| {is: 'ready'}
	| {is: 'early'; for: string}
	| {is: 'resting'; until: string}
	| {is: 'lost'; reason: string};

export function readinessOf(queue: Queue, job: Job, facts: QueueFacts): Readiness {
	const states = predecessorsOf(job).map(id => ({id, state: describeState(queue, id, facts)}));
	const lost = states.find(({state}) => state !== 'completed' && state !== 'open');
	if (lost) {
		return {is: 'lost', reason: lost.state};
	}

	const open = states.find(({state}) => state === 'open');
	if (open) {
		return {is: 'early', for: open.id};
	}

	return job.retry && isAhead(job.retry.at, facts.now)
		? {is: 'resting', until: job.retry.at}
		: {is: 'ready'};
}

/** `completed`, `open`, or why a job that needs it cannot start. */
export function describeState(queue: Queue, id: string, facts: QueueFacts): string {
	if (id.startsWith('run_')) {
		return stateOfRun(id, facts);
	}

	const job = findJobByPart(queue, id);
	if (!job) {
		return `${id} is no longer in the queue`;
	}

	if (!hasEnded(job)) {
		return 'open';
	}

	const {runId} = job.parts.find(part => part.id === id) as JobPart;
	if (runId) {
		const state = stateOfRun(runId, facts);
		// The runs were read before the queue: what was open then may be done by now.
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
			return `the outputs of ${id} are not downloaded yet: cosmos fetch ${id}`;
		case 'gone':
			return `${id} no longer exists`;
		default:
			return 'open';
	}
}

/** The runs whose status decides whether jobs can start. */
export function runsInQuestion(queue: Queue): string[] {
	const ids = queue.jobs.filter(isQueued).flatMap(predecessorsOf);
	const runs = ids.map(id =>
		id.startsWith('run_')
			? id
			: findJobByPart(queue, id)?.parts.find(part => part.id === id)?.runId,
	);
	return [...new Set(runs.filter(id => id !== undefined))];
}

export type Claim = {
	queue: Queue;
	/** The job that is ours now. */
	job?: Job;
	/** A living process works on the slot, although we hold its lock: somebody has removed that. */
	busy?: boolean;
	/** It was claimed before: there may be runs of it. */
	again: boolean;
	/** When the slot continues, if only a connection error blocks it. */
	restUntil?: string;
	/**
	 * What blocks a job that could also start elsewhere: the slot's host did not respond
	 * the last time. From `until` on it is to be asked, before it gets one.
	 */
	silent?: SilentHost;
	/** None of the jobs that were read can start there; one that comes after them might. */
	isPast?: boolean;
};

/** What a worker is doing on a slot. */
export type SlotFacts = WorkerFacts & {
	/** Ids of the jobs that this process works on there, or has given back and not ended yet. @default none */
	mine?: ReadonlySet<string>;
	/** Jobs that may be prepared before it is their turn. @default 1 */
	ahead?: number;
};

/**
 * Takes the next job of a slot: one whose worker has died, one that has started and is to end, or the
 * first in the queue that can start there, as long as few enough are prepared before it.
 * After a connection error the slot waits with its job, because the next one would meet the same.
 * @param slot as `slotKey` makes it; its lock is the caller's
 * @param answers its host has just been asked, and answers
 */
export function claimNext(before: Queue, slot: string, facts: SlotFacts, answers = false): Claim {
	const {mine = new Set(), ahead = 1} = facts;
	const queue = holdLost(before, facts);
	const here = queue.jobs.filter(job => slotsOfJob(job, facts.slotsFor).includes(slot));
	const working = here.filter(job => job.status === 'working');
	if (working.some(job => isWorkedOn(job, facts))) {
		return {queue, again: false, busy: true};
	}

	const left = here.find(job => !mine.has(job.id) && isLeft(queue, job));
	if (left) {
		return claim(queue, left, slot, facts);
	}

	const silent = answers ? undefined : silentHost(queue, parseSlotKey(slot).host);
	let kept = false;
	let isPast = !queue.paused;
	let prepared = 0;
	for (const job of queue.paused ? [] : here) {
		if (isPrepared(job)) {
			prepared++;
		}

		if (prepared >= ahead) {
			isPast = false;
			break;
		}

		if (job.status !== 'waiting' || mine.has(job.id)) {
			continue;
		}

		const readiness = readinessOf(queue, job, facts);
		if (readiness.is === 'resting') {
			return {queue, again: false, restUntil: readiness.until};
		}

		if (readiness.is !== 'ready' || (isBusy(queue, slot) && hasIdleSlot(queue, job, facts))) {
			continue;
		}

		if (!silent || countRemainingHosts(job, facts.slotsFor) <= 1) {
			const known = answers ? withAnswer(queue, parseSlotKey(slot).host) : queue;
			const claimed = claim(known, job, slot, facts);
			return {...claimed, queue: dropLastPrepared(claimed.queue, slot, ahead)};
		}

		kept = true;
	}

	const other = findElsewhere(queue, slot, facts);
	return other
		? claim(replaceJob(queue, givenBack(other)), givenBack(other), slot, facts)
		: {queue, again: false, ...(kept ? {silent} : isPast && {isPast})};
}

/** Whether jobs for a slot wait behind those that were read. */
export function hasMoreFor({more = {}}: Queue, slot: string, slotsFor: SlotsFor): boolean {
	return Object.keys(more).some(line => slotsFor(targetOf(line)).includes(slot));
}

/** Whether of each line that was not read whole a job was read that is not waiting for another. */
export function hasSeenEachLine(queue: Queue, facts: QueueFacts): boolean {
	const seen = new Set(
		queue.jobs
			.filter(job => job.status === 'waiting' && readinessOf(queue, job, facts).is !== 'early')
			.map(lineOf),
	);
	return Object.keys(queue.more ?? {}).every(line => seen.has(line));
}

/** Whether nobody is at work on a job that somebody has to work on. */
function isLeft(queue: Queue, job: Job): boolean {
	const step = stepOf(job);
	return (
		isToEnd(job) ||
		(step !== undefined && !(step === 'preparing' && queue.paused && !job.cancelRequestedAt))
	);
}

/** Whether a job has a slot, or is about to get it. */
function isBusy({jobs}: Queue, slot: string): boolean {
	return jobs.some(job => {
		const step = stepOf(job);
		return (step === 'preparing' || step === 'computing') && slotKey(job) === slot;
	});
}

/** Whether a job could start at once somewhere, so that nobody has to prepare it. */
export function hasIdleSlot(queue: Queue, job: Job, {slotsFor}: SlotFacts): boolean {
	return slotsOfJob(job, slotsFor).some(slot => !isBusy(queue, slot));
}

/** A job that another slot has prepared and that would wait there, while it could start here at once. */
function findElsewhere(
	queue: Queue,
	slot: string,
	{slotsFor}: Pick<SlotFacts, 'slotsFor'>,
): Job | undefined {
	if (queue.paused || isBusy(queue, slot) || silentHost(queue, parseSlotKey(slot).host)) {
		return undefined;
	}

	return queue.jobs.find(job => {
		const isPrepared =
			stepOf(job) === 'preparing' && !job.cancelRequestedAt && slotKey(job) !== slot;
		return (
			isPrepared &&
			job.target !== undefined &&
			remainingSlots(job, slotsFor).includes(slot) &&
			!isNext(queue, job)
		);
	});
}

/** Whether no other job has its slot, or is prepared for it before. */
function isNext({jobs}: Queue, job: Job): boolean {
	const same = jobs.filter(other => slotKey(other) === slotKey(job));
	return !same.some(isComputing) && same.find(isPrepared)?.id === job.id;
}

/** Whether it is prepared for its turn, and not to end. */
export function isPrepared(job: Job): boolean {
	return stepOf(job) === 'preparing' && job.cancelRequestedAt === undefined;
}

/** One that came before the others may leave one too many: the last of them waits again. */
function dropLastPrepared(queue: Queue, slot: string, ahead: number): Queue {
	const prepared = queue.jobs.filter(job => isPrepared(job) && slotKey(job) === slot);
	const last = prepared.length > ahead ? prepared.at(-1) : undefined;
	return last ? replaceJob(queue, givenBack(last)) : queue;
}

/** It is queued again, but may have a run, and its end was requested. */
export function isToEnd(job: Job): boolean {
	return job.status !== 'working' && isQueued(job) && job.cancelRequestedAt !== undefined;
}

/** Claims the job if its worker has died, or if it has none and is being cancelled. */
export function claimOrphan(queue: Queue, id: string, facts: WorkerFacts): Claim {
	const job = queue.jobs.find(candidate => candidate.id === id);
	const isOrphan = job && (isToEnd(job) || (job.status === 'working' && !isWorkedOn(job, facts)));
	return isOrphan ? claim(queue, job, slotKey(job), facts) : {queue, again: false};
}

/** Whether another living process is at work on a job. */
function isWorkedOn(job: Job, {owner, isAlive}: WorkerFacts): boolean {
	return job.status === 'working' && !isSame(job.owner, owner) && isAlive(job.owner);
}

/** Whether two are the same process. */
export function isSame(one: Owner, other: Owner): boolean {
	return one.pid === other.pid && one.startTime === other.startTime && one.bootId === other.bootId;
}

/**
 * The slots where a worker has something to do or to wait for: a job that can start, or one that
 * somebody works on who may die.
 */
export function slotsWithWork(
	queue: Queue,
	facts: QueueFacts & Pick<WorkerFacts, 'slotsFor'>,
): string[] {
	const wanting = queue.jobs.filter(job => {
		if (job.status === 'working' || isToEnd(job)) {
			return isLeft(queue, job);
		}

		const isOpen = job.status === 'waiting' && !queue.paused;
		return isOpen && readinessOf(queue, job, facts).is !== 'early';
	});
	const idle = queue.jobs
		.filter(isPrepared)
		.flatMap(job => remainingSlots(job, facts.slotsFor))
		.filter(slot => findElsewhere(queue, slot, facts));
	return [...new Set([...wanting.flatMap(job => slotsOfJob(job, facts.slotsFor)), ...idle])];
}

function claim(queue: Queue, job: Job, slot: string, {owner, now}: WorkerFacts): Claim {
	const {retry: _, reason: __, ...rest} = {reason: '', ...job};
	const claimed: Job = {
		...rest,
		...(job.lane === '' && {...parseSlotKey(slot), target: job.host}),
		status: 'working',
		owner,
		step: stepOf(job) ?? 'preparing',
		startedAt: job.startedAt ?? now,
	};
	const {undo, ...others} = replaceJob(queue, claimed);
	const isMerged = undo?.merged.includes(job.id);
	return {
		queue: undo && !isMerged ? {...others, undo} : others,
		job: claimed,
		again: job.startedAt !== undefined,
	};
}

/** Holds the waiting jobs that cannot start any more as things are. */
export function holdLost(queue: Queue, facts: QueueFacts): Queue {
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

export function replaceJob(queue: Queue, job: Job): Queue {
	return {...queue, jobs: queue.jobs.map(other => (other.id === job.id ? job : other))};
}
