import {describe, expect, it} from 'vitest';
import type {Run} from '../../../source/domain/types.js';
import {progressReader} from '../../../source/workflow/runs/run-progress.js';
import {sampleRun} from '../../store/samples.js';

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

describe('a run that is made in chunks', () => {
	const run = {
		...sampleRun('run_000000000001'),
		model: 'cosmos3',
		mode: 'transfer',
		settings: {frames: 300, chunkFrames: 93, overlap: 1, outputs: 1, timeLimit: 60},
	} as unknown as Run;
	const sampler =
		'[11-29 17:44:52|job=|INFO|x.py:1:f] Using sampler: UniPC (shift=10.0, num_steps=10)';
	const bar = (done: number) =>
		`Sampling: ${done}0%|█▌  | ${done}/10 [00:10<00:${String(20 - 2 * done).padStart(2, '0')},  2.00s/it]`;
	const watched = (...lines: string[]) => {
		const reader = progressReader(run, true);
		reader.watch?.(Buffer.from(`${lines.join('\n')}\n`));
		return reader;
	};

	it('has one bar for all of them, and the time of all', () => {
		const reader = watched('loading', sampler, bar(9), sampler);
		expect(reader.read([bar(5)])).toEqual([
			{label: 'Sampling', percent: 37, done: 15, total: 40, secondsPerStep: 2, etaSeconds: 50},
		]);
	});

	it('counts a bar that stands above the line of the next chunk to its own', () => {
		const lines = [bar(9), sampler, bar(1)];
		const reader = watched(sampler, ...lines);
		expect(reader.read(lines).map(one => one?.done)).toEqual([9, undefined, 11]);
	});

	it('begins again with the next run of a batch', () => {
		const reader = watched(...Array.from({length: 5}, () => sampler));
		expect(reader.read([bar(2)])[0]).toMatchObject({done: 2, total: 40});
	});

	it('counts lines that come in pieces', () => {
		const reader = progressReader(run, true);
		for (const byte of Buffer.from(`${sampler}\n${sampler}\n`)) {
			reader.watch?.(Buffer.from([byte]));
		}

		expect(reader.read([bar(0)])[0]).toMatchObject({done: 10, percent: 25});
	});

	it('has the bar of a chunk where its place is not known', () => {
		expect(progressReader(run).read([bar(5)])[0]).toMatchObject({done: 5, total: 10});
	});
});
