import {CosmosError} from '../errors.js';
import type {Priority} from '../types.js';
import {
	findJobByPart,
	givenBack,
	hasEnded,
	isQueued,
	type Job,
	predecessorsOf,
	type Queue,
	sourceOf,
} from './job.js';
import {describeState, type QueueFacts, replaceJob} from './queue-claim.js';
import {inOrder, rankBetween, rankOf, urgencyOf} from './queue-order.js';

/** Where a job is moved in the queue. */
export type Place = {at: 'first' | 'last'} | {at: 'before' | 'after'; job: string};

/** The reason of a job that was held by hand. */
export const heldByHand = 'by hand';

/** Puts new jobs at the end of those of their priority. */
export function addJobs(queue: Queue, jobs: readonly Job[]): Queue {
	return {...queue, jobs: inOrder([...queue.jobs, ...jobs])};
}

/**
 * A job by the id of any of its parts.
 * @throws CosmosError (usage)
 */
export function jobIn(queue: Queue, id: string): Job {
	const job = findJobByPart(queue, id);
	if (!job) {
		throw new CosmosError('not-found', `no job "${id}"`, {
			hint: '`cosmos queue list` shows all jobs.',
		});
	}

	if (job.id !== id) {
		throw new CosmosError('usage', `${id} is now part of the batch ${job.id}`, {
			hint: `Use ${job.id}, or unmerge them with \`cosmos queue undo\`.`,
		});
	}

	return job;
}

/** @throws CosmosError (usage) for a job that is not queued */
function findQueuedJob(queue: Queue, id: string, what: string): Job {
	const job = jobIn(queue, id);
	if (!isQueued(job)) {
		throw new CosmosError('wrong-state', `${id} cannot be ${what}: it is ${job.status}`, {
			hint: hasEnded(job) ? 'Add it again.' : 'Only jobs that have not started can be changed.',
		});
	}

	return job;
}

/** Moves a job; next to one of another priority, or to the start of the line, it gets that priority. */
export function moveJob(queue: Queue, id: string, place: Place): Queue {
	const job = findQueuedJob(queue, id, 'moved');
	if ('job' in place && place.job === id) {
		throw new CosmosError('wrong-state', `${id} cannot be moved ${place.at} itself`);
	}

	const others = queue.jobs.filter(other => other !== job);
	const moved = {
		...job,
		...('job' in place ? besides(queue, others, place) : endOfLine(job, others, place.at)),
	};
	return {...queue, jobs: inOrder([...others, moved])};
}

type Standing = Pick<Job, 'priority' | 'rank'>;

function besides(queue: Queue, others: readonly Job[], place: {at: string; job: string}): Standing {
	const other = jobIn(queue, place.job);
	if (!isQueued(other) && (place.at === 'before' || hasEnded(other))) {
		throw new CosmosError('wrong-state', `jobs cannot be moved ${place.at} ${other.id}`, {
			hint: `It is ${other.status}. Use \`first\` for the start of the queue.`,
		});
	}

	const same = others.filter(one => urgencyOf(one) === urgencyOf(other)).map(rankOf);
	const index = same.indexOf(rankOf(other)) + (place.at === 'after' ? 1 : 0);
	return {priority: other.priority, rank: rankBetween(same[index - 1], same[index])};
}

function endOfLine(job: Job, others: readonly Job[], at: 'first' | 'last'): Standing {
	if (at === 'last') {
		const last = [job, ...others].map(rankOf).sort().at(-1);
		return {rank: rankBetween(last, undefined)};
	}

	const first = others.find(isQueued);
	if (!first) {
		return {};
	}

	const same = others.filter(one => urgencyOf(one) === urgencyOf(first)).map(rankOf);
	const index = same.indexOf(rankOf(first));
	return {priority: first.priority, rank: rankBetween(same[index - 1], same[index])};
}

/** Changes the priority of a job, and puts it behind those that have it and were added before. */
export function prioritiseJob(queue: Queue, id: string, priority: Priority): Queue {
	const {rank: _, ...job} = findQueuedJob(queue, id, 'moved');
	const others = queue.jobs.filter(other => other.id !== id);
	return {...queue, jobs: inOrder([...others, {...job, priority} as Job])};
}

export function holdJob(queue: Queue, id: string): Queue {
	const job = findQueuedJob(queue, id, 'held');
	if (job.status === 'held') {
		return queue;
	}

	const {retry: _, ...rest} = job.status === 'working' ? givenBack(job) : job;
	return replaceJob(queue, {...rest, status: 'held', reason: heldByHand} as Job);
}

/**
 * Releases a held job. A failed `--after` dependency is dropped; what
 * it cannot do without must not have.
 */
export function releaseJob(queue: Queue, id: string, facts: QueueFacts): Queue {
	const job = findQueuedJob(queue, id, 'released');
	if (job.status !== 'held') {
		return queue;
	}

	const isLost = (state: string) => state !== 'completed' && state !== 'open';
	const missing = job.parts
		.flatMap(sourceOf)
		.map(source => describeState(queue, source, facts))
		.find(isLost);
	if (missing !== undefined) {
		throw new CosmosError('wrong-state', `${id} cannot be released: ${missing}`, {
			hint: `It needs that video. \`cosmos queue cancel ${id}\` cancels it.`,
		});
	}

	// Whoever releases it may have fixed what its hosts lacked.
	const {after, reason: _, refusals: __, ...rest} = job;
	const keeps = after !== undefined && !isLost(describeState(queue, after, facts));
	return replaceJob(queue, {...rest, ...(keeps && {after}), status: 'waiting', attempts: 0});
}

/** Removes a job from the queue, or asks a worker to stop one that has started. */
export function cancelJob(queue: Queue, id: string, now: string): Queue {
	const job = jobIn(queue, id);
	if (hasEnded(job)) {
		throw new CosmosError('wrong-state', `${id} has already ended: it is ${job.status}`);
	}

	return job.cancelRequestedAt ? queue : replaceJob(queue, withoutTurn(job, now));
}

/**
 * Puts a cancelled job that had not started back into its place; at the end where it has been cleared.
 * What was held because it was gone waits again.
 * @param job as it was before
 * @throws CosmosError (wrong-state) for one that is not cancelled
 */
export function uncancelJob(queue: Queue, job: Job): Queue {
	const now = queue.jobs.find(({id}) => id === job.id);
	if (now && now.status !== 'cancelled') {
		throw new CosmosError('wrong-state', `${job.id} cannot be put back: it is ${now.status}`);
	}

	const own = job.parts.map(({id}) => id);
	const back = now ? replaceJob(queue, job) : addJobs(queue, [job]);
	return {
		...back,
		jobs: back.jobs.map((other): Job => {
			const isFreed =
				other.status === 'held' &&
				other.reason !== heldByHand &&
				predecessorsOf(other).some(id => own.includes(id));
			if (!isFreed) {
				return other;
			}

			const {reason: _, ...rest} = other;
			return {...rest, status: 'waiting'};
		}),
	};
}

/** Removes all waiting jobs; running ones continue. */
export function clearLine(queue: Queue, now: string): Queue {
	return {...queue, jobs: queue.jobs.map(job => (isQueued(job) ? withoutTurn(job, now) : job))};
}

/** One that has started, also one that waits again, may have a run that is to be ended. */
function withoutTurn(job: Job, now: string): Job {
	if (job.startedAt !== undefined) {
		return {...job, cancelRequestedAt: now};
	}

	const {retry: _, reason: __, ...rest} = {reason: '', ...job};
	return {...rest, status: 'cancelled', endedAt: now};
}
