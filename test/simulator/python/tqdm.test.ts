import fc from 'fast-check';
import {expect, it} from 'vitest';
import {drawBar} from '../../../simulator/python/tqdm.js';
import {parseProgress} from '../../../source/domain/runs/progress.js';

it.each<[Parameters<typeof drawBar>, string]>([
	[['', 16, 35, 54.4], ' 46%|████▌     | 16/35 [00:54<01:04,  3.40s/it]'],
	[['', 0, 35, 0], '  0%|          | 0/35 [00:00<?, ?it/s]'],
	[['Loading', 4, 4, 0.5], 'Loading: 100%|██████████| 4/4 [00:00<00:00,  8.00it/s]'],
	[['', 1, 3, 4000], ' 33%|███▎      | 1/3 [1:06:40<2:13:20, 4000.00s/it]'],
])('draws %j as tqdm does', (bar, text) => {
	expect(drawBar(...bar)).toBe(text);
});

it('draws bars that can be read back', () => {
	fc.assert(
		fc.property(
			fc.integer({min: 1, max: 100_000}),
			fc.double({min: 0, max: 1, noNaN: true}),
			fc.double({min: 0, max: 100_000, noNaN: true}),
			(total, share, seconds) => {
				const done = Math.floor(total * share);
				expect(parseProgress(drawBar('Step', done, total, seconds))).toMatchObject({
					label: 'Step',
					done,
					total,
				});
			},
		),
	);
});
