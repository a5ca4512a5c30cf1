import {slotKeysFor} from '../../domain/hosts/host-choice.js';
import {
	hasEnded,
	isComputing,
	isQueued,
	type Job,
	parseSlotKey,
	type Queue,
	type ShownJobStatus,
	type SlotsFor,
	slotKey,
	slotsOfJob,
	stepOf,
} from '../../domain/queue/job.js';
import {type QueueFacts, readinessOf} from '../../domain/queue/queue-claim.js';
import {silentHost} from '../../domain/queue/silent-hosts.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import {formatLocalTime} from '../../domain/text-format.js';
import type {RunStatus} from '../../domain/types.js';
import {isAlive} from '../../machine/process-identity.js';
import {knownRuns, queueFacts} from '../../queue/queue-facts.js';
import {retryPauses} from '../../queue/queue-worker.js';
import {findSlotHolder} from '../../queue/slot-worker.js';
import type {Local} from '../launch/launch-parts.js';
import {estimateJobs} from './queue-estimates.js';
import type {QueueView, ShownJob, ShownSlot} from './queue-types.js';

/** Ended jobs that are shown. */
const mostEnded = 100;

/** The queue for display. Changes nothing. */
export async function viewQueue(
	local: Local,
	limit = 200,
	ids: readonly string[] = [],
): Promise<QueueView> {
	const queue = await local.store.readQueue({first: limit, ids, neighbours: true});
	const facts = queueFacts(await knownRuns(local.store, queue));
	const slotsFor = (target: string) => slotKeysFor(local.config.hosts, target);
	const expected = await estimateJobs(local, queue);
	const steps = await runSteps(local.store, queue);
	const show = (job: Job): ShownJob => ({
		job,
		shown: shownOf(job),
		note: [priorityNote(job), noteOf(queue, job, facts, slotsFor), ...(steps.get(job.id) ?? [])]
			.filter(Boolean)
			.join('; '),
		...expected.get(job.id),
	});
	const {jobs, undo} = queue;
	const slots = await shownSlots(local, queue);
	const wanted = new Set(ids);
	const queued = jobs.filter(isQueued);
	const ended = jobs.filter(hasEnded).sort((a, b) => endOf(a).localeCompare(endOf(b)));
	const rest = Object.values(queue.more ?? {}).reduce((sum, count) => sum + count, 0);
	const more = rest + Math.max(0, queued.length - limit);
	return {
		paused: queue.paused,
		jobs: [
			...jobs.filter(job => job.status === 'working' && !isQueued(job)),
			...queued.filter((job, index) => index < limit || wanted.has(job.id)),
			...ended.filter((job, index) => index >= ended.length - mostEnded || wanted.has(job.id)),
		].map(show),
		lanes: slots,
		workers: slots.flatMap(({host, lane, owner}) => (owner ? [{host, lane, owner}] : [])),
		...(more > 0 && {more}),
		undoable: undo ? undo.before.length : 0,
	};
}

function shownOf(job: Job): ShownJobStatus {
	if (job.status === 'working' && !isAlive(job.owner)) {
		return 'interrupted';
	}

	const step = stepOf(job);
	return step === undefined || step === 'computing' ? job.status : step;
}

/** The newest runs, among which those of jobs in progress are. */
const newestRuns = 100;

/** How far the runs of jobs are that do not have the GPU. */
async function runSteps(store: Local['store'], queue: Queue): Promise<Map<string, string[]>> {
	const steps = new Map<string, string[]>();
	const jobs = queue.jobs.filter(job => job.status === 'working' && !isComputing(job));
	const runs = jobs.length === 0 ? [] : await store.listRuns({limit: newestRuns});
	for (const job of jobs) {
		const run = runs.find(({run: {jobId}, shown}) => jobId === job.id && isUnfinished(shown))?.run;
		const words = run && stepWords[run.status];
		steps.set(job.id, words ? [run.waitingFor ? `${words}, for ${run.waitingFor}` : words] : []);
	}

	return steps;
}

const stepWords: Partial<Record<RunStatus, string>> = {
	uploading: 'uploads its inputs',
	starting: 'waits for the GPU',
	downloading: 'downloads its outputs',
};

async function shownSlots({config, store}: Local, queue: Queue): Promise<ShownSlot[]> {
	const placed = queue.jobs.filter(job => !hasEnded(job) && job.lane !== '').map(slotKey);
	const configured = config.hosts.flatMap(({name}) => slotKeysFor(config.hosts, name));
	const working = queue.jobs.filter(({status}) => status === 'working');
	return Promise.all(
		[...new Set([...configured, ...placed])].map(async (key): Promise<ShownSlot> => {
			const place = parseSlotKey(key);
			const holder = await findSlotHolder(store, key);
			const here = working.filter(one => slotKey(one) === key);
			const job = here.find(isComputing) ?? here[0];
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

function priorityNote(job: Job): string {
	const {priority = 'normal'} = job;
	return priority === 'normal' || hasEnded(job) ? '' : `${priority} priority`;
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
