import {CosmosError} from '../../../domain/errors.js';
import {sharesGpu} from '../../../domain/hosts/host.js';
import {formatLocalTime} from '../../../domain/text-format.js';
import {withLock} from '../../../machine/file-lock.js';
import type {Job, RunJobOptions} from '../engine.js';
import type {JobRecords} from './job-records.js';
import {waitForJob} from './process-local-follow.js';

/**
 * Starts a job once no other job of this host folder uses its GPUs. One lock makes looking and starting one
 * step; from then on the job's record is what others wait for. The lock of the slot's name is that of version 0.1,
 * which holds it as long as it watches a job.
 * @throws CosmosError (cancelled) when `signal` is aborted meanwhile, (host) when the run's job is
 * there already
 */
export async function startInSlot(
	records: JobRecords,
	job: Job,
	{onWait}: Pick<RunJobOptions, 'onWait'>,
	signal: AbortSignal,
	begin: () => Promise<void>,
): Promise<void> {
	await records.prepare();
	const note = `${job.runId} of ${job.startedBy}`;
	for (;;) {
		const holder = await withLock(
			records.oldLock(job.slot),
			{
				note,
				signal,
				onWait: holder => onWait?.(`${holder.note} (since ${formatLocalTime(holder.since)})`),
			},
			() =>
				withLock(records.startLock, {note, signal}, async () => {
					const living = await records.living();
					const found = living.find(({lane}) => sharesGpu(lane, job.slot));
					if (!found) {
						await begin();
					}

					return found;
				}),
		);
		if (!holder) {
			return;
		}

		const {runId, startedBy, since} = holder;
		if (runId === job.runId) {
			throw alreadyStartedError(runId);
		}

		onWait?.(`${runId} of ${startedBy} (since ${formatLocalTime(since)})`);
		await waitForJob(records, runId, 'over', signal);
		throwIfStopped(job, signal);
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
