import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {batchModelOf} from '../../../source/domain/models/models.js';
import {createOutputSplitter, type OutputPart} from '../../../source/domain/runs/batch-parts.js';

const begins =
	batchModelOf({operation: 'transfer', model: 'transfer1'})?.begins ??
	expect.fail('no batch of transfers');
const beginning =
	'[11-24 12:00:00|INFO|cosmos_transfer1/diffusion/inference/transfer.py:338:demo] running preprocessor';

/** What each of `count` runs gets of an output that comes in chunks. */
function dealt(chunks: readonly Buffer[], count: number): {texts: string[]; begun: number} {
	const splitter = createOutputSplitter(begins, count);
	const texts = Array.from({length: count}, () => Buffer.alloc(0));
	const take = (parts: readonly OutputPart[]) => {
		for (const {indexes, bytes} of parts) {
			for (const receiver of indexes ?? texts.keys()) {
				texts[receiver] = Buffer.concat([texts[receiver] as Buffer, bytes]);
			}
		}
	};

	for (const chunk of chunks) {
		take(splitter.push(chunk));
	}

	take(splitter.flush());
	return {texts: texts.map(text => text.toString('latin1')), begun: splitter.begun().all.size};
}

const deal = (text: string, count = 2) => dealt([Buffer.from(text, 'latin1')], count);

describe('the output of a batch', () => {
	it('belongs to all runs before the first starts, then to each run from its start on', () => {
		expect(deal(`load\n${beginning}\none\n${beginning}\ntwo\n`)).toEqual({
			texts: [`load\n${beginning}\none\n`, `load\n${beginning}\ntwo\n`],
			begun: 2,
		});
	});

	it('belongs to all runs if no run has started', () => {
		expect(deal('load\nTraceback')).toEqual({
			texts: ['load\nTraceback', 'load\nTraceback'],
			begun: 0,
		});
	});

	it('recognises a start line with colours, after a progress bar and before a carriage return', () => {
		const coloured = `\u001b[32m${beginning}\u001b[0m`;
		expect(deal(` 46%|██ | 1/2\r${coloured}\r\nx`).begun).toBe(1);
	});

	it.each([
		['within a line', `x ${beginning}\n`],
		['that a prompt quotes', `[a] prompt='${beginning}'\n`],
		['without its end', beginning],
		['of another program', '[x|other.py:1:f] running preprocessor\n'],
		['in a line that is far too long', `[${'x'.repeat(600)}${beginning.slice(1)}\n`],
	])('has no start line %s', (_what, text) => {
		expect(deal(text).begun).toBe(0);
	});

	it('stays with the last run if there are more start lines than runs', () => {
		expect(deal(`${beginning}\n`.repeat(3), 2).begun).toBe(2);
	});

	it('is split the same way wherever the chunks are cut, without losing a byte', () => {
		const piece = fc.oneof(
			fc.constantFrom(
				beginning,
				'\n',
				'\r',
				'[',
				' 46%|██▌ |',
				'\u001b[32m',
				'load',
				'x'.repeat(501),
			),
			fc.string({unit: 'binary', maxLength: 8}),
		);
		fc.assert(
			fc.property(
				fc.array(piece, {maxLength: 20}),
				fc.array(fc.nat(3000), {maxLength: 8}),
				(pieces, cuts) => {
					const whole = Buffer.from(pieces.join(''), 'latin1');
					const places = [0, ...cuts.map(cut => Math.min(cut, whole.length)), whole.length];
					const sorted = places.sort((a, b) => a - b);
					const chunks = sorted.slice(1).map((end, at) => whole.subarray(sorted[at], end));
					const {texts, begun} = dealt(chunks, 3);
					expect({texts, begun}).toEqual(dealt([whole], 3));
					const shared = begun === 0 ? texts[0] : texts[2];
					const own = begun === 3 ? '' : shared;
					expect(whole.toString('latin1').startsWith(own ?? '')).toBe(true);
					const total = texts.reduce((sum, text) => sum + text.length, 0);
					expect(total).toBeGreaterThanOrEqual(whole.length);
				},
			),
		);
	});
});
