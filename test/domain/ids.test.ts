import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {isId, makeId, resolveId} from '../../source/domain/ids.js';

const chance = new Uint8Array([1, 2, 3, 4]);
const known = ['ps_000000001abc', 'ps_000000002abc', 'ps_0000000031xy'];

describe('makeId', () => {
	it('makes ids that sort by time', () => {
		const times = fc.integer({min: Date.UTC(2020, 0, 1), max: Date.UTC(2050, 0, 1)});
		fc.assert(
			fc.property(times, times, (a, b) => {
				const [first, second] = [makeId('run', a, chance), makeId('run', b, chance)];
				expect(first < second).toBe(a < b);
			}),
		);
	});

	it('makes ids that are complete', () => {
		fc.assert(
			fc.property(fc.uint8Array({minLength: 4, maxLength: 4}), random => {
				expect(isId(makeId('ps', Date.UTC(2026, 10, 24), random), 'ps')).toBe(true);
			}),
		);
	});
});

describe('isId', () => {
	it.each(['run_../../etc', 'run_000000001ab', 'RUN_000000001abc', 'ps_000000001abl', ''])(
		'rejects %j',
		text => {
			expect(isId(text)).toBe(false);
		},
	);
});

describe('resolveId', () => {
	it('finds the newest one as latest', () => {
		expect(resolveId('latest', known, 'prompt')).toBe('ps_0000000031xy');
	});

	it.each(['ps_0000000031xy', 'ps_0000000031', '0000000031', 'PS_0000000031'])(
		'finds an id by %s',
		reference => {
			expect(resolveId(reference, known, 'prompt')).toBe('ps_0000000031xy');
		},
	);

	it('lists the candidates of an ambiguous prefix', () => {
		expect(() => resolveId('ps_0', known, 'prompt')).toThrow(/"ps_0" matches 3 prompts: ps_/);
	});

	it('suggests the nearest id for an unknown one', () => {
		expect(() => resolveId('ps_000000009', known, 'prompt')).toThrow('no prompt "ps_000000009"');
		try {
			resolveId('ps_0000000031zz', known, 'prompt');
		} catch (error) {
			expect((error as {hint: string}).hint).toMatch(/ps_0000000031xy$/);
		}

		expect.assertions(2);
	});

	it('reports that there is nothing yet', () => {
		expect(() => resolveId('latest', [], 'run')).toThrow('there are no runs yet');
	});
});
