import fc from 'fast-check';
import {expect, it} from 'vitest';
import {
	anyCaseSearch,
	exactSearch,
	expressionSearch,
} from '../../../source/state/log/byte-search.js';

/** All places, one after the other. */
function places(search: ReturnType<typeof exactSearch>, text: string): number[] {
	const bytes = Buffer.from(text, 'latin1');
	const found: number[] = [];
	for (let at = search(bytes, 0); at >= 0 && at < bytes.length; at = search(bytes, at + 1)) {
		found.push(at);
	}

	return found;
}

const letters = fc.string({
	unit: fc.constantFrom('a', 'A', 'b', 'B', 'z', '[', '{', '\n'),
	maxLength: 60,
});
const words = fc.string({
	unit: fc.constantFrom('a', 'b', 'z', '[', '{'),
	minLength: 1,
	maxLength: 3,
});

it('finds in small letters and capitals what an expression finds', () => {
	fc.assert(
		fc.property(letters, words, (text, word) => {
			const expression = new RegExp(word.replaceAll(/[[{]/g, '\\$&'), 'gi');
			expect(places(anyCaseSearch(word), text)).toEqual(places(expressionSearch(expression), text));
		}),
	);
});

it('finds a text as it is written alone', () => {
	expect(places(exactSearch('Ab'), 'ab Ab AB Ab')).toEqual([3, 9]);
});

it('finds everything where there is no text', () => {
	expect(places(anyCaseSearch(''), 'abc')).toEqual([0, 1, 2]);
});
