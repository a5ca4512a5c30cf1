import type {Job} from '../domain/queue/job.js';
import type {RunWatcher} from '../executor/run-watcher.js';
import type {LockHolder} from '../machine/file-lock.js';

/** An observer of a running queue. It changes nothing. */
export type QueueWatcher = {
	/** After every change of a job by this worker: it starts, ends, returns to the queue. */
	onJob?: (job: Job) => void;
	/** The observer of a job's runs; requested once per job that starts. */
	watchRuns?: (job: Job) => RunWatcher;
	/** Another process works on a slot, and this one waits. */
	onBusySlot?: (slot: string, holder: LockHolder) => void;
	/** A message: a command after a job failed. */
	onNotice?: (text: string) => void;
};
