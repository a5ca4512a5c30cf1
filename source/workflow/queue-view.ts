import {hasEnded, isQueued, type Job, laneKey, type Queue} from '../domain/job.js';
import {type QueueFacts, readinessOf} from '../domain/queue-claim.js';
import {localTime} from '../domain/text-format.js';
import {isAlive} from '../machine/process-identity.js';
import {laneHolder} from '../queue/lane-worker.js';
import {knownRuns, queueFacts} from '../queue/queue-facts.js';
import {retryPauses} from '../queue/queue-worker.js';
import type {Home} from './launch-check.js';
import {estimates} from './queue-estimates.js';
import type {QueueView, ShownJob} from './queue-types.js';

/** The queue as a person wants to see it. Changes nothing. */
export async function viewQueue(home: Home): Promise<QueueView> {
	const queue = await home.store.readQueue();
	const facts = queueFacts(await knownRuns(home.store, queue));
	const expected = await estimates(home, queue);
	const show = (job: Job): ShownJob => ({
		job,
		shown: job.status === 'working' && !isAlive(job.owner) ? 'interrupted' : job.status,
		note: noteOf(queue, job, facts),
		...expected.get(job.id),
	});
	const {jobs, undo} = queue;
	return {
		paused: queue.paused,
		jobs: [
			...jobs.filter(({status}) => status === 'working'),
			...jobs.filter(isQueued),
			...jobs.filter(hasEnded).sort((a, b) => endOf(a).localeCompare(endOf(b))),
		].map(show),
		workers: await workersOf(home, queue),
		undoable: undo ? undo.before.length : 0,
	};
}

async function workersOf({store}: Home, {jobs}: Queue): Promise<QueueView['workers']> {
	const lanes = new Map(jobs.filter(job => !hasEnded(job)).map(job => [laneKey(job), job]));
	const workers = [];
	for (const [key, {host, lane}] of lanes) {
		const holder = await laneHolder(store, key);
		if (holder) {
			workers.push({host, lane, owner: holder.owner});
		}
	}

	return workers;
}

function endOf(job: Job): string {
	return 'endedAt' in job ? job.endedAt : '';
}

function noteOf(queue: Queue, job: Job, facts: QueueFacts): string {
	switch (job.status) {
		case 'held':
			return job.reason;
		case 'failed':
			return job.problem;
		case 'working':
			return job.cancelRequestedAt ? 'is to end' : '';
		case 'waiting':
			return waitNote(queue, job, facts);
		default:
			return '';
	}
}

function waitNote(queue: Queue, job: Job, facts: QueueFacts): string {
	if (job.cancelRequestedAt) {
		return 'is to end';
	}

	const readiness = readinessOf(queue, job, facts);
	const tried = job.retry
		? `retry ${job.attempts} of ${retryPauses.length} at ${localTime(job.retry.at)}: ${job.retry.problem}`
		: '';
	const first =
		readiness.is === 'early'
			? `after ${readiness.for}`
			: readiness.is === 'lost'
				? readiness.reason
				: '';
	return [first, tried].filter(Boolean).join('; ');
}
