import type {Expected} from '../domain/expected-wait.js';
import type {Job, JobStatus, QueuedRequest, SilentHost} from '../domain/job.js';
import type {Place} from '../domain/queue-change.js';
import type {BatchingPlan} from '../domain/smart-batching.js';
import type {Owner} from '../domain/types.js';
import type {QueueWatcher} from '../queue/queue-watcher.js';

/** A container start to be put into the line. */
export type NewJob = {
	/** Several share the container, as those of `launchBatch` do. */
	requests: readonly QueuedRequest[];
	/** A run or a job's id: it has to be completed before. */
	after?: string;
	/**
	 * Program and arguments, started without a shell when a run has ended, once for each, with
	 * COSMOS_RUN, COSMOS_JOB and COSMOS_STATUS in its environment.
	 */
	onFinish?: readonly string[];
};

export type ShownJob = Expected & {
	job: Job;
	/** `interrupted`: its worker has died; the next one takes it up. */
	shown: JobStatus | 'interrupted';
	/** What it waits for, why it is held or has failed; may be empty. */
	note: string;
};

/** A slot of the configuration, or one where a job still is. */
export type ShownSlot = {
	host: string;
	lane: string;
	/** The id of the job that is at work there. */
	job?: string;
	/** The living process that works it off now. */
	owner?: Owner;
	/** The host did not answer the last time; nothing starts there meanwhile. */
	silent?: SilentHost;
};

export type QueueView = {
	/** Nothing new is started. */
	paused: boolean;
	/** Those at work, then the line in its order, then those that have ended, oldest first. */
	jobs: readonly ShownJob[];
	/** Those of all hosts, in the order of the configuration. */
	lanes: readonly ShownSlot[];
	/** The slots that a living process works off now. */
	workers: ReadonlyArray<{host: string; lane: string; owner: Owner}>;
	/** Jobs that `undo` would make single again. */
	undoable: number;
};

/** Everything that can be done with the queue. Ids are whole; `idOf` knows beginnings and `latest`. */
export type QueueDoor = {
	view: () => Promise<QueueView>;
	/** The whole id of a job, or of a part that a batch has taken in. */
	idOf: (reference: string) => Promise<string>;
	/**
	 * Puts jobs at the end of the line, all or none.
	 * @throws CosmosError (usage) as a launch does, and for a predecessor that has failed
	 */
	add: (jobs: readonly NewJob[]) => Promise<Job[]>;
	move: (id: string, place: Place) => Promise<void>;
	/** Keeps a job from starting until it is released. */
	hold: (id: string) => Promise<void>;
	release: (id: string) => Promise<void>;
	/** Takes a job out of the line, or ends its runs, whichever process works on it. */
	cancel: (id: string) => Promise<Job>;
	/** Start nothing new, in no process, until `resume`. */
	pause: () => Promise<void>;
	resume: () => Promise<void>;
	/** Takes all jobs out of the line; resolves with their number. */
	clear: () => Promise<number>;
	/** Forgets the jobs that have ended and that no other needs; resolves with their number. */
	forget: () => Promise<number>;
	/** What `optimise` would merge. Changes nothing. */
	plan: (options: {mixed: boolean; max?: number}) => Promise<BatchingPlan>;
	/** @throws CosmosError (usage) when the queue has changed since the plan was made */
	optimise: (plan: BatchingPlan) => Promise<void>;
	/** Parts the batches of the last `optimise` again; resolves with their number. */
	undo: () => Promise<number>;
};

export type QueueActions = {
	readonly queue: QueueDoor;
	/**
	 * Works the queue off: one job at a time on each slot, several slots at once. Any number of
	 * processes may; they keep out of each other's way.
	 * @param signal aborting it starts nothing new and resolves at once; what goes on is left to go on
	 * @param options.once resolves when nothing more can be started
	 * @throws CosmosError (home) when the store cannot be used
	 */
	runQueue: (
		watcher?: QueueWatcher,
		signal?: AbortSignal,
		options?: {once?: boolean},
	) => Promise<void>;
};
