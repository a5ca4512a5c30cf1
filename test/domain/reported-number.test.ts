import {expect, it} from 'vitest';
import {parseExitCode} from '../../source/domain/exit-code.js';
import {parseUnsigned, parseWhole} from '../../source/domain/reported-number.js';
import {parseGpus} from '../../source/executor/diagnose/gpu.js';
import {graceIn} from '../../source/executor/engine/process/supervisor/job-files.js';

/** What `Number` makes a number of, or what is none. */
const others = [
	...[undefined, '', ' ', '\n', ' 1', '1 ', '+1', '-1', '1e3', '0x10', '0b1', 'Infinity', 'NaN'],
	...['1_000', '1,5', '١', '1.', '.5', '1.2.3', '9'.repeat(17), '9'.repeat(400), 'null', '[N/A]'],
];

it.each(others)('takes %j for no number', text => {
	expect([parseWhole(text), parseUnsigned(text), parseExitCode(text)]).toEqual([
		undefined,
		undefined,
		undefined,
	]);
});

it('reads whole numbers that are exact, and decimals', () => {
	expect(['0', '007', '9007199254740991'].map(parseWhole)).toEqual([0, 7, Number.MAX_SAFE_INTEGER]);
	expect(['9007199254740993', '1.5'].map(parseWhole)).toEqual([undefined, undefined]);
	expect(['41', '41.50'].map(parseUnsigned)).toEqual([41, 41.5]);
});

it.each(others.filter(text => text !== undefined))('asks for no grace of %j seconds', text => {
	expect(graceIn(`stop-${text}`)).toBeUndefined();
});

it('leaves out a GPU whose index is no number', () => {
	const row = (index: string) => `${index}, H100, 81559, 100, 0, 30, 70.5, 700, 550.1, GPU-1`;
	expect(parseGpus([row('0'), row('0x1'), row(''), row('9'.repeat(20))].join('\n'))).toMatchObject([
		{index: 0, power: 70.5},
	]);
});
