import fc from 'fast-check';
import {expect, it} from 'vitest';
import {diffLines} from '../../../source/domain/prompts/line-diff.js';

const lines = fc
	.array(fc.constantFrom('a', 'b', 'c', ''), {minLength: 1, maxLength: 12})
	.map(some => some.join('\n'));

it('leads from one text to the other', () => {
	fc.assert(
		fc.property(lines, lines, (before, after) => {
			const diff = diffLines(before, after);
			const side = (sign: '-' | '+') =>
				diff
					.filter(line => line.sign === ' ' || line.sign === sign)
					.map(({text}) => text)
					.join('\n');
			expect(side('-')).toBe(before);
			expect(side('+')).toBe(after);
		}),
	);
});

it('keeps what both have', () => {
	expect(diffLines('a\nb\nc', 'a\nx\nc').map(({sign, text}) => sign + text)).toEqual([
		' a',
		'-b',
		'+x',
		' c',
	]);
});

it('takes very long texts as changed, in no time', () => {
	const long = (letter: string) => `${letter}\n`.repeat(20_000);
	expect(diffLines(long('a'), long('b'))).toHaveLength(40_002);
});
