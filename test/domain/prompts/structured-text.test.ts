import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
	isStructured,
	plainWords,
	readableText,
	structureProblem,
} from '../../../source/domain/prompts/structured-text.js';

describe('the text of a prompt', () => {
	it.each([
		['A street at night', false],
		['{a street} at night', false],
		['{"subjects": [', false],
		['[{"subjects": []}]', false],
		['"A street"', false],
		['12', false],
		[' {"context": "A street"}\n', true],
		['{}', true],
	])('%j is structured: %s', (text, is) => {
		expect(isStructured(text)).toBe(is);
		expect(structureProblem(text) === undefined).toBe(is);
	});

	it('is plain where it is nested without an end', () => {
		const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
		expect(isStructured(deep)).toBe(false);
		expect(structureProblem(deep)).toBe('is nested deeper than 64 levels');
	});

	it('is shown with a line for each part, and as it is when it is plain', () => {
		const text =
			'{"fps":24.0,"seed":12345678901234567890,"subjects":[{"pose":"a: \\"b\\", {c}"},[]],"a":{}}';
		expect(readableText(text)).toBe(
			[
				'{',
				'  "fps": 24.0,',
				'  "seed": 12345678901234567890,',
				'  "subjects": [',
				'    {',
				'      "pose": "a: \\"b\\", {c}"',
				'    },',
				'    []',
				'  ],',
				'  "a": {}',
				'}',
			].join('\n'),
		);
		expect(readableText('{a street} at  night')).toBe('{a street} at  night');
	});

	it('means the same when it is shown, and is shown the same again', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue({maxDepth: 4})), object => {
				const text = JSON.stringify(object);
				const shown = readableText(text);
				expect(JSON.parse(shown)).toEqual(JSON.parse(text));
				expect(shown).toBe(JSON.stringify(object, undefined, 2));
				expect(readableText(shown)).toBe(shown);
			}),
		);
	});

	it('says its words without its keys', () => {
		expect(plainWords('{"context":"A street","subjects":[{"pose":"upright"},3]}')).toBe(
			'A street upright',
		);
	});
});
