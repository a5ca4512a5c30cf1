import fc from 'fast-check';
import {expect, it} from 'vitest';
import {longestRead, parseProgress} from '../../../source/domain/runs/progress.js';

it('reads a bar with seconds per step', () => {
	expect(parseProgress(' 46%|████▌     | 16/35 [00:54<01:04,  3.40s/it]')).toEqual({
		label: '',
		percent: 46,
		done: 16,
		total: 35,
		secondsPerStep: 3.4,
		etaSeconds: 64,
	});
});

it('reads a bar with steps per second and a label', () => {
	expect(parseProgress('Sampling:  50%|█████     | 20/40 [00:01<1:00:02, 20.0it/s]')).toMatchObject(
		{
			label: 'Sampling',
			secondsPerStep: 0.05,
			etaSeconds: 3602,
		},
	);
});

it('reads a bar without a rate', () => {
	expect(parseProgress('  0%|          | 0/35 [00:00<?, ?it/s]')).toMatchObject({
		percent: 0,
		total: 35,
		secondsPerStep: undefined,
		etaSeconds: undefined,
	});
});

it('reads a download in bytes', () => {
	expect(parseProgress(' 10%|█         | 1.50M/15.0M [00:01<00:09, 1.50MB/s]')).toMatchObject({
		done: 1_500_000,
		total: 15_000_000,
		etaSeconds: 9,
	});
});

it.each(['', 'loading 50%', '100%', 'a | b | c'])('finds no bar in %j', text => {
	expect(parseProgress(text)).toBeUndefined();
});

it('reads only the end of a line', () => {
	const bar = ' 46%|████▌     | 16/35 [00:54<01:04,  3.40s/it]';
	expect(parseProgress(' '.repeat(longestRead) + bar)).toMatchObject({percent: 46, total: 35});
	expect(parseProgress(bar + ' '.repeat(longestRead))).toBeUndefined();
});

it.each([
	[' 46%|█| 1.2.3/35 [00:54<01:04]', undefined],
	[' 46%|█| 1/35 [00:54<?, 1.2.3s/it]', undefined],
	[`46%|█| 1/35 [00:54<${'9'.repeat(400)}]`, undefined],
])('ignores invalid numbers: %s', (text, etaSeconds) => {
	const found = parseProgress(text);
	expect(found?.etaSeconds).toBe(etaSeconds);
	expect(found?.secondsPerStep).toBeUndefined();
	expect(Object.values(found ?? {}).some(Number.isNaN)).toBe(false);
});

it("recognises tqdm's bars with their label", () => {
	const pieces = [' ', ':', 'a', 'b c', '%|', '|', '7', '46%|█| 1/35 [00:54<01:04', ']', ',2s/it'];
	const words = fc.array(fc.constantFrom(...pieces), {maxLength: 12});
	fc.assert(
		fc.property(words, parts => {
			const text = parts.join('');
			const [, label = '', percent, done, total] =
				/(?:^|\s)(?:([^|]*?):\s*)?(\d{1,3})%\|[^|]*\|\s*(\d+)\/(\d+)\s*\[[\d:]+<[\d:]+/.exec(
					text,
				) ?? [];
			const found = parseProgress(text);
			expect(found && [found.label, found.percent, found.done, found.total]).toEqual(
				percent && [label.trim(), Math.min(100, Number(percent)), Number(done), Number(total)],
			);
		}),
		{numRuns: 20_000},
	);
});
