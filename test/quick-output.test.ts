import fc from 'fast-check';
import {expect, it} from 'vitest';
import Output from '../node_modules/ink/build/output.js';
import QuickOutput from '../scripts/quick-output.mjs';

const size = {width: 24, height: 4};

type Clip = Parameters<Output['clip']>[0];
type Step = {x: number; y: number; text: string; inside?: Clip};

/** The same cells with the same colours are the same text when Ink has written them once more. */
function seen({output}: {output: string}): string {
	const ink = new Output(size);
	for (const [y, text] of output.split('\n').entries()) {
		ink.write(0, y, text, {transformers: []});
	}

	return ink.get().output;
}

function bothWays(steps: readonly Step[]) {
	const make = (output: Output) => {
		for (const {x, y, text, inside} of steps) {
			output.clip({x1: 0, x2: size.width, y1: 0, y2: size.height});
			output.clip(inside ?? {x1: undefined, x2: undefined, y1: undefined, y2: undefined});
			output.write(x, y, text, {transformers: [(line: string) => line]});
			output.unclip();
			output.unclip();
		}

		return output.get();
	};

	return {ink: make(new Output(size)), quick: make(new QuickOutput(size))};
}

const unit = fc.oneof(
	fc.constantFrom('│', '─', 'a', 'b ', '   ', 'word', '…', '✔'),
	fc
		.tuple(
			fc.constantFrom(['1', '22'], ['2', '22'], ['36', '39'], ['30;46', '39;49'], ['7', '27']),
			fc.constantFrom('x', ' y ', '\u001b[1mz\u001b[22m'),
		)
		.map(([[begin, end], text]) => `\u001b[${begin}m${text}\u001b[${end}m`),
	fc.constantFrom(
		'\u001b[38;5;80mc\u001b[39m',
		'\u001b[48;2;1;2;3md\u001b[0m',
		'\u001b[31mopen',
		'\u001b[5mblink\u001b[25m',
		'\u001b[38m;',
		'漢',
		'👩',
		'e\u0301',
		'two\nrows',
	),
);

const edge = fc.integer({min: -2, max: size.width + 2});
const step: fc.Arbitrary<Step> = fc.record(
	{
		x: edge,
		y: fc.integer({min: -1, max: size.height}),
		text: fc.array(unit, {minLength: 1, maxLength: 5}).map(parts => parts.join('')),
		inside: fc.record({
			x1: edge,
			x2: edge,
			y1: fc.integer({min: -1, max: 3}),
			y2: fc.integer({min: 1, max: 6}),
		}),
	},
	{requiredKeys: ['x', 'y', 'text']},
);

it('shows what Ink shows, for any layout', () => {
	fc.assert(
		fc.property(fc.array(step, {maxLength: 5}), steps => {
			const {ink, quick} = bothWays(steps);
			expect(seen(quick)).toBe(seen(ink));
		}),
		{numRuns: 500},
	);
});

it('leaves adjacent texts unchanged', () => {
	const {quick} = bothWays([
		{x: 0, y: 0, text: '\u001b[2m│\u001b[22m\u001b[22m'},
		{x: 3, y: 0, text: 'plain  '},
	]);
	expect(quick.output).toBe('\u001b[2m│\u001b[22m\u001b[22m  plain\n\n\n');
});
