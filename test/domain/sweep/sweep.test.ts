import {describe, expect, it} from 'vitest';
import {numbersIn} from '../../../source/domain/sweep/axis-values.js';
import {combine, type Point} from '../../../source/domain/sweep/combine.js';
import {alternativesIn, fillTemplate} from '../../../source/domain/sweep/template.js';

describe('the values of a setting', () => {
	it.each([
		['7', [7]],
		['3,5,7', [3, 5, 7]],
		['1..4', [1, 2, 3, 4]],
		['0:1:0.25', [0, 0.25, 0.5, 0.75, 1]],
		['0:0.3:0.1', [0, 0.1, 0.2, 0.3]],
		['1..3,3,9', [1, 2, 3, 9]],
		['0:1:0.4', [0, 0.4, 0.8]],
	])('are those that %s stands for', (text, values) => {
		expect(numbersIn('--seed', text)).toEqual(values);
	});

	it.each([
		['8..1', 'must go up'],
		['1..2.5', 'whole numbers around ..'],
		['0:1', 'FROM:TO:STEP'],
		['0:1:0', 'must go up'],
		['1,,2', 'must be a number'],
		['1..100000', 'at most 10000 values'],
		['a..b', 'must be a number'],
	])('are refused in %s', (text, message) => {
		expect(() => numbersIn('--seed', text)).toThrow(message);
	});
});

describe('the points of a sweep', () => {
	const axes = [
		{name: 'seed', values: [1, 2]},
		{name: 'steps', values: [10, 20, 30]},
	];

	it('are every combination, the last axis fastest', () => {
		expect(combine(axes).map(({seed, steps}) => `${seed}/${steps}`)).toEqual([
			...['1/10', '1/20', '1/30'],
			...['2/10', '2/20', '2/30'],
		]);
	});

	it('go together with zip, and an axis of one value with all', () => {
		const zipped = combine(
			[
				{name: 'a', values: [1, 2]},
				{name: 'b', values: [5]},
				{name: 'c', values: [3, 4]},
			],
			{zip: true},
		);
		expect(zipped).toEqual([
			{a: 1, b: 5, c: 3},
			{a: 2, b: 5, c: 4},
		]);
		expect(() => combine(axes, {zip: true})).toThrow('seed has 2, steps has 3');
	});

	it('are a sample without repetition, the same each time', () => {
		const many = [
			{name: 'a', values: Array.from({length: 100}, (_, at) => at)},
			{name: 'b', values: Array.from({length: 1000}, (_, at) => at)},
		];
		const sample = combine(many, {sample: 50});
		expect(sample).toEqual(combine(many, {sample: 50}));
		expect(new Set(sample.map((point: Point) => JSON.stringify(point))).size).toBe(50);
		expect(combine(axes, {sample: 50})).toEqual(combine(axes));
	});

	it('are refused when there are too many', () => {
		const values = Array.from({length: 200}, (_, at) => at);
		const large = ['a', 'b'].map(name => ({name, values}));
		expect(() => combine(large)).toThrow('a sweep of 40000 runs is more than 10000');
	});

	it.each([54, 60, 2000])('are refused when nobody can count them: 2^%d', power => {
		const axes = Array.from({length: power}, (_, at) => ({name: `text${at}`, values: ['a', 'b']}));
		expect(() => combine(axes, {sample: 3})).toThrow('a sweep of more than 9007199254740991 runs');
	});
});

describe('a template', () => {
	it('has alternatives in braces, and is filled with one of each', () => {
		const text = 'A street in {rain|snow} at {dawn|noon|night}, {plain}';
		expect(alternativesIn(text)).toEqual([
			{name: 'text', values: ['rain', 'snow']},
			{name: 'text2', values: ['dawn', 'noon', 'night']},
		]);
		expect(fillTemplate(text, {text: 'snow', text2: 'noon'})).toBe(
			'A street in snow at noon, {plain}',
		);
	});

	it.each(['A street', '{plain}', '{"a": "x|y"}', 'a | b'])('is not %s', text => {
		expect(alternativesIn(text)).toEqual([]);
	});
});
