import type {Failure} from './failures/failure.js';
import type {Endpoint} from './hosts/endpoint.js';
import type {ImportMark} from './import-mark.js';
import type {AnyInput, InputRole} from './inputs/media.js';
import type {Measures} from './runs/measures.js';
import type {Provenance} from './runs/provenance.js';
import type {OperationSettings, Setting, SettingsOf} from './settings/settings.js';

export type {AnyInput, InputRole, PromptInput} from './inputs/media.js';

/** What a person thinks of a prompt or a run. */
export type Annotations = {
	/** 1 to 5; absent when there is none. */
	rating?: number;
	/** Each once, in the order in which they came. */
	tags?: string[];
	note?: string;
	/** True for one that was picked, false for a rejected one. */
	pick?: boolean;
};

export type Prompt = Annotations & {
	/** `ps_` and twelve characters that sort by time. */
	id: string;
	name: string;
	text: string;
	/** Negative text; empty when there is none. */
	negative: string;
	/** Absolute path of its inputs' folder; empty where they were given one by one, or there are none. */
	videoDir: string;
	inputs: AnyInput[];
	/** The family of models that it is for; absent where the host says. */
	model?: string;
	createdAt: string;
	/** The prompt whose text was enhanced into this one's, and the run that did it. */
	parentId?: string;
	enhancedBy?: string;
	/** Texts that it had before, oldest first. */
	history?: PastText[];
	imported?: ImportMark;
	/** Its inputs' paths are an archive's words: not used before a person names a folder. */
	unconfirmed?: boolean;
};

/** A text that an enhancement or a person has replaced. */
export type PastText = {
	text: string;
	/** ISO 8601, this machine's clock. */
	replacedAt: string;
	/** The run whose result took its place; absent when a person wrote the new one. */
	by?: string;
};

/** Who works on a run: enough to decide from local facts alone whether that process is still alive. */
export type Owner = {
	pid: number;
	/** The process's start time in the system's own unit; distinguishes a reused pid. */
	startTime: string;
	/** Changes with every boot. */
	bootId: string;
	/** The machine's name, for people. */
	machine: string;
};

export type OutputFile = {
	/** Relative to the run's local `outputs` folder, `/` between parts. */
	name: string;
	/** Bytes. */
	size: number;
	sha256: string;
};

/** A file among the outputs that was left on the host, because its name cannot be used here. */
export type RefusedOutput = {
	/** As the host names it, below the folder of its outputs. */
	name: string;
	why: string;
};

/** When each step began, ISO 8601, this machine's clock. `ended` is the end of the last one. */
export type StepTimes = {
	uploading?: string;
	starting?: string;
	running?: string;
	/**
	 * The same moment, where the output was followed from there on, so that the end of the loading
	 * was or will be seen; and that end.
	 */
	loading?: string;
	sampling?: string;
	downloading?: string;
	ended?: string;
};

/** A file that a run sends to the host; a copy of the prompt's, fixed at launch. */
export type RunInput = {
	role: InputRole;
	path: string;
	size: number;
	/** Of a video; absent where nobody has counted them. */
	frames?: number;
	/** Frames per second of a video; absent where they are not known. */
	fps?: number;
	/** Absent in runs of earlier versions, and of what is no video or image. */
	width?: number;
	height?: number;
	/** Hex; known from the upload step on. */
	sha256?: string;
};

/** A setting of a recipe; a switch has a word in the command for each of its states. */
export type RecipeSetting = Setting & {on?: string; off?: string};

/** A job of one's own, as `[recipes.NAME]` of the configuration says it. */
export type Recipe = {
	name: string;
	/** Its container image. @default the host's */
	image?: string;
	/** A check looks at the result of a run, and its JSON is measures of that run. @default a job on a prompt */
	kind?: 'check';
	/** The numbers of that JSON: dots lead into objects. */
	measures?: string[];
	/** Program and arguments, with placeholders (`recipe.ts`); no shell reads them. */
	command: string[];
	/** What it needs of a prompt, by roles of any name. */
	inputs: InputRole[];
	/** Patterns of files in the folder of the outputs; one has to match for the run to be completed. */
	outputs: string[];
	/** A regular expression for a line of the log: a group for percent, or two for done and total. */
	progress?: string;
	/** Settings of its own, as a form and the flags have them. */
	settings?: RecipeSetting[];
	/** Patterns for lines of the log of a failed run, and what to do then. */
	failures?: Array<{says: string; hint: string}>;
	/** Seconds; what a launch has when it names no other. */
	timeLimit: number;
};

/** Of several waiting jobs those of a higher priority start first. */
export const priorities = ['high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

/** What a launch is part of; its run keeps that. */
export type Membership = {
	/** The id of the dataset that it makes a row of. */
	dataset?: string;
	/** The sweep, and what this run has of each of its axes. */
	sweep?: {id: string; axes: Record<string, string | number | boolean>};
	/** @default normal */
	priority?: Priority;
};

/** What a run does, fixed at launch; editing the prompt later does not change it. */
export type RunTask = {
	/** The prompt's name, or that of the video when there is no prompt. */
	promptName: string;
	/** The text that the model gets; empty when it gets none. */
	promptText: string;
	negative: string;
	/** The family that does it, or the recipe's name; upscales are done by `transfer1`. */
	model: string;
	/** What the family does, or how it enhances a text; absent where it can do one thing only. */
	mode?: string;
	inputs: RunInput[];
	/** The queue's job that becomes this run. */
	jobId?: string;
	dataset?: Membership['dataset'];
	sweep?: Membership['sweep'];
	priority?: Priority;
} & (
	| {
			operation: 'transfer';
			promptId: string;
			settings: SettingsOf<'transfer'>;
	  }
	| {
			operation: 'upscale';
			/** None when a video file was given. */
			promptId?: string;
			/** The run whose result is upscaled. */
			parentId?: string;
			/** The family that made it; absent in runs of earlier versions. */
			parentModel?: string;
			settings: SettingsOf<'upscale'>;
	  }
	| {
			operation: 'enhance';
			promptId: string;
			settings: SettingsOf<'enhance'>;
			/** What is asked, if that is no model on a host. */
			endpoint?: Endpoint;
			/** The prompt that got the text, once it has. */
			resultPromptId?: string;
	  }
	| {
			operation: 'recipe';
			promptId: string;
			settings: SettingsOf<'recipe'>;
			/** As it was when it was launched, whatever the configuration says now. */
			recipe: Recipe;
			/** The run whose result a check looks at. */
			parentId?: string;
	  }
);

/** The run whose result another one upscales or checks. */
export const parentRunOf = (task: RunTask): string | undefined =>
	'parentId' in task ? task.parentId : undefined;

/** The task of one operation. */
export type TaskOf<O extends OperationSettings['operation']> = Extract<RunTask, {operation: O}>;

/** A run's place among those that share a container. */
export type BatchPlace = {
	/**
	 * The run that container, folder on the host and slot are named after: the first one, or, in a batch that
	 * started again, one that no container has been named after before.
	 */
	id: string;
	/** Counted from 0. */
	index: number;
	/** Runs in the batch; 1 only where one started again under the name of another. */
	size: number;
	/** How the container ended; a run's own exit code is 0 if its result is still complete. */
	exit?: {code: number; oomKilled: boolean};
};

/** A container that ended before it had made a run's result; the run then started again in another one. */
export type Restart = {
	/** The run's place in that container, and how that ended. */
	batch: BatchPlace;
	/** The run whose own failure ended it. */
	failed: string;
	/** ISO 8601, this machine's clock. */
	at: string;
};

/** What a run keeps of the server that makes its result. */
export type RunServer = {
	name: string;
	kind: string;
	checkpoint: string;
	/** Where it answers, if somebody else runs it. */
	url?: string;
	/** Times that the server lost the job, which then ran again. */
	again?: Array<{
		/** ISO 8601, this machine's clock. */
		at: string;
		why: string;
	}>;
};

type RunCommon = Annotations & {
	/** `run_` and twelve characters that sort by time. */
	id: string;
	host: string;
	/** The GPU set on the host that one job at a time may use. */
	lane: string;
	/** True when the host's model is the simulator: nothing here is a real result. */
	simulated: boolean;
	createdAt: string;
	times: StepTimes;
	owner: Owner;
	/** Somebody asked for the end of this run; its owner then records `cancelled`. */
	cancelRequestedAt?: string;
	/** Who has the slot, in the host's words, while the run waits for it. */
	waitingFor?: string;
	/** The run has ended, but its container and folder may still be on the host. */
	uncleaned?: boolean;
	/** Outputs that stayed on the host, the first of them. */
	refused?: RefusedOutput[];
	/** What its result's picture is like, as far as somebody has looked. */
	measures?: Measures;
	/** Its outputs were moved to the trash then, or removed from it; the record is kept. */
	outputsDeletedAt?: string;
	/** Absent for a run that has a container of its own. */
	batch?: BatchPlace;
	/** Containers that it was in before, oldest first. */
	restarts?: Restart[];
	/** The model server that makes its result. @default a container of its own */
	server?: RunServer;
	/** What made its result; absent in runs of earlier versions, and before the job has started. */
	madeBy?: Provenance;
	imported?: ImportMark;
};

/** How far a run is, with what is known by then. */
export type RunState =
	/** `starting`: all is there; the slot or the container is waited for. */
	| {status: 'pending' | 'uploading' | 'starting' | 'running'}
	| {status: 'downloading'; exitCode: number}
	| {status: 'completed'; exitCode: 0; outputs: OutputFile[]}
	| {status: 'failed'; failure: Failure; exitCode?: number; outputs?: OutputFile[]}
	/** The container ended well but its outputs are still on the host: `cosmos fetch`. */
	| {status: 'uncollected'; exitCode: 0; failure: Failure}
	| {status: 'cancelled'; exitCode?: number};

export type Run = RunCommon & RunTask & RunState;

export type RunStatus = Run['status'];
export type ShownStatus = RunStatus | 'interrupted';
/** What a reader shows: an unfinished run whose owner is dead is `interrupted`. */
export type ShownRun = {run: Run; shown: ShownStatus};

export type GpuFacts = {
	index: number;
	name: string;
	/** MiB; undefined where the driver does not say. */
	memoryTotal?: number;
	memoryUsed?: number;
	/** Percent. */
	utilization?: number;
	/** Degrees Celsius. */
	temperature?: number;
	/** Watts. */
	power?: number;
	powerLimit?: number;
	driver?: string;
	/** By which the driver names the card elsewhere. */
	uuid?: string;
};

/** Something that computes on a host's GPU: a job of this product or anything else. */
export type GpuProcess = {
	pid: number;
	/** The program, as the driver names it. */
	name: string;
	/** The card's index; undefined for one that the driver has not listed. */
	gpu?: number;
	/** MiB; undefined where the driver does not say. */
	memory?: number;
	user?: string;
};

/** A container (or process) of this product on a host. */
export type LiveJob = {
	runId: string;
	lane: string;
	/** Who started it, `user@machine`. */
	startedBy: string;
	/** As the engine words it, e.g. `Up 4 minutes`. */
	state: string;
};
