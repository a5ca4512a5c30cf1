import fc from 'fast-check';
import stringWidth from 'string-width';
import {expect, it} from 'vitest';
import quickWidth from '../scripts/quick-width.mjs';

it('measures every fast-path character, and their neighbours, as string-width does', () => {
	const wrong: string[] = [];
	for (let point = 0; point <= 0x2f_ff; point++) {
		const character = String.fromCodePoint(point);
		if (quickWidth(character) !== stringWidth(character)) {
			wrong.push(point.toString(16));
		}
	}

	expect(wrong).toEqual([]);
});

it('measures every text as string-width does', () => {
	const unit = fc.oneof(
		fc.constantFrom(
			'\u001b[31m',
			'\u001b[0m',
			'\ufe0f',
			'\u20e3',
			'\u200d',
			'\u0301',
			'漢',
			'👩',
			'#',
		),
		fc.constantFrom('│', '─', '●', '✔', '▶', '…', 'é', 'a', ' ', '↑', '©', '⣿'),
		fc.string({unit: 'binary', minLength: 1, maxLength: 1}),
	);
	fc.assert(
		fc.property(fc.array(unit, {maxLength: 12}), parts => {
			const text = parts.join('');
			expect(quickWidth(text)).toBe(stringWidth(text));
		}),
		{numRuns: 500},
	);
});
