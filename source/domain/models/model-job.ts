import type {Beginning} from '../runs/batch-parts.js';
import type {Operation} from '../settings/settings.js';
import type {InputRole, TaskOf} from '../types.js';
import type {ContainerNeeds} from './container.js';

/** The paths of a job on the host, relative to the checkout. */
export type JobPlaces = {
	runFolder: string;
	/** The uploaded inputs. `color`, the video that everything works on, must be there. */
	inputs: Partial<Record<InputRole, string>>;
	/** GPUs that the job gets, at least 1. */
	gpuCount: number;
	/** Words that the host's configuration adds to the commands of each family. */
	extraArgs?: Readonly<Partial<Record<string, readonly string[]>>>;
};

/** A file that is written to the run's folder, and kept with the local run. */
export type JobFile = {name: string; text: string};

export type ModelJob = {
	/** The first one is the spec: the run's request to the model. */
	files: readonly JobFile[];
	command: readonly string[];
	/** The image that the command is in. @default the host's */
	image?: string;
	/** The command is complete: the host's prefix does not apply. */
	isWhole?: boolean;
	/** What the container has beside the checkout. @default nothing */
	container?: ContainerNeeds;
	/** Names in the run's folder for files at `of`, relative to the checkout. */
	links?: ReadonlyArray<{name: string; of: string}>;
};

/** The paths of a job of several tasks: the inputs of each. */
export type BatchPlaces = Omit<JobPlaces, 'inputs'> & {
	inputs: ReadonlyArray<JobPlaces['inputs']>;
};

/** What a run's outputs must contain for it to be completed. */
export type Result = {
	/** For people: a file's name, or patterns. */
	title: string;
	/** Whether a file is of the result, by its name in the local outputs folder. */
	has: (name: string) => boolean;
	/** Files that say themselves whether the result is whole. */
	seal?: {
		/** All of them have to be there. */
		names: readonly string[];
		/** What is wrong by the text of one; undefined when all is well. */
		problem: (text: string) => string | undefined;
	};
};

/** A result that is one file. */
export function oneFile(title: string): Result {
	return {title, has: name => name === title};
}

/** What a job needs on its host besides the engine and the folder. */
export type JobNeeds = {
	/** The family whose checkout it works with. @default none */
	model?: string;
	/** @default the host's */
	image?: string;
	/** The program that its command begins with. @default the model's, by the host's words for it */
	program?: string;
	/** Seconds that it may take. @default not known */
	timeLimit?: number;
};

/** How one process of a model runs several tasks of one operation. */
export type BatchModel<O extends Operation> = {
	job: (tasks: ReadonlyArray<TaskOf<O>>, places: BatchPlaces) => ModelJob;
	/** The folder of one task's outputs, below that of all; empty where they share that. Tasks are counted from 0. */
	folder: (index: number) => string;
	/** The file of its result in that folder. @default as a single run names it */
	result?: (index: number) => string;
	/** The name of a file there for a single run; undefined for one of another task. */
	nameOf: (name: string, index: number) => string | undefined;
	/**
	 * A file, as a single run names it, that exists only if the result is complete, even if the
	 * process was killed.
	 */
	seal: string;
	/** The file that says what all of them ask of the model. */
	spec: string;
	/** The line of the log with which each task begins. */
	begins: Beginning;
	/**
	 * The line of the log after which a task's result is complete; its group `index` is the task. It only says
	 * when to look: whether the result is complete, its seal says.
	 */
	ends: RegExp;
	/**
	 * The line of the log that says which task's failure has ended the process; its group `index` is the task.
	 * @default none: it was the task that began last
	 */
	fails?: RegExp;
	/** What a process says that ends because another one has failed. @default nothing */
	elsewhere?: RegExp;
	/**
	 * The folder in the run's, in which each of several processes leaves what it ended with: torchrun ends
	 * all of them once one has ended, mostly before the others have printed why. @default there is none
	 */
	errors?: string;
};

/** The folder below the run's that a model writes to. */
export const outputFolder = 'outputs';

/** The video that every transfer makes, below that folder. */
export const resultFile = 'output.mp4';

/** The run's request to its model, in the run's folder on both machines. */
export const specFile = 'spec.json';

/** Each run's own request in a batch, besides the shared spec. */
export const linesFile = 'batch.jsonl';

/** JSON as a person reads it. */
export function specText(spec: unknown): string {
	return `${JSON.stringify(spec, undefined, 2)}\n`;
}

/** JSON on one line, in ASCII: a reader needs no encoding. */
export function asciiJson(value: unknown): string {
	return JSON.stringify(value).replaceAll(
		/[^\0-~]/g,
		unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

/** What `transfer.py` prints once the model and the inputs are loaded. */
export const samplingLine = /^\[.*:\d+:\w+\] Starting diffusion sampling\s*$/;

/**
 * The command that every operation of `transfer.py` begins with: a process for each GPU, the
 * folders, the spec.
 */
export function transferCommand({runFolder, gpuCount}: Omit<JobPlaces, 'inputs'>): string[] {
	return [
		'torchrun',
		`--nproc_per_node=${processesFor(gpuCount)}`,
		'--nnodes=1',
		// A free port of its own: other jobs of the machine may start processes as well.
		'--standalone',
		'cosmos_transfer1/diffusion/inference/transfer.py',
		...['--checkpoint_dir', 'checkpoints'],
		...['--video_save_folder', `${runFolder}/${outputFolder}`],
		...['--controlnet_specs', `${runFolder}/${specFile}`],
		...['--num_gpus', String(processesFor(gpuCount))],
	];
}

function processesFor(gpuCount: number): number {
	return Math.max(1, gpuCount);
}
