import {CosmosError} from '../../domain/errors.js';
import {familyOf, modeOf} from '../../domain/models/families.js';
import {type BatchConflict, batchConflict} from '../../domain/models/family.js';
import {batchModelOf, enhanceBatchKey} from '../../domain/models/models.js';
import type {ResultVideo} from '../../domain/models/outlook.js';
import {flagName} from '../../domain/settings/settings.js';
import {kindName} from '../../domain/settings/settings-tables.js';
import type {RunTask} from '../../domain/types.js';
import type {LaunchRequest} from '../workflow-types.js';
import {type CheckedLaunch, checkLaunch} from './launch-check.js';
import {type Local, launchNotices} from './launch-parts.js';

/** A batch whose settings have been checked: that needs no network. */
export type CheckedBatch = Omit<CheckedLaunch, 'task' | 'result'> & {
	tasks: RunTask[];
	/** Of those tasks whose inputs say it. */
	results: readonly ResultVideo[];
};

/**
 * Checks everything about a batch that can be checked locally. Changes nothing.
 * @throws CosmosError (usage) for each request as a launch alone, and for two that cannot share a
 * container
 */
export async function checkBatch(
	local: Local,
	requests: readonly LaunchRequest[],
): Promise<CheckedBatch> {
	const checked = [];
	for (const request of requests) {
		checked.push(await checkLaunch(local, request));
	}

	const [first, ...others] = checked;
	if (!first) {
		throw new CosmosError('usage', 'a batch needs at least one prompt');
	}

	const tasks = checked.map(({task}) => task);
	for (const {target, task} of others) {
		if (task.operation !== first.task.operation) {
			throw cannotShareError(
				first.task,
				task,
				`one is a ${first.task.operation}, the other ${task.operation}`,
			);
		}

		if (task.model !== first.task.model) {
			throw cannotShareError(
				first.task,
				task,
				`one is of ${first.task.model}, the other of ${task.model}`,
			);
		}

		if (task.mode !== first.task.mode) {
			throw cannotShareError(first.task, task, `one is ${first.task.mode}, the other ${task.mode}`);
		}

		if (target !== first.target) {
			throw cannotShareError(
				first.task,
				task,
				`one is for ${first.target}, the other for ${target}`,
			);
		}
	}

	if (others.length > 0) {
		checkAlike(tasks);
	}

	const {task: _, result: _result, ...rest} = first;
	const results = checked.flatMap(({result}) => result ?? []);
	const all = checked.flatMap(({task, warnings}) =>
		others.length > 0 ? warnings.map(line => `${task.promptName}: ${line}`) : warnings,
	);
	return {...rest, tasks, results, warnings: [...launchNotices(tasks), ...all]};
}

/**
 * Enhancements in groups that can share a container each, in their order.
 * @throws CosmosError (usage) as each launch alone
 */
export async function groupEnhancements(
	local: Local,
	requests: readonly LaunchRequest[],
): Promise<LaunchRequest[][]> {
	const groups = new Map<string, LaunchRequest[]>();
	for (const request of requests) {
		const {target, task} = await checkLaunch(local, request);
		const own = task.operation === 'enhance' ? enhanceBatchKey(task) : task.promptId;
		const key = JSON.stringify([target, own]);
		groups.set(key, [...(groups.get(key) ?? []), request]);
	}

	return [...groups.values()];
}

function checkAlike(tasks: readonly RunTask[]): void {
	const [first] = tasks as readonly [RunTask, ...RunTask[]];
	if (!batchModelOf(first)) {
		throw new CosmosError('cannot-batch', `${kindName(first)} jobs cannot share a container`, {
			hint: 'Run them one by one.',
		});
	}

	if (first.operation === 'enhance') {
		const key = enhanceBatchKey(first);
		const other = tasks.find(task => task.operation === 'enhance' && enhanceBatchKey(task) !== key);
		if (other) {
			const why = 'the kinds of their inputs, or settings of the process, differ';
			throw cannotShareError(first, other, why);
		}
	}

	const transfers = tasks.filter(task => task.operation === 'transfer');
	const conflict =
		first.operation === 'transfer' ? batchConflict(transfers, modeOf(first)) : undefined;
	if (conflict) {
		const [one, other] = conflict.places.map(place => tasks[place]) as [RunTask, RunTask];
		throw conflict.setting === 'controls'
			? cannotShareError(
					one,
					other,
					`the first uses ${conflict.values.join('; the second uses ')}`,
					`${familyOf(first.model).title} mixes up the weights of a batch with different controls.`,
				)
			: cannotShareError(one, other, valuesApart(conflict));
	}
}

function valuesApart({setting, values}: BatchConflict): string {
	const [a, b] = values.map(value => JSON.stringify(value));
	const names: Record<string, string> = {
		negative: 'the negative prompt',
		inputs: 'the kind of the inputs',
	};
	return `${names[setting] ?? flagName(setting)} is ${a} for one and ${b} for the other`;
}

function cannotShareError(
	one: RunTask,
	other: RunTask,
	why: string,
	reason = 'Runs of a batch may differ only in prompt, videos and weights.',
): CosmosError {
	const names = [one, other].map(({promptName, promptId}) =>
		promptId ? `${promptName} (${promptId})` : promptName,
	);
	return new CosmosError('cannot-batch', `${names.join(' and ')} cannot share a batch: ${why}`, {
		hint: `${reason} Run the others without --batch.`,
	});
}
