/** Puts the numbers of a check into the measures of the run that it has looked at. */
import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {messageOf} from '../../domain/errors.js';
import {outputFolder} from '../../domain/models/model-job.js';
import {outputKind, resultFiles} from '../../domain/runs/outputs.js';
import type {OutputFile, Run, TaskOf} from '../../domain/types.js';
import type {TakenResult} from '../../executor/job-context.js';
import type {Local} from '../launch/launch-parts.js';
import {addMeasures, limitFinder} from './add-measures.js';

/** Bytes; a larger file is no list of numbers. */
const longestAnswer = 4 * 1024 * 1024;

/** May be repeated: the numbers take the place of the same ones. */
export async function saveCheck(
	{store, config}: Local,
	run: Run & TaskOf<'recipe'>,
	outputs: readonly OutputFile[],
): Promise<TakenResult> {
	const {recipe, parentId = ''} = run;
	const answer = resultFiles({...run, outputs} as Run).find(
		({name}) => outputKind(name) === 'JSON',
	);
	const fail = (problem: string, hint: string): TakenResult => ({
		failure: {reason: 'bad-answer', message: `${recipe.name}: ${problem}`, hint},
	});
	if (!answer) {
		return fail('made no JSON file', 'A check writes its numbers into a file such as judge.json.');
	}

	const file = path.join(store.runFolder(run.id), outputFolder, ...answer.name.split('/'));
	let read: unknown;
	try {
		const {size} = await stat(file);
		if (size > longestAnswer) {
			return fail(`${answer.name} is too large`, 'A file of numbers has at most 4 MiB.');
		}

		read = JSON.parse(await readFile(file, 'utf8'));
	} catch (error) {
		return fail(`${answer.name} cannot be read: ${messageOf(error)}`, 'It has to be JSON.');
	}

	const values: Record<string, number> = {};
	for (const name of recipe.measures ?? []) {
		const value = numberAt(read, name);
		if (value === undefined) {
			const hint = 'Measures are numbers, or true and false, of the JSON object.';
			return fail(`${answer.name} has no number ${name}`, hint);
		}

		values[`${recipe.name}.${name}`.toLowerCase()] = value;
	}

	if (!(await store.getRun(parentId))) {
		return fail(`${parentId} no longer exists`, 'Restore it: `cosmos list trash`.');
	}

	const findLimits = limitFinder(config);
	await store.updateRun(parentId, stored => addMeasures(stored, {values}, findLimits));
	return {record: {}};
}

/** A number of a JSON object: by its whole name, or by the names of the objects around it. */
function numberAt(json: unknown, name: string): number | undefined {
	if (typeof json !== 'object' || json === null) {
		return undefined;
	}

	const at = (key: string): unknown =>
		Object.hasOwn(json, key) ? (json as Record<string, unknown>)[key] : undefined;
	const value = at(name);
	if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) {
		return Number(value);
	}

	const dot = name.indexOf('.');
	return dot < 0 ? undefined : numberAt(at(name.slice(0, dot)), name.slice(dot + 1));
}
