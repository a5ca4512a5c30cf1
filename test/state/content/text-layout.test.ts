import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
	cut,
	cutStart,
	pad,
	widthOf,
	wrap,
	wrapRows,
} from '../../../source/state/content/text-layout.js';

const texts = fc.string({
	unit: fc.constantFrom('a', 'b', ' ', '\n', '漢', 'é', '👩‍🎨', 'longword'),
});
const widths = fc.integer({min: 2, max: 40});

describe('cut and pad', () => {
	it('never gives more columns than asked for', () => {
		fc.assert(
			fc.property(texts, widths, (text, width) => {
				const line = text.replaceAll('\n', ' ');
				expect(widthOf(cut(line, width))).toBeLessThanOrEqual(width);
				expect(widthOf(cutStart(line, width))).toBeLessThanOrEqual(width);
			}),
		);
	});

	it('pads to exactly the width', () => {
		fc.assert(
			fc.property(texts, widths, (text, width) => {
				expect(widthOf(pad(text.replaceAll('\n', ' '), width))).toBe(width);
			}),
		);
	});

	it('keeps the end of a path', () => {
		expect(cutStart('/home/ada/videos/city', 10)).toBe('…deos/city');
	});
});

describe('wrapping', () => {
	it('loses no character', () => {
		fc.assert(
			fc.property(texts, widths, (text, width) => {
				const rows = wrapRows(text, width);
				const rebuilt = rows
					.map(({text: row, start}, index) =>
						index > 0 && text[start - 1] === '\n' ? `\n${row}` : row,
					)
					.join('');
				expect(rebuilt).toBe(text);
			}),
		);
	});

	it('keeps rows within the width, blanks at their ends apart', () => {
		fc.assert(
			fc.property(texts, widths, (text, width) => {
				for (const row of wrap(text, width)) {
					expect(widthOf(row)).toBeLessThanOrEqual(width);
				}
			}),
		);
	});

	it('breaks between words where it can', () => {
		expect(wrap('a street at night', 9)).toEqual(['a street', 'at night']);
	});
});
