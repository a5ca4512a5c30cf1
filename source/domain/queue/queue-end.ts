import {type Job, type Queue, remainingSlots, type SlotsFor, slotKey, withoutSlot} from './job.js';
import {holdLost, isSame, type QueueFacts, replaceJob, type WorkerFacts} from './queue-claim.js';
import {withAnswer, withSilence} from './silent-hosts.js';

/** How the work on a job has ended, or why it pauses. */
export type JobEnd =
	| {status: 'done' | 'cancelled'}
	| {status: 'failed'; problem: string}
	| {status: 'held'; reason: string}
	/** Back into the queue; if the job has begun, its container may keep running. */
	| {status: 'waiting'; retry?: Job['retry']; hasBegun?: boolean}
	/** Back into the queue, for another slot: this one cannot run it, or its host does not respond. */
	| {status: 'elsewhere'; problem: string; isSilent: boolean};

export type EndFacts = QueueFacts &
	Pick<WorkerFacts, 'owner' | 'slotsFor'> & {
		/** Where it was worked on, as `slotKey` makes it. @default wherever it is */
		slot?: string;
		/** Milliseconds until a host that does not respond is asked again, each time. */
		pauses: readonly number[];
	};

/**
 * Records the end of this process's work on a job; those that needed it are held. Somebody else may have it by now.
 * @param runIds the runs of its parts; a job that has one stays on its slot
 */
export function endJob(
	before: Queue,
	id: string,
	end: JobEnd,
	runIds: ReadonlyMap<string, string>,
	facts: EndFacts,
): Queue {
	const job = before.jobs.find(candidate => candidate.id === id);
	if (
		job?.status !== 'working' ||
		!isSame(job.owner, facts.owner) ||
		(facts.slot ?? slotKey(job)) !== slotKey(job)
	) {
		return before;
	}

	const {owner: _, step: __, since: ___, ...rest} = job;
	const parts = job.parts.map(part => {
		const runId = runIds.get(part.id);
		return runId ? {...part, runId} : part;
	});
	const hasRun = runIds.size > 0;
	const ended = replaceJob(before, withEnd({...rest, parts}, end, hasRun, facts));
	const closed = hasRun
		? withAnswer(ended, job.host)
		: end.status === 'elsewhere' && end.isSilent
			? withSilence(ended, {host: job.host, problem: end.problem}, facts.now, facts.pauses)
			: ended;
	return holdLost(closed, facts);
}

type Ending = Omit<Job, 'status'>;

function withEnd(job: Ending, end: JobEnd, hasRun: boolean, {now, slotsFor}: EndFacts): Job {
	switch (end.status) {
		case 'held':
			return {...job, ...end};
		case 'waiting':
		case 'elsewhere':
			// A job that was cancelled meanwhile does not start again.
			if (job.cancelRequestedAt && !(end.status === 'waiting' && end.hasBegun)) {
				return {...job, status: 'cancelled', endedAt: now};
			}

			return end.status === 'elsewhere'
				? moveElsewhere(job, end, now, slotsFor)
				: {
						...(hasRun ? job : withoutSlot(job)),
						status: 'waiting',
						...(end.retry && {retry: end.retry, attempts: job.attempts + 1}),
					};
		default:
			return {...job, ...end, endedAt: now};
	}
}

function moveElsewhere(
	job: Ending,
	{problem, isSilent}: Extract<JobEnd, {status: 'elsewhere'}>,
	now: string,
	slotsFor: SlotsFor,
): Job {
	if (isSilent) {
		return {...withoutSlot(job), status: 'waiting'};
	}

	const {host, lane} = job;
	const refusals = [...(job.refusals ?? []), {host, lane, problem}];
	const problems = [...new Set(refusals.map(refusal => refusal.problem))].join('; ');
	return remainingSlots({...job, refusals}, slotsFor).length > 0
		? {...withoutSlot({...job, refusals}), status: 'waiting'}
		: {...job, refusals, status: 'failed', endedAt: now, problem: problems};
}
