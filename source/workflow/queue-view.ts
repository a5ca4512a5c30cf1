import {laneKeysFor} from '../domain/host-choice.js';
import {
	hasEnded,
	isQueued,
	type Job,
	type LanesFor,
	laneKey,
	laneOfKey,
	lanesOfJob,
	type Queue,
} from '../domain/job.js';
import {type QueueFacts, readinessOf} from '../domain/queue-claim.js';
import {silentHost} from '../domain/silent-hosts.js';
import {localTime} from '../domain/text-format.js';
import {isAlive} from '../machine/process-identity.js';
import {laneHolder} from '../queue/lane-worker.js';
import {knownRuns, queueFacts} from '../queue/queue-facts.js';
import {retryPauses} from '../queue/queue-worker.js';
import type {Home} from './launch-check.js';
import {estimates} from './queue-estimates.js';
import type {QueueView, ShownJob, ShownLane} from './queue-types.js';

/** The queue as a person wants to see it. Changes nothing. */
export async function viewQueue(home: Home): Promise<QueueView> {
	const queue = await home.store.readQueue();
	const facts = queueFacts(await knownRuns(home.store, queue));
	const lanesFor = (target: string) => laneKeysFor(home.config.hosts, target);
	const expected = await estimates(home, queue);
	const show = (job: Job): ShownJob => ({
		job,
		shown: job.status === 'working' && !isAlive(job.owner) ? 'interrupted' : job.status,
		note: noteOf(queue, job, facts, lanesFor),
		...expected.get(job.id),
	});
	const {jobs, undo} = queue;
	const lanes = await shownLanes(home, queue);
	return {
		paused: queue.paused,
		jobs: [
			...jobs.filter(({status}) => status === 'working'),
			...jobs.filter(isQueued),
			...jobs.filter(hasEnded).sort((a, b) => endOf(a).localeCompare(endOf(b))),
		].map(show),
		lanes,
		workers: lanes.flatMap(({host, lane, owner}) => (owner ? [{host, lane, owner}] : [])),
		undoable: undo ? undo.before.length : 0,
	};
}

async function shownLanes({config, store}: Home, queue: Queue): Promise<ShownLane[]> {
	const placed = queue.jobs.filter(job => !hasEnded(job) && job.lane !== '').map(laneKey);
	const configured = config.hosts.flatMap(({name}) => laneKeysFor(config.hosts, name));
	const working = queue.jobs.filter(({status}) => status === 'working');
	return Promise.all(
		[...new Set([...configured, ...placed])].map(async (key): Promise<ShownLane> => {
			const place = laneOfKey(key);
			const holder = await laneHolder(store, key);
			const job = working.find(one => laneKey(one) === key);
			// A host with a job has answered since, or the job waits for it by itself.
			const isBusy = working.some(({host}) => host === place.host);
			const silent = isBusy ? undefined : silentHost(queue, place.host);
			return {
				...place,
				...(job && {job: job.id}),
				...(holder && {owner: holder.owner}),
				...(silent && {silent}),
			};
		}),
	);
}

function endOf(job: Job): string {
	return 'endedAt' in job ? job.endedAt : '';
}

function noteOf(queue: Queue, job: Job, facts: QueueFacts, lanesFor: LanesFor): string {
	switch (job.status) {
		case 'held':
			return job.reason;
		case 'failed':
			return job.problem;
		case 'working':
			return job.cancelRequestedAt ? 'is to end' : '';
		case 'waiting':
			return waitNote(queue, job, facts, lanesFor);
		default:
			return '';
	}
}

function waitNote(queue: Queue, job: Job, facts: QueueFacts, lanesFor: LanesFor): string {
	if (job.cancelRequestedAt) {
		return 'is to end';
	}

	const readiness = readinessOf(queue, job, facts);
	const of = job.attempts > retryPauses.length ? '' : ` of ${retryPauses.length}`;
	const tried = job.retry
		? `retry ${job.attempts}${of} at ${localTime(job.retry.at)}: ${job.retry.problem}`
		: '';
	const first =
		readiness.is === 'early'
			? `after ${readiness.for}`
			: readiness.is === 'lost'
				? readiness.reason
				: '';
	const refused = (job.refusals ?? []).map(({problem}) => problem);
	return [first, tried, ...new Set(refused), hostNote(queue, job, lanesFor)]
		.filter(Boolean)
		.join('; ');
}

/** What keeps a job that no host has yet from all of its hosts. */
function hostNote(queue: Queue, job: Job, lanesFor: LanesFor): string {
	if (job.lane !== '') {
		return '';
	}

	const lanes = lanesOfJob(job, lanesFor);
	if (lanes.length === 0) {
		return `no host or group "${job.host}" in the configuration`;
	}

	const silent = lanes.map(key => silentHost(queue, laneOfKey(key).host));
	return silent.every(one => one !== undefined)
		? [...new Set(silent.map(one => one?.problem))].join('; ')
		: '';
}
