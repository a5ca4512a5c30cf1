import {type InputRole, mediaKindOf, type PromptInput, type RoleRow} from '../inputs/media.js';
import {
	activeControls,
	type RemovedSetting,
	type Setting,
	type SettingValue,
	type TransferSettings,
} from '../settings/settings.js';
import type {TaskOf} from '../types.js';
import type {ContainerNeeds, HostNeeds} from './container.js';
import type {Enhancer} from './enhancer.js';
import type {MemoryNeed, MemoryUse} from './gpu-memory.js';
import type {BatchModel, JobPlaces, ModelJob, Result} from './model-job.js';
import type {Launch, Outlook} from './outlook.js';

export type Transfer = TaskOf<'transfer'>;

/** A setting to blame, and why. */
export type Conflict = {key: string; problem: string};

/**
 * One family of models: everything that the product knows of it. Forms, flags, help, checks, the
 * store, batches and the collection of results read this object.
 */
export type Family = {
	/** The value of `--model`, as stored; never changed once runs have it. */
	name: string;
	/** As its makers call it. */
	title: string;
	/** The roles of inputs that it takes beside `color` and `image`, in the order in which they are shown. */
	roles: readonly RoleRow[];
	/** A prompt without a word of it gets the first one whose inputs it has. */
	modes: readonly [Mode, ...Mode[]];
	/** How it makes texts richer; the first one runs on its hosts. @default as Transfer1 does it */
	enhancers?: readonly [Enhancer, ...Enhancer[]];
	/** The usual name of the checkout, folders in it that tell that this model is there, and how to get it. */
	checkout: {name: string; needs: string; also?: readonly string[]; hint: string};
	/** What its container has beside the checkout. @default nothing */
	container?: ContainerNeeds;
	/** What its host has to have beside that. @default nothing that is checked */
	host?: HostNeeds;
	/** GB of memory that each GPU needs, as the authors state; it limits the choice of hosts. */
	memory?: number;
	/** What each GPU takes for a run, as far as anybody knows. @default nobody does */
	memoryFor?: (use: MemoryUse) => MemoryNeed;
	/** Numbers of GPUs that its model can be divided among. @default any */
	gpuCounts?: readonly number[];
	/** Its models of different sizes; the setting `checkpoint` of its modes names one. */
	checkpoints?: readonly Checkpoint[];
	/** Flags that save GPU memory, for the hint of a run that had too little. */
	savesMemory: readonly string[];
	/** What helps instead while the model is loaded; where it is said, the hint goes by the phase. */
	savesLoading?: readonly string[];
};

/** One of a family's models: what it needs, and what is usual with it. */
export type Checkpoint = {
	/** A choice of the setting `checkpoint`. */
	name: string;
	/** GB that each GPU needs with the fewest GPUs that do, if the makers say. */
	memory?: number;
	/** GPUs without which it cannot run. */
	gpus: number;
	/** Where it differs from the table's defaults. */
	defaults?: Readonly<Record<string, SettingValue>>;
};

/** The inputs of a prompt with their sizes and lengths, those that a mode has no use for among them. */
export type Inputs = readonly PromptInput[];

/** Some settings with their values. */
export type Values = Readonly<Record<string, SettingValue>>;

/** Words about some settings, by key. */
export type WordsByKey = Readonly<Record<string, string>>;

/** One thing that a family can do: what it takes, and how it is done. */
export type Mode = {
	/** What `--mode` says and the store keeps. */
	name: string;
	/** Inputs without which it cannot be. */
	requires: readonly InputRole[];
	/** Inputs of which it needs at least one. */
	requiresOne?: readonly InputRole[];
	/** Inputs of which one has to be there for a prompt to get this mode without a word of it. @default none */
	chosenBy?: readonly InputRole[];
	/** Controls by the names of `controlNames`; the last row is `timeLimit`. */
	settings: readonly Setting[];
	/** Settings that it had in earlier versions. @default none */
	removed?: readonly RemovedSetting[];
	/**
	 * Defaults that follow from the inputs and from what is given, in place of the table's and the
	 * checkpoint's: the frame rate of the source, guidance by the number of controls.
	 */
	defaultsFor?: (inputs: Inputs, given: Values) => Values;
	/** Settings that do nothing with these values and inputs, and why. To give one is refused. */
	unused?: (settings: TransferSettings, inputs: Inputs) => WordsByKey;
	/** What values come to with these inputs, where that is more than they say: `193 frames, 8.0 s`. */
	meanings?: (settings: TransferSettings, inputs: Inputs) => WordsByKey;
	/** What is wrong with an input that it would be sent with, and not with a setting. */
	refusedInput?: (settings: TransferSettings, inputs: Inputs) => string | undefined;
	/**
	 * What is wrong between settings that are each right.
	 * @param inputs absent where no prompt is known, as for a preset
	 */
	conflictIn: (settings: TransferSettings, inputs?: Inputs) => Conflict | undefined;
	/** What comes of a launch, and what a person should know before. @default nothing to say */
	outlook?: (launch: Launch) => Outlook;
	/** Whether another input of a prompt is sent too with these settings. */
	needs: (role: InputRole, settings: TransferSettings) => boolean;
	/** The files and the command of one run. */
	job: (task: Transfer, places: JobPlaces) => ModelJob;
	/** What has to be among the outputs. */
	result: (task: Transfer) => Result;
	/** The line of the log with which the first sampling begins; the model is loaded by then. @default none says so */
	sampling?: RegExp;
	/** The bars that a run draws one after the other. @default one, of its steps */
	bars?: Bars;
	/** Absent where a process does one run only. */
	batch?: FamilyBatch;
};

/** The bars that a model draws for one run. */
export type Bars = {
	/** How many; undefined where the inputs do not say. @default 1 */
	count?: (task: Pick<Transfer, 'settings' | 'inputs'>) => number | undefined;
	/** A line with which each begins, or the first state of the bar. */
	begins?: RegExp;
	/** What they count, where it is not steps: few things, each of which takes minutes. */
	unit?: string;
};

/** How one process makes several videos. */
export type FamilyBatch = BatchModel<'transfer'> & {
	/** Whether all of them have the same negative prompt. */
	sharesNegative: boolean;
	/** Whether all of them use the same controls, each with its own weights. */
	sharesControls: boolean;
	/** Whether the inputs of all of them are of the same kinds. @default each has its own */
	sharesKinds?: boolean;
};

/** A transfer is never without a control. */
export function needsControl(settings: TransferSettings): Conflict | undefined {
	return activeControls(settings).length > 0
		? undefined
		: {key: 'vis', problem: 'all four weights are 0: give at least one control a weight'};
}

/**
 * What the tasks of a batch share, by name, in the order of comparison: every
 * setting of the process, and what the family takes once per batch.
 */
function commonOf(task: Transfer, {settings, batch}: Batching): Array<[string, SettingValue]> {
	return [
		...(batch.sharesNegative ? [['negative', task.negative] as [string, string]] : []),
		...settings
			.filter(({scope}) => scope === 'process')
			.map(({key}): [string, SettingValue] => [key, task.settings[key] as SettingValue]),
		...(batch.sharesControls
			? [['controls', activeControls(task.settings).join(', ')] as [string, string]]
			: []),
		...(batch.sharesKinds ? [['inputs', kindsOf(task)] as [string, string]] : []),
	];
}

/** `video`, or `image, video`. */
function kindsOf({inputs}: Transfer): string {
	return [...new Set(inputs.map(({path}) => mediaKindOf(path) ?? ''))].sort().join(', ');
}

/** A mode whose processes do several runs. */
type Batching = Pick<Mode, 'settings'> & {batch: FamilyBatch};

/** Equal for tasks that can share a batch; undefined for a mode without batches. */
export function mixedBatchKey(task: Transfer, {settings, batch}: Mode): string | undefined {
	return batch && JSON.stringify([task.model, task.mode, commonOf(task, {settings, batch})]);
}

/** Two tasks that cannot share a batch, by index, and the reason. */
export type BatchConflict = {
	/** The key of a setting, `negative`, `controls` or `inputs`. */
	setting: string;
	places: readonly [number, number];
	values: readonly [SettingValue, SettingValue];
};

/** The first reason against a batch of these tasks; undefined if there is none. */
export function batchConflict(
	tasks: readonly Transfer[],
	{settings, batch}: Mode,
): BatchConflict | undefined {
	const [first = [], ...others] = batch ? tasks.map(task => commonOf(task, {settings, batch})) : [];
	for (const [at, [setting, value]] of first.entries()) {
		const other = others.findIndex(common => common[at]?.[1] !== value);
		if (other >= 0) {
			const values = [value, others[other]?.[at]?.[1] as SettingValue] as const;
			return {setting, places: [0, other + 1], values};
		}
	}

	return undefined;
}
