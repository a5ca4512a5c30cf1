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

async function readerOf(progress: string) {
	const reader = progressReader(runWith(progress));
	await reader.ready;
	return reader;
}

it('reads done and total, or percent', async () => {
	const ofTotal = await readerOf('(\\d+)/(\\d+) frames');
	expect(ofTotal.read(['x', 'at 12/200 frames'])).toEqual([
		undefined,
		{label: 'depth', percent: 6, done: 12, total: 200},
	]);
	const ofPercent = await readerOf('([\\d.]+)%');
	expect(ofPercent.read(['41.7%'])).toEqual([
		{label: 'depth', percent: 41, done: 41.7, total: 100},
	]);
});

it('ignores groups without a number', async () => {
	const reader = await readerOf('(\\w*)/(\\w+)');
	expect(reader.read(['a/b', '3/0', '/200', '0x10/200', '1e2/200'])).toEqual(
		Array.from({length: 5}),
	);
});

it.each([
	['(?<=at )(\\d+)', 'at 12', 12],
	['(?<done>\\d+)%', '7%', 7],
	['\\u0040\\/(\\d+)', '@/5', 5],
])('supports the pattern %s', async (pattern, line, percent) => {
	expect((await readerOf(pattern)).read([line])).toMatchObject([{percent}]);
});

it('reads the bars of the models if a recipe has no pattern', () => {
	const bar = ' 46%|████▌     | 16/35 [00:54<01:04,  3.40s/it]';
	for (const run of [runWith(), sampleRun('run_000000000001')]) {
		expect(progressReader(run).read([bar])[0]).toMatchObject({percent: 46, total: 35});
	}
});

it.each(['(', '(?=x)(\\d+)', '(\\d)\\1'])(
	'reads nothing with the pattern %s, and says why',
	async pattern => {
		const reader = await readerOf(pattern);
		expect(reader.read(['11'])).toEqual([undefined]);
		expect(reader.problem()).toContain('error parsing regexp');
	},
);
