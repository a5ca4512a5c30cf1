import type {InputRole, RoleRow} from '../media.js';
import {
	activeControls,
	type Setting,
	type SettingValue,
	type TransferSettings,
} from '../settings.js';
import type {TaskOf} from '../types.js';
import type {BatchModel, JobPlaces, ModelJob} from './model-job.js';

export type Transfer = TaskOf<'transfer'>;

/** A setting to blame, and why. */
export type Conflict = {key: string; problem: string};

/**
 * One model family for transfers: everything that the product knows about it. Forms, flags,
 * help, checks, the store, batches and the collection of results read this object.
 */
export type Family = {
	/** The value of `--model`, as stored; never changed once runs have it. */
	name: string;
	/** As its makers call it. */
	title: string;
	/** Controls by the names of `controlNames`; the last row is `timeLimit`. */
	settings: readonly Setting[];
	/** The roles of inputs that it takes beside `color`, in the order in which they are shown. */
	roles: readonly RoleRow[];
	/** Conflicts between settings that are valid on their own. */
	conflictIn: (settings: TransferSettings) => Conflict | undefined;
	/** Whether a video of a prompt is uploaded with these settings. `color` always is. */
	needs: (role: InputRole, settings: TransferSettings) => boolean;
	/** The files and the command of one run; its result is `output.mp4`. */
	job: (task: Transfer, places: JobPlaces) => ModelJob;
	/** The line of the log with which the first sampling begins; the model is loaded by then. */
	sampling: RegExp;
	/** Absent where a process makes one video only. */
	batch?: FamilyBatch;
	/** A folder of the checkout that shows that this model is installed, and how to get it. */
	checkout: {needs: string; hint: string};
	/** GB of memory that each GPU needs, as the authors state; it limits the choice of hosts. */
	memory?: number;
	/** Flags that save GPU memory, for the hint of a run that had too little. */
	savesMemory: readonly string[];
};

/** How one process makes several videos. */
export type FamilyBatch = BatchModel<'transfer'> & {
	/** Whether all of them have the same negative prompt. */
	sharesNegative: boolean;
	/** Whether all of them use the same controls, each with its own weights. */
	sharesControls: boolean;
};

/** A transfer is never without a control. */
export function needsControl(settings: TransferSettings): Conflict | undefined {
	return activeControls(settings).length > 0
		? undefined
		: {key: 'vis', problem: 'all four weights are 0: give at least one control a weight'};
}

/** A distilled model for edge only. */
export function distilledIsEdge(settings: TransferSettings): Conflict | undefined {
	const others = activeControls(settings).filter(name => name !== 'edge');
	return settings.distilled && others.length > 0
		? {key: 'distilled', problem: `works with edge alone: set ${others.join(', ')} to 0`}
		: undefined;
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
	];
}

/** A family whose processes make several videos. */
type Batching = Pick<Family, 'settings'> & {batch: FamilyBatch};

/** Equal for tasks that can share a batch; undefined for a family without batches. */
export function mixedBatchKey(task: Transfer, {settings, batch}: Family): string | undefined {
	return batch && JSON.stringify([task.model, commonOf(task, {settings, batch})]);
}

/** Two tasks that cannot share a batch, by index, and the reason. */
export type BatchConflict = {
	/** The key of a setting, `negative` or `controls`. */
	setting: string;
	places: readonly [number, number];
	values: readonly [SettingValue, SettingValue];
};

/** The first reason against a batch of these tasks; undefined if there is none. */
export function batchConflict(
	tasks: readonly Transfer[],
	{settings, batch}: Family,
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
