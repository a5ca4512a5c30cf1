import {parseDecimal} from '../decimal.js';
import {CosmosError} from '../errors.js';
import type {SettingValue} from '../settings/settings.js';

/** Runs of one sweep at most. */
export const mostPoints = 10_000;

/** Decimals that a step of a range may add up to: `0:1:0.1` has 0.3, not 0.30000000000000004. */
const decimals = 10;

/**
 * The values that a number of a setting stands for, each once: `7`, a list `3,5,7`, whole numbers
 * `1..8`, or a range with its step `0:1:0.25`. Both ends belong to a range. Lists may contain ranges.
 * @param flag names the setting in an error
 * @throws CosmosError (usage) for anything else, or more than 10,000 values
 */
export function numbersIn(flag: string, text: string): number[] {
	const values = text.split(',').flatMap(part => numbersInPart(flag, part.trim(), text));
	return [...new Set(values)];
}

function numbersInPart(flag: string, part: string, text: string): number[] {
	const fail = (why: string, hint = '') =>
		new CosmosError('invalid-setting', `${flag} ${why}, not "${text}"`, {hint});
	const toNumber = (word: string) => {
		const number = parseDecimal(word);
		if (Number.isNaN(number)) {
			throw fail('must be a number', 'Several: 3,5,7 or 1..8 or 0:1:0.25 (from, to, step).');
		}

		return number;
	};

	const [start = '', end, ...more] = part.split('..');
	if (end !== undefined) {
		const [from, to] = [toNumber(start), toNumber(end)];
		if (more.length > 0 || !Number.isInteger(from) || !Number.isInteger(to)) {
			throw fail('must have whole numbers around ..', 'A range with a step: 0:1:0.25.');
		}

		return range(from, to, 1, fail);
	}

	const bounds = part.split(':');
	if (bounds.length === 1) {
		return [toNumber(part)];
	}

	if (bounds.length !== 3) {
		throw fail('must be FROM:TO:STEP', 'For example 0:1:0.25.');
	}

	const [from, to, step] = bounds.map(toNumber) as [number, number, number];
	return range(from, to, step, fail);
}

function range(from: number, to: number, step: number, fail: (why: string) => Error): number[] {
	if (to < from || step <= 0) {
		throw fail('must go up, from the lower number to the higher one');
	}

	// A quotient such as 0.3 / 0.1 is a little below 3.
	const count = Math.floor((to - from) / step + 1e-9) + 1;
	if (count > mostPoints) {
		throw fail(`must stand for at most ${mostPoints} values`);
	}

	return Array.from({length: count}, (_, at) => Number((from + at * step).toFixed(decimals)));
}

/** The words of a list, each once: `720p,1080p`. */
export function wordsIn(text: string): SettingValue[] {
	return [...new Set(text.split(',').map(word => word.trim()))];
}
