import {
	countRemainingHosts,
	isComputing,
	type Job,
	parseSlotKey,
	type Queue,
	slotKey,
	slotsOfJob,
	stepOf,
} from './job.js';
import {
	hasIdleSlot,
	isPrepared,
	isSame,
	readinessOf,
	replaceJob,
	type SlotFacts,
} from './queue-claim.js';
import {silentHost} from './silent-hosts.js';

/** What a worker hands over on its slot: as `Handover` of the executor. */
export type SlotChange = {left: readonly string[]; next?: string; isRunning?: boolean};

/**
 * Records that jobs have given their slot back, and lets the next one have it.
 * @returns the queue, and whether the next one has the slot: not in a pause, nor while one that comes before it can
 * start there
 */
export function handOver(
	before: Queue,
	slot: string,
	{left, next, isRunning = false}: SlotChange,
	facts: SlotFacts,
): {queue: Queue; isAccepted: boolean} {
	const isOurs = (job: Job) =>
		job.status === 'working' && isSame(job.owner, facts.owner) && slotKey(job) === slot;
	const jobs = before.jobs.map((job): Job => {
		const isOver = left.includes(job.id) && isOurs(job) && job.status === 'working';
		return isOver ? {...job, step: 'collecting'} : job;
	});
	const queue = left.length === 0 ? before : {...before, jobs};
	const job = queue.jobs.find(({id}) => id === next);
	if (job?.status !== 'working' || !isOurs(job)) {
		return {queue, isAccepted: false};
	}

	const step = stepOf(job);
	if (isRunning && step === 'collecting') {
		// It had exited; only the rest of its output is read.
		return {queue, isAccepted: true};
	}

	const mustWait = queue.paused || job.cancelRequestedAt || findEarlier(queue, job, slot, facts);
	// What is left of a job that has started keeps its turn.
	return step === 'preparing' && !isRunning && mustWait
		? {queue, isAccepted: false}
		: {queue: replaceJob(queue, {...job, step: 'computing', since: facts.now}), isAccepted: true};
}

/** A job that has the slot, although nobody is at work on it, or that comes before another one and could start there. */
function findEarlier(queue: Queue, job: Job, slot: string, facts: SlotFacts): Job | undefined {
	const silent = silentHost(queue, parseSlotKey(slot).host);
	const place = queue.jobs.indexOf(job);
	return queue.jobs.find((other, index) => {
		const isHere = slotKey(other) === slot;
		if (other.status !== 'waiting') {
			return (
				isHere && other !== job && (isComputing(other) || (index < place && isPrepared(other)))
			);
		}

		if (isHere && other.retry?.begun) {
			return true;
		}

		return (
			index < place &&
			slotsOfJob(other, facts.slotsFor).includes(slot) &&
			!(silent && countRemainingHosts(other, facts.slotsFor) > 1) &&
			!hasIdleSlot(queue, other, facts) &&
			readinessOf(queue, other, facts).is === 'ready'
		);
	});
}
