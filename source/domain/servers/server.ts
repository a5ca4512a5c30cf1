/** Model servers: programs on a host that keep a model loaded and make videos for one job after the other. */
import type {JobFile, JobPlaces} from '../models/model-job.js';
import type {RunInput, RunTask} from '../types.js';

/** A server of a host, as `[hosts.HOST.servers.NAME]` names it, complete with defaults. */
export type ModelServer = {
	name: string;
	/** A row of the table of kinds. */
	kind: string;
	/** The model that it serves: a checkpoint of the family. */
	checkpoint: string;
	/** The image that it runs from; the helper of each job does too. */
	image: string;
	/** Its GPUs, those of one slot; none where the host gives out no GPUs. */
	gpus: readonly number[];
	/** The slot that has these GPUs: its jobs are jobs of that slot. */
	lane: string;
	/** Words after the command that starts it. */
	args: readonly string[];
	/** Seconds without a job after which it stops. */
	idleStop: number;
	/** Seconds that it may take until it is ready. */
	startLimit: number;
	/** Where it answers, as seen from the host; then somebody else starts and stops it. */
	url?: string;
};

/** The helper's exit code when the server has lost the job, which then has to run again. */
export const jobLostCode = 75;

/** The last line in the log of a server that ended by itself while it loaded: its next start would end the same way. */
export const serverFailedLine = 'cosmos: the server failed before it was ready';

/** The files and the command by which a helper on the host has a server do one task. */
export type ServerJob = {files: readonly JobFile[]; command: readonly string[]};

/** Where a helper finds things on the host, relative to the folder that it works in. */
export type ServerPlaces = Pick<JobPlaces, 'runFolder' | 'inputs'> & {
	/** The server's own folder there. */
	serverFolder: string;
};

/** What a run does, as far as that decides whether a server can do it. */
export type ServedTask = Pick<RunTask, 'operation' | 'model' | 'mode' | 'settings'> & {
	inputs: ReadonlyArray<Pick<RunInput, 'role'>>;
};

/** A kind of server: all that the rest of the product knows of it. It is a row of `server-kinds.ts`. */
export type ServerKind = {
	/** As its makers call it. */
	title: string;
	/** The family of models that it serves. */
	family: string;
	/** Where it answers in its container. */
	url: string;
	/** The path that answers 200 as soon as it takes jobs. */
	ready: string;
	/** Why the configuration of one cannot work; undefined when it can. */
	problem: (server: ModelServer) => string | undefined;
	/** The command that starts it, in its image. */
	command: (server: ModelServer) => readonly string[];
	/** Why it cannot do a task that a container can; undefined when it can. */
	lacks: (task: ServedTask, server: ModelServer) => string | undefined;
	/** How it is asked for one. */
	job: (task: RunTask, places: ServerPlaces, server: ModelServer) => ServerJob;
	/** The line of a job's log with which the server begins it. */
	begins: RegExp;
};
