import {expect, it} from 'vitest';
import type {Run} from '../../source/domain/types.js';
import {progressReader} from '../../source/workflow/run-progress.js';
import {sampleRun} from '../store/samples.js';

const runWith = (progress?: string) =>
	({
		...sampleRun('run_000000000001'),
		operation: 'recipe',
		recipe: {name: 'depth', command: ['x'], inputs: [], outputs: ['*'], progress, timeLimit: 60},
	}) as unknown as Run;

/** A busy machine must not count. */
const readerOf = (progress: string) => progressReader(runWith(progress), 60_000);

it('reads what is done and the total, or percent', () => {
	expect(readerOf('(\\d+)/(\\d+) frames').read(['x', 'at 12/200 frames'])).toEqual([
		undefined,
		{label: 'depth', percent: 6, done: 12, total: 200},
	]);
	expect(readerOf('([\\d.]+)%').read(['41.7%'])).toEqual([
		{label: 'depth', percent: 41, done: 41.7, total: 100},
	]);
	expect(readerOf('(\\w+)/(\\w+)').read(['a/b', '3/0'])).toEqual([undefined, undefined]);
});

it('reads the bars of the models where a recipe says nothing else', () => {
	const bar = ' 46%|████▌     | 16/35 [00:54<01:04,  3.40s/it]';
	for (const run of [runWith(), sampleRun('run_000000000001')]) {
		expect(progressReader(run).read([bar])[0]).toMatchObject({percent: 46, total: 35});
	}
});

it('gives up a pattern that never ends', () => {
	const reader = progressReader(runWith('^(a+)+$'));
	const line = `${'a'.repeat(60)}!`;
	expect([1, 2, 3].map(() => reader.read([line]))).toEqual([[], [], []]);
	expect(reader.tooSlow()).toBe(true);
	expect(reader.read(['aaa'])).toEqual([]);
});

it('takes a stored pattern that is none for nothing', () => {
	expect(progressReader(runWith('(')).read(['1'])).toEqual([]);
});
