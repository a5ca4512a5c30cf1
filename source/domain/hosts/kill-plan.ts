import {leadOf} from '../runs/batch.js';
import {isUnfinished} from '../runs/run-status.js';
import type {LiveJob, ShownRun} from '../types.js';

export type KillRequest = {
	/** The host's name in the configuration. */
	host: string;
	/** Whether jobs of other people and other data folders are stopped too. */
	others: boolean;
};

/** What `kill-all` would stop on a host. */
export type KillPlan = {
	/** Unfinished runs of this data folder; each is cancelled. */
	runs: readonly ShownRun[];
	/** Jobs on the host that are stopped besides. */
	jobs: readonly LiveJob[];
	/** Jobs of others, which are left alone. */
	ofOthers: readonly LiveJob[];
};

/**
 * Decides what is stopped. A job is ours only if this data folder has started its run and the job
 * carries our owner mark; the beginning of a name proves nothing, and an imported run is someone else's.
 * @param live the jobs that are alive on the host
 * @param known every run of the data folder
 * @param owner our owner mark, `user@machine`
 */
export function planKill(
	live: readonly LiveJob[],
	known: readonly ShownRun[],
	{host, others}: KillRequest,
	owner: string,
): KillPlan {
	const own = known.filter(({run}) => run.imported === undefined);
	const ownJobs = new Set(own.map(({run}) => leadOf(run)));
	const ofOthers = others
		? []
		: live.filter(job => job.startedBy !== owner || !ownJobs.has(job.runId));
	const runs = own.filter(
		({run}) =>
			run.host === host &&
			isUnfinished(run.status) &&
			!ofOthers.some(job => job.runId === leadOf(run)),
	);
	const jobs = live.filter(
		job => !(ofOthers.includes(job) || runs.some(({run}) => leadOf(run) === job.runId)),
	);
	return {runs, jobs, ofOthers};
}
