import {CosmosError, messageOf} from '../domain/errors.js';
import {
	countRemainingHosts,
	findJobByPart,
	type Job,
	type JobPart,
	type Queue,
	remainingSlots,
	type SlotsFor,
	slotKey,
	sourceOf,
} from '../domain/queue/job.js';
import type {JobEnd} from '../domain/queue/queue-end.js';
import {hasEverStarted, isUnfinished} from '../domain/runs/run-status.js';
import type {LaunchRequest} from '../domain/settings/launch-request.js';
import type {Run} from '../domain/types.js';
import type {Place} from '../executor/place.js';
import type {RunWatcher} from '../executor/run-watcher.js';
import {createBell} from '../machine/bell.js';
import type {Store} from '../store/store.js';
import type {JobLauncher} from './job-launcher.js';

export type JobWorkParts = {
	store: Store;
	launcher: JobLauncher;
	/** Milliseconds before each retry after a connection error; one retry per entry. */
	retryPauses: readonly number[];
	/** The slots of a host, a group of hosts or `any`, as the configuration has them. */
	slotsFor: SlotsFor;
	/** A host that does not respond after all pauses is given up. @default false: retried endlessly */
	once?: boolean;
};

export type JobResult = {end: JobEnd; runs: readonly Run[]};

/** Milliseconds between two checks whether another run's owner is still alive. */
const ownerLookInterval = 2000;

/**
 * Runs a job that this process has claimed, from its start or from where a dead worker left it.
 * Never starts twice: it first looks for runs of the job that may have started.
 * @param again it has been claimed before
 * @throws CosmosError (home) when the store cannot be used
 */
export async function doJob(
	parts: JobWorkParts,
	job: Job,
	{again, ...work}: {again: boolean} & Attending,
): Promise<JobResult> {
	const {signal, place, watcher} = work;
	let isRecorded = again;
	const noting: RunWatcher = {
		...watcher,
		onChange(run) {
			isRecorded = true;
			watcher.onChange?.(run);
		},
	};
	try {
		// Whatever the queue's document says: an existing run is not started again.
		const found = await runsOf(parts.store, job, again);
		isRecorded ||= found.length > 0;
		const ends: Run[] = [];
		for (const run of found) {
			const end = await awaitEnd(parts, job, run, work);
			ends.push(...(end ? [end] : []));
		}

		if (ends.length > 0) {
			return {end: endOf(job, ends), runs: ends};
		}

		const sources = job.parts.flatMap(sourceOf);
		const queue = await parts.store.readQueue({ids: sources});
		if (signal.aborted || place.withdrawn.aborted || (again && queue.paused)) {
			return {end: {status: signal.aborted ? 'cancelled' : 'waiting'}, runs: []};
		}

		const requests = job.parts.map(part => requestOf(queue, part, job));
		// A run that was resumed may wait there for the GPU by the word of a dead worker: it stays.
		const hasOtherHosts = countRemainingHosts(job, parts.slotsFor) > 1;
		const itsPlace = {...place, hasOtherHosts};
		const runs = await parts.launcher.launch(requests, noting, signal, itsPlace);
		return runs.some(({jobId}) => jobId === undefined)
			? {end: {status: 'waiting'}, runs: []}
			: {end: endOf(job, runs), runs};
	} catch (error) {
		return afterError(parts, {job, isRecorded}, error, signal);
	}
}

/** What comes with the work on a job. */
type Attending = {watcher: RunWatcher; signal: AbortSignal; place: Place};

/**
 * The runs that a job has become, in the order of its parts.
 * @param mayBe there may be some, also such as seem older than the job's start, after a clock was set back: all are looked at
 */
async function runsOf(store: Store, job: Job, mayBe: boolean): Promise<Run[]> {
	const jobIds = job.parts.map(({id}) => id);
	const recent = await store.listRuns({jobIds, since: job.startedAt});
	const found = recent.length > 0 || !mayBe ? recent : await store.listRuns({jobIds});
	return found
		.map(({run}) => run)
		.sort((a, b) => jobIds.indexOf(a.jobId ?? '') - jobIds.indexOf(b.jobId ?? ''));
}

/** The launch request of a part, now that the job has its slot and its source has a run. */
function requestOf(
	queue: Queue,
	{id, request}: JobPart,
	{host, lane, priority}: Job,
): LaunchRequest {
	const here = {on: {host, lane}, jobId: id, ...(priority && {priority})};
	if (!('ofJob' in request)) {
		return {...request, ...here};
	}

	const {ofJob, ...rest} = request;
	const runId = findJobByPart(queue, ofJob)?.parts.find(part => part.id === ofJob)?.runId;
	if (runId === undefined) {
		throw new CosmosError('wrong-state', `${ofJob} produced no run to upscale`);
	}

	return {...rest, ...here, runId};
}

/**
 * Resumes a run, or waits for the process that has done so; resolves with its final state. Undefined for a run that
 * gave its job back: also one on another slot, where it was prepared and has not started.
 */
async function awaitEnd(
	{store, launcher}: JobWorkParts,
	job: Job,
	{id, host, lane}: Run,
	{watcher, signal, place}: Attending,
): Promise<Run | undefined> {
	const bell = createBell();
	const unwatch = store.watch(what => (what === 'runs' ? bell.ring() : undefined));
	const isElsewhere = slotKey({host, lane}) !== slotKey(job);
	let mayWake = signal;
	try {
		for (;;) {
			const run = (await store.getRun(id))?.run;
			if (!run?.jobId || !isUnfinished(run.status)) {
				return run?.jobId ? run : undefined;
			}

			try {
				if (isElsewhere && !hasEverStarted(run)) {
					await launcher.withdraw(id);
					continue;
				}

				const ended = await launcher.recover(id, watcher, signal, place);
				return ended.jobId ? ended : undefined;
			} catch (error) {
				if (!(error instanceof CosmosError && error.kind === 'usage')) {
					throw error;
				}
			}

			if (mayWake.aborted) {
				await store.updateRun(id, stored => ({
					...stored,
					cancelRequestedAt: stored.cancelRequestedAt ?? new Date().toISOString(),
				}));
				mayWake = new AbortController().signal;
			}

			// An owner that is killed changes no file; only the process list shows it.
			await bell.next(mayWake, Date.now() + ownerLookInterval);
		}
	} finally {
		unwatch();
	}
}

function endOf({parts}: Job, runs: readonly Run[]): JobEnd {
	const failed = runs.filter(run => run.status === 'failed' || run.status === 'uncollected');
	const [first] = failed;
	if (first) {
		const what = `${first.id}: ${first.failure.message}`;
		const problem = parts.length === 1 ? what : `${failed.length} of ${parts.length}: ${what}`;
		return {status: 'failed', problem};
	}

	return {status: runs.every(({status}) => status === 'completed') ? 'done' : 'cancelled'};
}

/**
 * What happens to a job after an error. Before it has a run it may go to another slot, if it names
 * more than one. After a connection error it is retried: a few times, and endlessly once its
 * container has started. Otherwise it may still be running: the job is held, and a release resumes it.
 */
async function afterError(
	{store, retryPauses, slotsFor, once}: JobWorkParts,
	{job, isRecorded}: {job: Job; isRecorded: boolean},
	error: unknown,
	signal: AbortSignal,
): Promise<JobResult> {
	const {kind} = error instanceof CosmosError ? error : {kind: 'internal'};
	if (kind === 'home') {
		throw error;
	}

	const runs = await runsOf(store, job, isRecorded);
	const problem = messageOf(error);
	if (runs.length > 0 && runs.every(({status}) => !isUnfinished(status))) {
		return {end: endOf(job, runs), runs};
	}

	if (kind === 'cancelled' && signal.aborted) {
		return {end: {status: 'cancelled'}, runs};
	}

	const isSilent = kind === 'connection' && countRemainingHosts(job, slotsFor) > 1;
	// With the last of several slots the problems of all are reported.
	const isRefused =
		kind === 'host' && (remainingSlots(job, slotsFor).length > 1 || job.refusals !== undefined);
	if (runs.length === 0 && (isSilent || isRefused)) {
		return {end: {status: 'elsewhere', problem, isSilent}, runs};
	}

	const hasBegun = runs.some(({status}) => status === 'running' || status === 'downloading');
	// A started job is never given up, except by a worker that runs only once.
	const isKept = hasBegun && !once && !signal.aborted;
	const pause = retryPauses[job.attempts] ?? (isKept ? retryPauses.at(-1) : undefined);
	if (kind === 'connection' && (!hasBegun || !signal.aborted) && pause !== undefined) {
		const at = new Date(Date.now() + pause).toISOString();
		const retry = {problem, at, ...(hasBegun && {begun: true as const})};
		return {end: {status: 'waiting', retry, hasBegun}, runs};
	}

	const [left] = runs;
	return left
		? {
				end: {status: 'held', reason: `${left.id} may still be running on ${job.host}: ${problem}`},
				runs,
			}
		: {end: {status: 'failed', problem}, runs};
}
