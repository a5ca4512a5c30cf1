import {describe, expect, it} from 'vitest';
import {type Flag, parseArguments} from '../../../simulator/python/argparse.js';

// Every expectation here is what Python 3.11's argparse answered.
const flags: Flag[] = [
	{name: 'prompt', kind: 'str', default: 'p'},
	{name: 'num_steps', kind: 'int', default: 35},
	{name: 'num_gpus', kind: 'int', default: 1},
	{name: 'guidance', kind: 'float', default: 5},
	{name: 'blur', kind: 'str', default: 'a', choices: ['a', 'b']},
	{name: 'use'},
	{name: 'spec', kind: 'str', required: true},
];
const parse = (words: string[]) => parseArguments({program: 'transfer.py', flags}, words).values;

describe('takes', () => {
	it.each<[string[], string, unknown]>([
		[['--spec', 'x'], 'num_steps', 35],
		[['--spec=a=b'], 'spec', 'a=b'],
		[['--spec', '-5'], 'spec', '-5'],
		[['--spec', '-not a flag'], 'spec', '-not a flag'],
		[['--spec='], 'spec', ''],
		[['--sp', 'x'], 'spec', 'x'],
		[['--num_s=3', '--spec', 'x'], 'num_steps', 3],
		[['--num_steps', ' 1_0 ', '--spec', 'x'], 'num_steps', 10],
		[['--guidance', '-.5', '--spec', 'x'], 'guidance', -0.5],
		[['--guidance', '1e3', '--spec', 'x'], 'guidance', 1000],
		[['--guidance', '-inf', '--guidance', 'inf', '--spec', 'x'].slice(2), 'guidance', Infinity],
		[['--u', '--spec', 'x'], 'use', true],
		[['--spec', 'x', '--spec', 'y'], 'spec', 'y'],
	])('%j: %s is %j', (words, name, value) => {
		expect(parse(words)[name]).toBe(value);
	});
});

describe('refuses', () => {
	it.each<[string[], string]>([
		[[], 'the following arguments are required: --spec'],
		[['--', '--spec', 'x'], 'the following arguments are required: --spec'],
		[['--spec', 'x', 'y', '-z'], 'unrecognized arguments: y -z'],
		[['--guidance', '-1e3', '--spec', 'x'], 'argument --guidance: expected one argument'],
		[['--num_steps', '1__0', '--spec', 'x'], "argument --num_steps: invalid int value: '1__0'"],
		[['--num_steps', "it's", '--spec', 'x'], 'argument --num_steps: invalid int value: "it\'s"'],
		[['--blur', 'c', '--spec', 'x'], "argument --blur: invalid choice: 'c' (choose from 'a', 'b')"],
		[['--blur', 'c', '--num', '1'], 'ambiguous option: --num could match --num_steps, --num_gpus'],
	])('%j', (words, message) => {
		expect(() => parse(words)).toThrow(
			expect.objectContaining({
				status: 2,
				stderr: `usage: transfer.py [-h] [--prompt PROMPT] [--num_steps NUM_STEPS]
                   [--num_gpus NUM_GPUS] [--guidance GUIDANCE] [--blur {a,b}]
                   [--use] --spec SPEC
transfer.py: error: ${message}
`,
			}),
		);
	});
});
