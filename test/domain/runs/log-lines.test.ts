import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {cleanText, createLineDecoder} from '../../../source/domain/runs/log-lines.js';

function decode(...chunks: Array<string | Uint8Array>): {lines: string[]; pending: string} {
	const decoder = createLineDecoder();
	const lines = chunks.flatMap(chunk => decoder.push(Buffer.from(chunk)));
	return {lines: lines.map(line => line.text), pending: decoder.pending().text};
}

/** What a terminal would act on: any control but the colours that the decoder keeps. */
const harmful =
	/[\u0000-\u001a\u001c-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\u001b(?!\[[0-9;]*m)/;

describe('createLineDecoder', () => {
	it('returns complete lines and keeps the unfinished one', () => {
		expect(decode('one\ntwo\nthr')).toEqual({lines: ['one', 'two'], pending: 'thr'});
	});

	it('joins a line and a character that are split between chunks', () => {
		const bytes = Buffer.from('größe █ 😀\n');
		for (let at = 1; at < bytes.length; at++) {
			expect(decode(bytes.subarray(0, at), bytes.subarray(at)).lines).toEqual(['größe █ 😀']);
		}
	});

	it('keeps only the last text written to a line', () => {
		expect(decode(' 10%|█\r 20%|██\r')).toEqual({lines: [], pending: ' 20%|██'});
		expect(decode(' 10%|█\r 20%|██\r 30%|███\nnext\r\n').lines).toEqual([' 30%|███', 'next']);
	});

	it('returns the same lines for Windows line ends', () => {
		expect(decode('a\r', '\nb\r\n').lines).toEqual(['a', 'b']);
	});

	it('holds 90,000 bars in one line without keeping them', () => {
		const decoder = createLineDecoder();
		for (let step = 0; step < 90_000; step++) {
			decoder.push(Buffer.from(`\r ${step}/90000 [00:54<01:04]`));
		}

		expect(decoder.pending().text).toBe(' 89999/90000 [00:54<01:04]');
	});

	it('cuts a line of 100 KB and says how much is missing', () => {
		const {lines} = decode('x'.repeat(60_000), 'x'.repeat(42_400), '\nafter\n');
		expect(lines[0]).toBe(`${'x'.repeat(5000)} … 97,400 more characters`);
		expect(lines[1]).toBe('after');
	});

	it('keeps colours and closes them at the end of the line', () => {
		expect(decode('\u001b[1;31mred\nplain\n').lines).toEqual(['\u001b[1;31mred\u001b[0m', 'plain']);
	});

	it('removes the conceal attribute, but not a colour with the same number', () => {
		expect(decode('\u001b[8mx\u001b[38;5;8my\u001b[1;8mz\n').lines).toEqual([
			'x\u001b[38;5;8my\u001b[1mz\u001b[0m',
		]);
	});

	it.each([
		['a window title', '\u001b]0;evil\u0007ok'],
		['a link with an escape in it', '\u001b]8;;http://x\u001b[2J\u001b\\ok'],
		['a cleared screen', '\u001b[2J\u001b[Hok'],
		['an 8-bit CSI', '\u009b2Jok'],
		['an 8-bit OSC', '\u009d0;evil\u009cok'],
		['a DCS', '\u001bP1;2|evil\u001b\\ok'],
		['a reset', '\u001bcok'],
		['a clipboard write', '\u001b]52;c;ZXZpbA==\u0007ok'],
		['bidi controls', '\u202eok\u2066'],
		['tag characters', 'ok\u{e0041}\u{e007f}'],
		['bells and backspaces', '\u0007\bok\u007f'],
		['a private mode', '\u001b[?1049hok'],
	])('drops %s', (_name, text) => {
		expect(decode(`${text}\n`).lines).toEqual(['ok']);
	});

	it('puts tabs on columns of eight', () => {
		expect(decode('\ta\tb\n').lines).toEqual(['        a       b']);
	});

	it('never passes a harmful character, however the bytes are cut', () => {
		const bytes = fc.array(
			fc.oneof(
				fc.constantFrom('\u001b', '[', ']', '8', ';', 'm', '\u0007', '\r', '\u009b', '\u009d', 'x'),
				fc.string({unit: 'binary', maxLength: 4}),
			),
		);
		fc.assert(
			fc.property(bytes, fc.nat(), (parts, cut) => {
				const all = Buffer.from(parts.join(''));
				const at = all.length === 0 ? 0 : cut % all.length;
				const {lines, pending} = decode(all.subarray(0, at), all.subarray(at));
				for (const text of [...lines, pending]) {
					expect(text).not.toMatch(harmful);
				}
			}),
		);
	});

	it('returns the same lines however the bytes are cut', () => {
		const text = fc.array(fc.constantFrom('a', 'ü', '\n', '\r', '\u001b[31m', '\t', '😀'));
		fc.assert(
			fc.property(text, fc.array(fc.nat(), {maxLength: 5}), (parts, cuts) => {
				const bytes = Buffer.from(parts.join(''));
				const places = cuts.map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b);
				const chunks = [0, ...places].map((from, index) =>
					bytes.subarray(from, places[index] ?? bytes.length),
				);
				expect(decode(...chunks)).toEqual(decode(bytes));
			}),
		);
	});
});

describe('cleanText', () => {
	it('makes one harmless line', () => {
		expect(cleanText('a\nb\u001b[31mc\u001b]0;t\u0007\td')).toBe('a bc d');
	});
});
