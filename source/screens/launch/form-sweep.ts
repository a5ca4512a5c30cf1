/** Numbers with several values in the launch form: `1..8`, `3,5,7`, `0:1:0.25`. */
import {parseDecimal} from '../../domain/decimal.js';
import {CosmosError} from '../../domain/errors.js';
import type {LaunchRequest} from '../../domain/settings/launch-request.js';
import {problemWith} from '../../domain/settings/setting-problem.js';
import type {Setting} from '../../domain/settings/settings.js';
import {numbersIn} from '../../domain/sweep/axis-values.js';
import {type Axis, countPoints} from '../../domain/sweep/combine.js';
import {axesOfRequest} from '../../domain/sweep/expand.js';
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

/**
 * What is wrong with so many combinations.
 * @param field to blame where no setting has several values
 */
export function sizeProblem(
	axes: readonly Axis[],
	requests: readonly LaunchRequest[],
	field: string,
): Record<string, string> {
	try {
		for (const request of requests) {
			countPoints(axesOfRequest(request, axes));
		}

		return {};
	} catch (error) {
		if (error instanceof CosmosError) {
			return {[axes.at(-1)?.name ?? field]: error.message};
		}

		throw error;
	}
}

/** A typed number, or the first of several; NaN for what is none. */
export function firstNumber(value: string | boolean | undefined): number {
	const [first = ''] = typeof value === 'string' ? value.split(/\.\.|[,:]/) : [];
	return parseDecimal(first);
}
