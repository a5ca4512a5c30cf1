import type {LiveJob, Priority} from '../../domain/types.js';

/** A job on a host, with what this machine knows of it if it is one of its own. */
export type HostJob = LiveJob & {dataset?: string; promptName?: string};

/** Jobs of this machine's queue that wait for a host, those of a dataset together. */
export type WaitingJobs = {
	/** `user@machine`. */
	owner: string;
	dataset?: string;
	priority: Priority;
	/** About how many. */
	count: number;
	/** When the one that has waited longest was added (ISO 8601). */
	since: string;
};
