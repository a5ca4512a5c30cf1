import type {Expected} from '../../domain/queue/expected-wait.js';
import type {Job, QueuedRequest, ShownJobStatus, SilentHost} from '../../domain/queue/job.js';
import type {Place} from '../../domain/queue/queue-change.js';
import type {BatchingPlan} from '../../domain/queue/smart-batching.js';
import type {Owner, Priority} from '../../domain/types.js';
import type {QueueWatcher} from '../../queue/queue-watcher.js';

/** A container start to be queued. */
export type NewJob = {
	/** Several share the container, as those of `launchBatch` do. */
	requests: readonly QueuedRequest[];
	/** A run or a job's id: it has to be completed before. */
	after?: string;
	/** @default normal */
	priority?: Priority;
	/**
	 * Program and arguments, started without a shell when a run has ended, once for each, with
	 * COSMOS_RUN, COSMOS_JOB and COSMOS_STATUS in its environment.
	 */
	onFinish?: readonly string[];
};

export type ShownJob = Expected & {
	job: Job;
	/**
	 * `preparing`: its inputs are uploaded, or it waits for the GPU; `working`: it has the GPU; `collecting`: its
	 * outputs are downloaded. `interrupted`: its worker has died; the next one resumes it.
	 */
	shown: ShownJobStatus;
	/** What it waits for, why it is held or has failed; may be empty. */
	note: string;
};

/** A slot of the configuration, or one where a job still is. */
export type ShownSlot = {
	host: string;
	lane: string;
	/** The id of the job that is running there. */
	job?: string;
	/** The process that is running it now. */
	owner?: Owner;
	/** The host did not answer the last time; nothing starts there meanwhile. */
	silent?: SilentHost;
};

export type QueueView = {
	/** Nothing new is started. */
	paused: boolean;
	/** Running jobs, then the queue in order, then the jobs that ended last, oldest first. */
	jobs: readonly ShownJob[];
	/** Those of all hosts, in the order of the configuration. */
	lanes: readonly ShownSlot[];
	/** The slots that a living process is running now. */
	workers: ReadonlyArray<{host: string; lane: string; owner: Owner}>;
	/** About how many more jobs wait behind those that are shown. @default none */
	more?: number;
	/** Jobs that `undo` would unmerge. */
	undoable: number;
};

/** Everything that can be done with the queue. Ids are complete; `idOf` resolves prefixes and `latest`. */
export type QueueDoor = {
	/**
	 * @param limit how many waiting jobs are shown. @default 200
	 * @param ids jobs that are shown too
	 */
	view: (limit?: number, ids?: readonly string[]) => Promise<QueueView>;
	/** The complete id of a job, or of a part of a batch. */
	idOf: (reference: string) => Promise<string>;
	/** The ids of the jobs that have not ended and that match, oldest first; reads every job. */
	openIds: (matches: (job: Job) => boolean) => Promise<string[]>;
	/**
	 * Puts jobs at the end of the queue, all or none.
	 * @throws CosmosError (usage) as a launch does, and for a predecessor that has failed
	 */
	add: (jobs: readonly NewJob[]) => Promise<Job[]>;
	move: (id: string, place: Place) => Promise<void>;
	/** Changes the priority of a job that has not started. */
	prioritise: (id: string, priority: Priority) => Promise<void>;
	/** Keeps a job from starting until it is released. */
	hold: (id: string) => Promise<void>;
	release: (id: string) => Promise<void>;
	/** Removes a job from the queue, or stops its runs, whichever process runs it. */
	cancel: (id: string) => Promise<Job>;
	/**
	 * Takes back the cancellation of a job that had not started.
	 * @param before the job as it was
	 * @throws CosmosError (wrong-state) for one that is not cancelled any more
	 */
	uncancel: (before: Job) => Promise<void>;
	/** Keeps every process from starting a job until `resume`. */
	pause: () => Promise<void>;
	resume: () => Promise<void>;
	/** Removes all jobs from the queue; resolves with their number. */
	clear: () => Promise<number>;
	/** Removes the ended jobs that no other needs; resolves with their number. */
	forget: () => Promise<number>;
	/** What `optimise` would merge. Changes nothing. */
	plan: (options: {mixed: boolean; max?: number}) => Promise<BatchingPlan>;
	/** @throws CosmosError (usage) when the queue has changed since the plan was made */
	optimise: (plan: BatchingPlan) => Promise<void>;
	/** Unmerges the batches of the last `optimise`; resolves with their number. */
	undo: () => Promise<number>;
};

export type QueueActions = {
	readonly queue: QueueDoor;
	/**
	 * Runs the queue: one job at a time on each slot, several slots at once. Any number of
	 * processes may do so; they coordinate through the store.
	 * @param signal aborting it starts nothing new and resolves at once; running jobs keep running
	 * @param options.once resolves when nothing more can be started
	 * @param options.enough aborting it starts nothing new and resolves when what runs has ended
	 * @throws CosmosError (home) when the store cannot be used
	 */
	runQueue: (
		watcher?: QueueWatcher,
		signal?: AbortSignal,
		options?: {once?: boolean; enough?: AbortSignal},
	) => Promise<void>;
};
