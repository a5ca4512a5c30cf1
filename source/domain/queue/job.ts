import type {LaunchRequest, RequestOf} from '../settings/launch-request.js';
import type {Owner, Priority} from '../types.js';

/** An upscale of the future result of another job. */
export type UpscaleOfJob = Pick<
	RequestOf<'upscale'>,
	'operation' | 'settings' | 'text' | 'host' | 'dataset' | 'sweep' | 'priority'
> & {
	ofJob: string;
};

/** What a part of a job launches. */
export type QueuedRequest = LaunchRequest | UpscaleOfJob;

/** One request of a job; it becomes one run. */
export type JobPart = {
	/** The id of the job that it was added as: merged jobs can be distinguished, and unmerged. */
	id: string;
	/** The prompt's name, or that of the video: for people. */
	name: string;
	request: QueuedRequest;
	/** Program and arguments that are started when the run has ended, without a shell. */
	onFinish?: string[];
	/** The run that it became, once the job has ended. */
	runId?: string;
};

type JobCommon = {
	/** `job_` and twelve characters that sort by time; the id of its first part. */
	id: string;
	/** At least one. Several share a container that loads its model once. */
	parts: JobPart[];
	/** Where it runs. Before it has a slot: its target, a host, a group or `any`. */
	host: string;
	/** The GPU set on the host that one job at a time may use; empty while any free one is accepted. */
	lane: string;
	/** What `host` was before it had a slot; it is restored if the job could not start. */
	target?: string;
	/** Slots that cannot run it, and why: it is not retried there. */
	refusals?: Array<{host: string; lane: string; problem: string}>;
	/** A run, or another job's part, that has to be completed before. */
	after?: string;
	/** @default normal */
	priority?: Priority;
	/** Where it stands among those of its priority, if it was moved. @default its id, as it was added */
	rank?: string;
	/** Connection errors so far, before its container started. */
	attempts: number;
	/** The last of them, for people, and from when on it may start again (ISO 8601). */
	retry?: {problem: string; at: string /** Its container may be running. */; begun?: true};
	createdAt: string;
	/** Set with its first start: from then on there may be runs of it, and it stays on its slot. */
	startedAt?: string;
	/** Its end was requested; its worker stops it. */
	cancelRequestedAt?: string;
};

/** How far the work on a job is. */
export type WorkStep =
	/** Its inputs are uploaded, or it waits for the GPU. Nothing has started: it can still be moved and held. */
	| 'preparing'
	/** It has the slot: its container is being started, or is running. */
	| 'computing'
	/** Its container has exited and its outputs are downloaded: another job may have the slot. */
	| 'collecting';

/** A container start that is waiting, running or over. */
export type Job = JobCommon &
	(
		| {status: 'waiting'}
		| {status: 'held'; reason: string}
		| {
				status: 'working';
				owner: Owner;
				/** @default computing */
				step?: WorkStep;
				/** Since when it has its slot (ISO 8601); absent before. */
				since?: string;
		  }
		| {status: 'done' | 'cancelled'; endedAt: string}
		| {status: 'failed'; endedAt: string; problem: string}
	);

export type JobStatus = Job['status'];

/** What a reader shows: `interrupted` is a job whose worker has died; `working` has its slot. */
export type ShownJobStatus = JobStatus | 'interrupted' | 'preparing' | 'collecting';

/** The jobs before a merge, until the first batch starts. */
export type Undo = {
	/** Ids of the merged jobs. */
	merged: string[];
	/** The jobs as they were, in their order. */
	before: Job[];
};

/** A host that did not answer when a job was to start there. */
export type SilentHost = {
	host: string;
	problem: string;
	/** Times in a row that it was asked. */
	tries: number;
	/** ISO 8601: since when, and when it is retried; until then nothing starts there. */
	since: string;
	until: string;
};

/** What the queue says beside its jobs. */
export type QueueState = {
	/** Start nothing new. */
	paused: boolean;
	silent?: SilentHost[];
	undo?: Undo;
};

/** The queue, as far as it was read. */
export type Queue = QueueState & {
	/** In the order in which they are to start (`inOrder`); those that have ended keep their place. */
	jobs: Job[];
	/** About how many more wait behind those that were read, by their line (`lineOf`). @default none */
	more?: Readonly<Record<string, number>>;
};

/** Of a queue to which nothing was ever added. */
export const emptyState: QueueState = {paused: false};

export function hasEnded({status}: Job): boolean {
	return status === 'done' || status === 'failed' || status === 'cancelled';
}

/** How far a worker is with a job; undefined where none is at work. */
export function stepOf(job: Job): WorkStep | undefined {
	return job.status === 'working' ? (job.step ?? 'computing') : undefined;
}

/** Whether it is in the queue and nothing of it has started: it can be moved and held. */
export function isQueued(job: Job): boolean {
	return job.status === 'waiting' || job.status === 'held' || stepOf(job) === 'preparing';
}

/** Whether it has its slot. */
export function isComputing(job: Job): boolean {
	return stepOf(job) === 'computing';
}

/** A job as it was before it was claimed: without a slot, unless it was added for this one. */
export function withoutSlot<J extends Omit<Job, 'status'>>(job: J): J {
	const {target, startedAt: _, ...rest} = job;
	return target === undefined ? job : ({...rest, host: target, lane: ''} as unknown as J);
}

/** A job that has been given back by who was at work on it. */
export function givenBack(job: Job): Job {
	const none = {owner: undefined, step: undefined, since: undefined};
	const {owner: _, step: __, since: ___, ...rest} = {...none, ...job};
	return {...withoutSlot(rest), status: 'waiting'} as Job;
}

/** The job that a part belongs to; a job's own id is that of its first part. */
export function findJobByPart(queue: Pick<Queue, 'jobs'>, id: string): Job | undefined {
	return queue.jobs.find(job => job.parts.some(part => part.id === id));
}

/** One slot of all hosts, as a text. */
export function slotKey({host, lane}: Pick<Job, 'host' | 'lane'>): string {
	return `${host} ${lane}`;
}

/** A slot's host and its name there. */
export function parseSlotKey(key: string): Pick<Job, 'host' | 'lane'> {
	const [host = '', lane = ''] = key.split(' ');
	return {host, lane};
}

/** The slots of a target, a host, a group or `any`: as `slotKey` makes them. */
export type SlotsFor = (target: string) => readonly string[];

/** The slots where a job may start: its own, or all that are left to it. */
export function slotsOfJob(job: Job, slotsFor: SlotsFor): readonly string[] {
	return job.lane === '' ? remainingSlots(job, slotsFor) : [slotKey(job)];
}

type Chooser = Pick<JobCommon, 'host' | 'target' | 'refusals'>;

/** The slots of a job's target that have not refused it, its own included. */
export function remainingSlots(
	{host, target = host, refusals = []}: Chooser,
	slotsFor: SlotsFor,
): readonly string[] {
	const refused = refusals.map(slotKey);
	return slotsFor(target).filter(key => !refused.includes(key));
}

/** How many hosts have those slots. */
export function countRemainingHosts(job: Chooser, slotsFor: SlotsFor): number {
	return new Set(remainingSlots(job, slotsFor).map(key => parseSlotKey(key).host)).size;
}

/** Runs and jobs' parts that have to be completed before a job can start. */
export function predecessorsOf({after, parts}: Job): string[] {
	return [...new Set([...(after ? [after] : []), ...parts.flatMap(sourceOf)])];
}

/** The run or the job whose video a part upscales. */
export function sourceOf({request}: Pick<JobPart, 'request'>): string[] {
	if ('ofJob' in request) {
		return [request.ofJob];
	}

	return 'runId' in request ? [request.runId] : [];
}
