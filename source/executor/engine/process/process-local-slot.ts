import {CosmosError} from '../../../domain/errors.js';
import {formatLocalTime} from '../../../domain/text-format.js';
import {acquireLock} from '../../../machine/file-lock.js';
import type {Job, RunJobOptions} from '../engine.js';
import type {JobRecords} from './job-records.js';
import {waitForJob} from './process-local-follow.js';

/**
 * Takes a slot for a job: the slot's lock, which a living `cosmos` holds as long as it watches its
 * job, and then the end of a job there that nobody watches. Returns a function to leave the slot.
 * @throws CosmosError (cancelled) when `signal` is aborted meanwhile, (host) when the run's job is
 * there already
 */
export async function takeSlot(
	records: JobRecords,
	job: Job,
	{onWait}: Pick<RunJobOptions, 'onWait'>,
	signal: AbortSignal,
): Promise<() => Promise<void>> {
	await records.prepare();
	const release = await acquireLock(records.lockOf(job.lane), {
		note: `${job.runId} of ${job.startedBy}`,
		signal,
		onWait: holder => onWait?.(`${holder.note} (since ${formatLocalTime(holder.since)})`),
	});
	try {
		for (;;) {
			const holder = (await records.living()).find(({lane}) => lane === job.lane);
			if (!holder) {
				return release;
			}

			const {runId, startedBy, since} = holder;
			if (runId === job.runId) {
				throw alreadyStartedError(runId);
			}

			onWait?.(`${runId} of ${startedBy} (since ${formatLocalTime(since)})`);
			await waitForJob(records, runId, 'over', signal);
			throwIfStopped(job, signal);
		}
	} catch (error) {
		await release();
		throw error;
	}
}

export function alreadyStartedError(runId: string): CosmosError {
	return new CosmosError('host', `${runId} was already started; cosmos never runs a job twice`);
}

function throwIfStopped(job: Job, signal: AbortSignal): void {
	if (signal.aborted) {
		throw new CosmosError('cancelled', `${job.runId} was stopped before it started`);
	}
}
