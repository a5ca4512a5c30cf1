import type {FailedRun, FailureGroup} from '../../domain/failures/failure-groups.js';
import type {Job} from '../../domain/queue/job.js';
import type {SettingValue} from '../../domain/settings/settings.js';

export type RetryChange = {
	/** A host, a group of hosts, or `any`. @default that of each run */
	host?: string;
	/** Settings that differ from those of the runs; each run takes those that it has. */
	settings?: Readonly<Record<string, SettingValue>>;
};

export type FailureActions = {
	/**
	 * Failures that are still open, by reason: without ignored ones, and without those after which the same was started again.
	 * @param where a filter (docs/filter.md)
	 * @throws CosmosError (usage) for a filter that is wrong
	 */
	listFailures: (where?: string) => Promise<FailureGroup[]>;
	/**
	 * Adds a job for each of them to the queue, all or none, with the run's settings and what differs.
	 * @throws CosmosError (usage) as a launch does, and for a setting that none of the runs has
	 */
	retryRuns: (runs: readonly FailedRun[], change?: RetryChange) => Promise<Job[]>;
	/** Tags runs with `ignored`, which hides their failures; the tag can be removed. */
	ignoreRuns: (runs: readonly FailedRun[]) => Promise<void>;
};
