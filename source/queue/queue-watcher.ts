import type {Job} from '../domain/job.js';
import type {RunWatcher} from '../executor/run-watcher.js';
import type {LockHolder} from '../machine/file-lock.js';

/** Whoever looks on while a queue is worked off. Nothing it does changes anything. */
export type QueueWatcher = {
	/** After every change of a job that this worker has made: it starts, ends, goes back. */
	onJob?: (job: Job) => void;
	/** What a job's runs tell; asked for once a job that starts. */
	watchRuns?: (job: Job) => RunWatcher;
	/** Another process works on a slot, and this one waits. */
	onBusySlot?: (slot: string, holder: LockHolder) => void;
	/** Something worth a line: a command after a job went wrong. */
	onNotice?: (text: string) => void;
};
