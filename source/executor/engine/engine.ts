import {isId} from '../../domain/ids.js';
import type {ContainerNeeds} from '../../domain/models/container.js';
import type {JobNeeds} from '../../domain/models/model-job.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import type {HostProvenance} from '../../domain/runs/provenance.js';
import type {JobExit} from '../../domain/runs/run-status.js';
import type {LiveJob} from '../../domain/types.js';
import type {TakeOutput} from '../transport/transport.js';

/** One job for an engine: what to run, where, for how long. */
export type Job = {
	runId: string;
	/** The GPU set that only one job at a time may use; a name fit for a file and a label. */
	slot: string;
	/** Its GPU indices. @default all that the host gives */
	gpus?: readonly number[];
	/** `user@machine` of this machine, for others who look at the host. */
	startedBy: string;
	/** The folder that the command runs in, absolute on the host; the model's checkout. */
	workFolder: string;
	/** The run's own folder on the host, relative to `workFolder`. It exists. */
	runFolder: string;
	command: readonly string[];
	/** @default the host's */
	image?: string;
	/** The command is whole: the host's `prefix` is not for it. */
	isWhole?: boolean;
	/** What the model needs of the container, beside the checkout. */
	container?: ContainerNeeds;
	/** The server that does it; the command is its helper then, which uses no GPU itself. */
	server?: ServerPlace;
	/** Repositories of checkpoints that it reads, `ORG/NAME`. @default none are known */
	checkpoints?: readonly string[];
	/** Environment of the command; may hold secrets. */
	env: Readonly<Record<string, string>>;
	/** Seconds after which the host itself ends the job. */
	timeLimit: number;
};

/** A model server as an engine runs it. */
export type ServerPlace = {
	name: string;
	/** Distinguishes it from servers of the same name with other settings or of other users. */
	key: string;
	/** Its folder on the host, relative to the work folder. */
	folder: string;
	kind: string;
	checkpoint: string;
	/** The slot whose GPUs it has, and their indices. */
	lane: string;
	gpus: readonly number[];
	image: string;
	/** The command that starts it, in its image. */
	command: readonly string[];
	/** Seconds without a job after which it stops; seconds that it may take to be ready. */
	idleStop: number;
	startLimit: number;
	/** Where it answers in its network, and the path that answers 200 when it takes jobs. */
	url: string;
	ready: string;
	/** Somebody else starts and stops it: it is in the host's own network. */
	isForeign: boolean;
	/** What the model needs of the container, beside the checkout. */
	container?: ContainerNeeds;
};

/** A server of this product on a host, of any user. */
export type LiveServer = {
	name: string;
	key: string;
	kind: string;
	checkpoint: string;
	lane: string;
	/** `user@machine` of whoever started it. */
	startedBy: string;
	state: ServerState;
	/** Seconds since it was started; undefined for one that has ended. */
	upFor?: number;
	/** Seconds until it stops if no job comes; only while it is idle. */
	stopsIn?: number;
	/** What it ended with. */
	exitCode?: number;
};

/** `draining`: it stops when its jobs have ended, because others need the GPUs. */
export type ServerState = 'loading' | 'idle' | 'busy' | 'draining' | 'ended';

/** The servers of an engine that can run them. Errors are those of the engine. */
export type ServerEngine = {
	/** Those that run, and the last one of each name that has ended. */
	list: () => Promise<LiveServer[]>;
	/**
	 * Starts it, waiting for its GPUs as a job does, and resolves when it takes jobs.
	 * @param options.onOutput its log meanwhile
	 * @throws CosmosError (host) when it cannot start
	 */
	start: (
		server: ServerPlace,
		job: Pick<Job, 'startedBy' | 'workFolder' | 'env'>,
		options: RunJobOptions,
	) => Promise<void>;
	/** Stops it when its jobs have ended; resolves then. False when it does not run. */
	stop: (key: string) => Promise<boolean>;
	/** Streams its log, to its end if it is to be followed. @throws CosmosError when it has none */
	log: (
		key: string,
		options: {follow: boolean; tail?: number; signal?: AbortSignal} & Pick<
			RunJobOptions,
			'onOutput'
		>,
	) => Promise<void>;
};

export type RunJobOptions = {
	/** The job's output, stdout and stderr merged, byte for byte. */
	onOutput: TakeOutput;
	/**
	 * Somebody else has the slot: for whom we wait, once for each holder.
	 * @param holder the holding run, who started it and since when, as the host words it
	 */
	onWait?: (holder: string) => void;
	/**
	 * The slot is ours and the job itself begins.
	 * @param madeBy what makes its result, as far as the host says; absent when nobody asked it
	 */
	onStart?: (madeBy?: HostProvenance) => void;
	/** It has ended, unless the look that follows finds otherwise: the next one need not wait for that. */
	onEnd?: () => void;
	/** Resolves when it may have the slot; until then it is only prepared. When it rejects, the job is cancelled. */
	turn?: Promise<void>;
};

/** The state of a host: for `cosmos status` and the host line. */
export type EngineFacts = {
	/** E.g. `Docker 28.2.2`. */
	version: string;
	/** The image as configured, and when it was made (ISO 8601); empty for an engine without. */
	image: string;
	imageCreated: string;
};

/** The checks of `cosmos doctor` on a host with this engine, each of one thing. */
export type EngineDoctor = {
	/** Returns the engine's version. @throws CosmosError (host) */
	engine: () => Promise<string>;
	/** Says which GPUs jobs get. @default those of the host, by `nvidia-smi` */
	gpus?: () => Promise<string>;
	/** Says which image jobs run from. @default none */
	image?: () => Promise<string>;
	/** The version of CUDA in the image: `12.8.1`. @default not known */
	cuda?: () => Promise<string | undefined>;
	/** The partitions that jobs can be sent to, the usual one first. @default there are none */
	partitions?: () => Promise<readonly string[]>;
	/** Whether GPUs and image can only be looked at where the engine works. */
	needsEngine: boolean;
};

/** What has become of a run's job on the host. */
export type JobState =
	/** Its start waits for the slot; nothing runs yet. */
	| {state: 'waiting'}
	| {state: 'running'}
	/** `attach` gives its exit. */
	| {state: 'exited'}
	/** The host does not know it, nor whether it was ever started. */
	| {state: 'gone'}
	/** It never ran, and nothing there will start it: it may be started again. */
	| {state: 'unstarted'}
	/** It existed, and may have run, but was removed. */
	| {state: 'removed'};

/** What an engine still keeps of an ended job, of any user. */
export type EndedJob = {
	runId: string;
	/** `user@machine` of whoever started it. */
	startedBy: string;
	/** Seconds since 1970 by the host's clock. */
	ended: number;
	/** Bytes that it has written beside the checkout. */
	size: number;
};

/** What runs jobs on a host. Errors are `CosmosError`s as the transport's. */
export type Engine = {
	/**
	 * Checks that jobs can run: engine there, allowed, image present.
	 * @param needs default: what the host's own family needs
	 * @throws CosmosError (host) that names what is missing and the remedy
	 */
	check: (needs?: JobNeeds) => Promise<EngineFacts>;
	doctor: EngineDoctor;
	/** Why the host itself shows no GPUs, if that is expected. */
	gpuNote?: string;
	/**
	 * Starts the job and resolves when it has exited; there is no other way to learn its end.
	 * @throws ConnectionLostError when the connection broke first: the job continues there
	 * @throws CosmosError (host) when the engine refused it, (cancelled) when it was stopped while it
	 * waited for the slot: then nothing was started
	 */
	run: (job: Job, options: RunJobOptions) => Promise<JobExit>;
	/** Whether `run` can be called before the job's `turn`. */
	preparesJobs?: true;
	/**
	 * Attaches to a job that was started before: streams its output from a byte on and resolves when
	 * it has exited.
	 * @param offset bytes of the output that the caller has already
	 * @throws CosmosError (host) when there is no such job; ConnectionLostError as `run`
	 */
	attach: (
		runId: string,
		offset: number,
		options: Pick<RunJobOptions, 'onOutput'>,
	) => Promise<JobExit>;
	/** Looks once what has become of a run's job. */
	find: (runId: string) => Promise<JobState>;
	/** Ends a run's job: TERM, `grace` seconds, KILL. False when there was none to end. */
	stop: (runId: string, grace: number) => Promise<boolean>;
	/** Removes what the engine keeps of an ended job. Nothing there is not an error. */
	remove: (runId: string) => Promise<void>;
	/** The running jobs of this product on the host, of any user. */
	list: () => Promise<LiveJob[]>;
	/** Model servers; absent where the engine has none. */
	servers?: ServerEngine;
	/** The jobs of this product that have ended; absent where all is in the run's folder. */
	ended?: () => Promise<EndedJob[]>;
};

/**
 * A job as a host reports it: anybody there may have written the text. One whose id is not that of a
 * run is not this product's.
 */
export function liveJob({runId, lane, startedBy, state}: LiveJob): LiveJob[] {
	return isId(runId, 'run')
		? [{runId, lane: cleanText(lane), startedBy: cleanText(startedBy), state: cleanText(state)}]
		: [];
}

/** A text for people: a part of how a job would be handed to the engine. */
export type JobPreview = {name: string; text: string};
