import type {Check} from '../domain/check.js';
import type {ErrorReport} from '../domain/errors.js';
import type {CleanItem, CleanPlan, CleanRequest} from '../domain/hosts/clean-plan.js';
import type {Host} from '../domain/hosts/host.js';
import type {KillPlan, KillRequest} from '../domain/hosts/kill-plan.js';
import type {MemoryNeed} from '../domain/models/gpu-memory.js';
import type {JobFile} from '../domain/models/model-job.js';
import type {ResultVideo} from '../domain/models/outlook.js';
import type {RunStats} from '../domain/runs/run-stats.js';
import type {LaunchRequest} from '../domain/settings/launch-request.js';
import type {
	AnyInput,
	GpuFacts,
	GpuProcess,
	LiveJob,
	Prompt,
	Recipe,
	Run,
	RunTask,
	ShownRun,
} from '../domain/types.js';
import type {
	EngineFacts,
	JobPreview,
	RunJobOptions,
	ServerEngine,
} from '../executor/engine/engine.js';
import type {RunWatcher} from '../executor/run-watcher.js';
import type {LogFile} from '../store/log-file.js';
import type {RunFilter, StoreChange} from '../store/run-filter.js';
import type {ComparisonVideo, WrittenComparison} from './comparison/comparison-types.js';
import type {DatasetActions} from './dataset/dataset-types.js';
import type {HostJob, WaitingJobs} from './hosts/host-types.js';
import type {ShownServer} from './hosts/shown-server.js';
import type {MaintenanceActions} from './maintenance/maintenance-types.js';
import type {Measured, MeasureRequest} from './measure/measure-types.js';
import type {QueueActions} from './queue/queue-types.js';
import type {ReportRequest, WrittenReport} from './report/report-types.js';
import type {FailureActions} from './runs/failure-types.js';
import type {RecordActions} from './runs/record-types.js';
import type {ExportedVideos, VideoExport} from './video-export/video-export-types.js';

export type {LaunchRequest, RequestOf} from '../domain/settings/launch-request.js';

export type NewPrompt = {
	text: string;
	/** Folder with `color.mp4` and perhaps `depth.mp4`, `segmentation.mp4`, `edge.mp4`, `vis.mp4`. */
	videoDir?: string;
	/** Instead of a folder: files, or `ROLE=FILE`. With neither the prompt is a text alone. */
	files?: readonly string[];
	/** Default: made from the first words of the text. */
	name?: string;
	negative?: string;
	/** The family of models that it is for; default: the host's. */
	model?: string;
};

/** What a launch would do, for `--dry-run` and the form's `D`. */
export type LaunchPlan = {
	/** What the request names: a host, a group of hosts, or `any`. */
	target: string;
	/** The first of its hosts, and the first slot there; all else is as it would be on these. */
	host: Host;
	lane: string;
	task: RunTask;
	/** What goes into the run's folder there, the spec first. */
	files: readonly JobFile[];
	/** The container's image, where it is not the host's. */
	image?: string;
	/** The command in the container. */
	command: readonly string[];
	/** How the job would be handed to the host's engine, where that is more than the command. */
	submission?: readonly JobPreview[];
	uploads: readonly {role: string; path: string; size: number}[];
	/** The video that comes out, as far as the inputs say; of a batch, that of each task. */
	results: readonly ResultVideo[];
	/** What each GPU has to have, as far as it is known; not of a simulated host. */
	memory?: MemoryNeed;
	/** How it uses the model servers of the host, a line for each; absent where there are none. */
	servers?: readonly string[];
	/** What a person should know before it runs, a line each. */
	warnings: readonly string[];
};

/** What a batch would do: one container for several tasks. */
export type BatchPlan = Omit<LaunchPlan, 'task'> & {
	/** In the order of the requests. */
	tasks: readonly RunTask[];
	/** Seconds: the sum of the tasks' own. */
	timeLimit: number;
};

/** Observes a batch: `onChange` reports each of its runs, all else the whole. */
export type BatchWatcher = RunWatcher;

/** A look at a host: what `cosmos status` prints, and what host line and host page show. */
export type HostReport = {
	host: Host;
	/** Set when the host cannot run jobs now: why, and what to do. */
	problem?: Omit<ErrorReport, 'code'> & Partial<ErrorReport>;
	engine?: EngineFacts;
	gpus: readonly GpuFacts[];
	/** Why it shows no GPUs, where that is as it should be. */
	gpuNote?: string;
	/** Bytes free below the host's folder. */
	freeSpace?: number;
	jobs: readonly HostJob[];
	/** What waits for it in the queue of this machine; absent when nothing does. */
	waiting?: readonly WaitingJobs[];
	/** The host did not answer, as `problem` says: nothing else is known of it. */
	silent?: boolean;
	/** Milliseconds since 1970: when the connection in use was opened; by SSH only. */
	connectedSince?: number;
	/** Milliseconds that one small question took; by SSH only. */
	answerTime?: number;
	/** Its model servers, and those of others; absent where there are none. */
	servers?: readonly ShownServer[];
	/** The processes on its GPUs, of any user; absent if the driver does not report them. */
	processes?: readonly GpuProcess[];
};

/**
 * The one door to everything a user can do. Commands and dashboard call only this. References
 * (`reference`) are whole ids, unique beginnings, or `latest`; those of prompts also names. All methods reject with
 * `CosmosError`.
 */
export type Workflow = RecordActions &
	MaintenanceActions &
	QueueActions &
	DatasetActions &
	FailureActions & {
		readonly dataDir: string;
		readonly hosts: readonly Host[];
		readonly defaultHost: string;
		/** Jobs of the user's own, as the configuration has them. */
		readonly recipes: readonly Recipe[];

		/** The controls, sizes and lengths of the videos in a folder: what `createPrompt` would use. */
		inspectVideoDir: (videoDir: string) => Promise<AnyInput[]>;
		/** The inputs that a new prompt would have. */
		inspectInputs: (given: Pick<NewPrompt, 'videoDir' | 'files'>) => Promise<AnyInput[]>;
		createPrompt: (prompt: NewPrompt) => Promise<Prompt>;
		/** Creates all or none; files that several name are looked into once. */
		createPrompts: (prompts: readonly NewPrompt[]) => Promise<Prompt[]>;
		/**
		 * Newest first.
		 * @param where a filter (docs/filter.md)
		 * @throws CosmosError (usage) for a filter that is wrong
		 */
		listPrompts: (limit?: number, where?: string) => Promise<Prompt[]>;
		findPrompt: (reference: string) => Promise<Prompt>;

		/**
		 * Newest first; `where` is a filter (docs/filter.md).
		 * @throws CosmosError (usage) for a filter that is wrong
		 */
		listRuns: (filter?: RunFilter & {where?: string}) => Promise<ShownRun[]>;
		findRun: (reference: string) => Promise<ShownRun>;
		/** Durations and success of the runs that ended in the last days, today counted. */
		stats: (days: number) => Promise<RunStats>;
		/** Seconds that runs like this one took; undefined where there is none. */
		usualSeconds: (run: Run) => Promise<number | undefined>;
		/**
		 * Measures a run's result and saves the numbers.
		 * @param runId a whole id, a unique beginning, or `latest`
		 * @throws CosmosError (usage) for a run without a local video or image, (home) without ffmpeg
		 */
		measure: (
			runId: string,
			request?: Omit<MeasureRequest, 'against'> & {
				against?: 'input' | {run: string} | {file: string};
			},
		) => Promise<Measured>;
		/**
		 * Writes a folder with a page of runs, their videos and inputs, which any browser opens from disk.
		 * @param runs in any order; each once
		 * @throws CosmosError (usage) for no runs or a folder that holds something else, (home) when it
		 * cannot be written, (cancelled) by the signal: then nothing is left
		 */
		writeReport: (runs: readonly ShownRun[], request: ReportRequest) => Promise<WrittenReport>;
		/**
		 * Copies the results of runs into a folder, under names made from a template.
		 * @throws CosmosError (usage) for no results, a wrong template or a file that is there, (home) when one
		 * cannot be written or ffmpeg is missing for stills, (cancelled) by the signal: nothing is left then
		 */
		exportVideos: (runs: readonly ShownRun[], request: VideoExport) => Promise<ExportedVideos>;
		/**
		 * Writes a video that shows the results of runs at once.
		 * @throws CosmosError (usage) for a run without a local picture, a file that is there, or a wipe of
		 * other than two; (home) without ffmpeg; (cancelled) by the signal: nothing is left then
		 */
		writeComparison: (
			runs: readonly ShownRun[],
			request: ComparisonVideo,
		) => Promise<WrittenComparison>;
		/** The run's local log; it exists from launch on. */
		openLog: (runId: string) => LogFile;
		/** Absolute path of the folder with the run's log, spec and outputs. */
		runFolder: (runId: string) => string;

		planLaunch: (request: LaunchRequest) => Promise<LaunchPlan>;
		/**
		 * Checks what can be checked of a launch locally; rejects as `launch` would. Resolves with what a
		 * person should know before it runs.
		 */
		checkLaunch: (request: LaunchRequest) => Promise<readonly string[]>;
		/**
		 * Runs a job from check to clean-up. Resolves when the container has exited and its outputs are
		 * downloaded (or the run failed or was cancelled), with the final run. Rejects only
		 * when nothing was started: bad input, unreachable host.
		 * @param signal aborting it stops the container and records `cancelled`
		 */
		launch: (request: LaunchRequest, watcher?: RunWatcher, signal?: AbortSignal) => Promise<Run>;
		/**
		 * Runs several jobs of one kind in one container that loads its model once: transfers, or
		 * enhancements. Resolves as `launch`, with the runs in the order of the requests; one request
		 * alone is a `launch`. All runs are recorded or none. `cancel` of one ends them all.
		 * @throws CosmosError (usage) when they cannot share a container: names both and the setting
		 */
		launchBatch: (
			requests: readonly LaunchRequest[],
			watcher?: BatchWatcher,
			signal?: AbortSignal,
		) => Promise<Run[]>;
		/** Enhancements in groups that can share a container each. @throws CosmosError as each launch alone */
		groupEnhancements: (requests: readonly LaunchRequest[]) => Promise<LaunchRequest[][]>;
		/**
		 * Launches jobs that follow each other, each as `launchBatch` does: one at a time has the GPU, while
		 * the inputs of the next ones are uploaded and the outputs of earlier ones downloaded.
		 * @param watcherFor gets the index of a job
		 * @returns the end of each, without runs for one that was not begun when the signal was aborted. After
		 * one that could not be launched no further one is begun: they reject with its error
		 */
		launchSeries: (
			groups: ReadonlyArray<readonly LaunchRequest[]>,
			watcherFor?: (index: number) => BatchWatcher,
			signal?: AbortSignal,
		) => Array<Promise<Run[]>>;
		planBatch: (requests: readonly LaunchRequest[]) => Promise<BatchPlan>;
		/** As `checkLaunch`, of a batch; rejects as `launchBatch` would. */
		checkBatch: (requests: readonly LaunchRequest[]) => Promise<readonly string[]>;
		/** The runs that share a run's container, in their order, itself too; one that is alone: itself. */
		batchOf: (runId: string) => Promise<ShownRun[]>;
		/**
		 * Runs whose `cosmos` has died before it was done with them, newest first.
		 * @param limit looks only at this many of the newest runs
		 */
		interruptedRuns: (limit?: number) => Promise<ShownRun[]>;
		/**
		 * Makes interrupted what processes of other machines or containers have left in this data folder. Only when they
		 * are gone: it cannot be seen from here.
		 */
		takeOver: () => Promise<void>;
		/**
		 * Resumes a run whose `cosmos` has died: attaches to its container, downloads what is done, or starts
		 * again what never began. Resolves as `launch`; rejects when another process owns the run.
		 */
		recover: (runId: string, watcher?: RunWatcher, signal?: AbortSignal) => Promise<Run>;
		/** Collects the outputs of an `uncollected` run again, without the GPU. */
		fetch: (runId: string, watcher?: RunWatcher, signal?: AbortSignal) => Promise<Run>;
		/** Ends a run, whichever process owns it, and resolves with its final state. */
		cancel: (runId: string) => Promise<Run>;
		/** The running jobs of this product on a host, of any user. */
		liveJobs: (hostName: string) => Promise<LiveJob[]>;
		/** What `kill-all` would stop on a host; changes nothing. */
		killPlan: (request: KillRequest, live: readonly LiveJob[]) => Promise<KillPlan>;
		/**
		 * Stops a job that is alive on a host by its run id, without a record in this data folder.
		 * Resolves with false when there was none to stop.
		 */
		stopForeign: (hostName: string, runId: string) => Promise<boolean>;
		/**
		 * What `clean` would remove from a host: old inputs, leftover run folders, ended containers of this
		 * product. Changes nothing.
		 */
		cleanPlan: (hostName: string, request: CleanRequest) => Promise<CleanPlan>;
		/** Removes what a plan has shown and what still may go; resolves with what is gone. */
		clean: (hostName: string, request: CleanRequest, shown: CleanPlan) => Promise<CleanItem[]>;
		/** This process's unfinished runs. */
		ownRuns: () => readonly string[];
		/** Resolves when every stop that was asked for so far is in the store. */
		stopsRecorded: () => Promise<void>;

		/** Resolves when a host answers; rejects, saying why, when it does not. */
		reach: (hostName: string) => Promise<void>;
		/**
		 * Looks at a host; a problem is in the report.
		 * @param known the engine's facts from an earlier look: then it is not checked again
		 */
		hostReport: (hostName: string, known?: EngineFacts) => Promise<HostReport>;
		/** The model servers of a host, and those of others that run there. */
		listServers: (hostName: string) => Promise<ShownServer[]>;
		/**
		 * Starts a server of the configuration without a job; resolves when it takes jobs. False when it
		 * runs already.
		 * @param options what takes its log meanwhile, and whom it waits for
		 */
		startServer: (hostName: string, name: string, options: RunJobOptions) => Promise<boolean>;
		/** Stops a server when its jobs have ended; resolves then. False when it does not run. */
		stopServer: (hostName: string, name: string) => Promise<boolean>;
		/** Streams the log of a server, or of the last one of that name. */
		serverLog: (
			hostName: string,
			name: string,
			options: Parameters<ServerEngine['log']>[1],
		) => Promise<void>;
		/** Connects to a host whose key is unknown, and saves the key if it has this fingerprint. */
		acceptHostKey: (hostName: string, fingerprint: string) => Promise<void>;
		/** The partitions of a host with Slurm, the usual one first; none on other hosts. */
		listPartitions: (hostName: string) => Promise<readonly string[]>;
		/**
		 * The shell command by which a host's image is built from its checkout, for a family of which
		 * nobody publishes one.
		 */
		imageBuild: (hostName: string) => Promise<string | undefined>;
		/** Runs it there; resolves when the image is built. @param onOutput gets what the engine prints */
		buildImage: (hostName: string, onOutput: (chunk: Buffer) => void) => Promise<void>;
		/** Looks at everything that runs on a host need, each thing by itself; changes nothing. */
		diagnose: (hostName: string) => Promise<Check[]>;
		/** Calls back after a change by any process; returns the way to stop. */
		watch: (onChange: (what: StoreChange) => void) => () => void;
		/** Closes connections and files. Runs that are still going go on at their hosts. */
		close: () => Promise<void>;
	};
