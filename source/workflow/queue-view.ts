import {slotKeysFor} from '../domain/host-choice.js';
import {
	hasEnded,
	isQueued,
	type Job,
	parseSlotKey,
	type Queue,
	type SlotsFor,
	slotKey,
	slotsOfJob,
} from '../domain/job.js';
import {type QueueFacts, readinessOf} from '../domain/queue-claim.js';
import {silentHost} from '../domain/silent-hosts.js';
import {formatLocalTime} from '../domain/text-format.js';
import {isAlive} from '../machine/process-identity.js';
import {knownRuns, queueFacts} from '../queue/queue-facts.js';
import {retryPauses} from '../queue/queue-worker.js';
import {findSlotHolder} from '../queue/slot-worker.js';
import type {Local} from './launch-parts.js';
import {estimateJobs} from './queue-estimates.js';
import type {QueueView, ShownJob, ShownSlot} from './queue-types.js';

/** The queue for display. Changes nothing. */
export async function viewQueue(local: Local): Promise<QueueView> {
	const queue = await local.store.readQueue();
	const facts = queueFacts(await knownRuns(local.store, queue));
	const slotsFor = (target: string) => slotKeysFor(local.config.hosts, target);
	const expected = await estimateJobs(local, queue);
	const show = (job: Job): ShownJob => ({
		job,
		shown: job.status === 'working' && !isAlive(job.owner) ? 'interrupted' : job.status,
		note: noteOf(queue, job, facts, slotsFor),
		...expected.get(job.id),
	});
	const {jobs, undo} = queue;
	const slots = await shownSlots(local, queue);
	return {
		paused: queue.paused,
		jobs: [
			...jobs.filter(({status}) => status === 'working'),
			...jobs.filter(isQueued),
			...jobs.filter(hasEnded).sort((a, b) => endOf(a).localeCompare(endOf(b))),
		].map(show),
		lanes: slots,
		workers: slots.flatMap(({host, lane, owner}) => (owner ? [{host, lane, owner}] : [])),
		undoable: undo ? undo.before.length : 0,
	};
}

async function shownSlots({config, store}: Local, queue: Queue): Promise<ShownSlot[]> {
	const placed = queue.jobs.filter(job => !hasEnded(job) && job.lane !== '').map(slotKey);
	const configured = config.hosts.flatMap(({name}) => slotKeysFor(config.hosts, name));
	const working = queue.jobs.filter(({status}) => status === 'working');
	return Promise.all(
		[...new Set([...configured, ...placed])].map(async (key): Promise<ShownSlot> => {
			const place = parseSlotKey(key);
			const holder = await findSlotHolder(store, key);
			const job = working.find(one => slotKey(one) === key);
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

function noteOf(queue: Queue, job: Job, facts: QueueFacts, slotsFor: SlotsFor): string {
	switch (job.status) {
		case 'held':
			return job.reason;
		case 'failed':
			return job.problem;
		case 'working':
			return job.cancelRequestedAt ? 'is being cancelled' : '';
		case 'waiting':
			return waitNote(queue, job, facts, slotsFor);
		default:
			return '';
	}
}

function waitNote(queue: Queue, job: Job, facts: QueueFacts, slotsFor: SlotsFor): string {
	if (job.cancelRequestedAt) {
		return 'is being cancelled';
	}

	const readiness = readinessOf(queue, job, facts);
	const of = job.attempts > retryPauses.length ? '' : ` of ${retryPauses.length}`;
	const tried = job.retry
		? `retry ${job.attempts}${of} at ${formatLocalTime(job.retry.at)}: ${job.retry.problem}`
		: '';
	const first =
		readiness.is === 'early'
			? `after ${readiness.for}`
			: readiness.is === 'lost'
				? readiness.reason
				: '';
	const refused = (job.refusals ?? []).map(({problem}) => problem);
	return [first, tried, ...new Set(refused), hostNote(queue, job, slotsFor)]
		.filter(Boolean)
		.join('; ');
}

/** Why no host of a job can start it yet. */
function hostNote(queue: Queue, job: Job, slotsFor: SlotsFor): string {
	if (job.lane !== '') {
		return '';
	}

	const slots = slotsOfJob(job, slotsFor);
	if (slots.length === 0) {
		return `no host or group "${job.host}" in the configuration`;
	}

	const silent = slots.map(key => silentHost(queue, parseSlotKey(key).host));
	return silent.every(one => one !== undefined)
		? [...new Set(silent.map(one => one?.problem))].join('; ')
		: '';
}
