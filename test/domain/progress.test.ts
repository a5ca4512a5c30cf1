import {expect, it} from 'vitest';
import {parseProgress} from '../../source/domain/progress.js';

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

it('reads a bar that knows no rate yet', () => {
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
