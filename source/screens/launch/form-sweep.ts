/** Numbers with several values in the launch form: `1..8`, `3,5,7`, `0:1:0.25`. */
import {parseDecimal} from '../../domain/decimal.js';
import {CosmosError} from '../../domain/errors.js';
import {problemWith} from '../../domain/setting-problem.js';
import type {Setting} from '../../domain/settings.js';
import {mostPoints, numbersIn} from '../../domain/sweep/axis-values.js';
import type {Axis} from '../../domain/sweep/combine.js';
import type {FormValues} from './form-presets.js';

/** What is typed into a number that has several values. */
const listCharacters = /[,:]|\.\./;

type Listed = {values: readonly number[]} | {problem: string};

/** The values that a field stands for; undefined for one number, or what is none. */
export function listIn(row: Setting, entered: string | boolean | undefined): Listed | undefined {
	const isNumber = row.kind === 'number' || row.kind === 'integer';
	if (!isNumber || typeof entered !== 'string' || !listCharacters.test(entered)) {
		return undefined;
	}

	try {
		const values = numbersIn('', entered);
		const problem = values.map(value => problemWith(row, value)).find(Boolean);
		return problem === undefined ? {values} : {problem};
	} catch (error) {
		if (error instanceof CosmosError) {
			return {problem: error.message.replace(/, not ".*"$/, '').trim()};
		}

		throw error;
	}
}

/** The settings that are swept. */
export function axesOf(rows: readonly Setting[], values: FormValues): Axis[] {
	return rows.flatMap(row => {
		const listed = listIn(row, values[row.key]);
		return listed && 'values' in listed ? [{name: row.key, values: listed.values}] : [];
	});
}

/** What is wrong with so many values, by the field to blame. */
export function sizeProblem(axes: readonly Axis[]): Record<string, string> {
	const last = axes.at(-1);
	const points = axes.reduce((count, {values}) => count * values.length, 1);
	return last && points > mostPoints
		? {[last.name]: `makes ${points} runs, more than ${mostPoints}`}
		: {};
}

/** A typed number, or the first of several; NaN for what is none. */
export function firstNumber(value: string | boolean | undefined): number {
	const [first = ''] = typeof value === 'string' ? value.split(/\.\.|[,:]/) : [];
	return parseDecimal(first);
}
