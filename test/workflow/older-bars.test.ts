import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {createLineDecoder} from '../../source/domain/runs/log-lines.js';
import {defaultsOf} from '../../source/domain/settings/settings-tables.js';
import type {Run} from '../../source/domain/types.js';
import {progressReader} from '../../source/workflow/runs/run-progress.js';
import {sampleRun} from '../store/samples.js';

function runOf(model: string, frames?: number): Run {
	return {
		...sampleRun('run_000000000001'),
		operation: 'transfer',
		model,
		inputs: [{role: 'color', path: '/a.mp4', size: 1, ...(frames && {frames})}],
		settings: {...defaultsOf('transfer', model), steps: 10},
	} as unknown as Run;
}

const bar = (done: number) =>
	`\rGenerating samples: ${String(done * 10).padStart(3)}%|██ | ${done}/10 [00:54<${done === 0 ? '?, ?it/s' : `00:${(10 - done) * 2},  2.00s/it`}]`;

/** Gives a reader output piece by piece; what it reads at the end of it. */
function follow(run: Run, pieces: readonly string[]) {
	const reader = progressReader(run, true);
	const decoder = createLineDecoder();
	const kept: string[] = [];
	let found: ReturnType<typeof reader.read>[number];
	for (const piece of pieces) {
		reader.watch?.(Buffer.from(piece));
		kept.push(...decoder.push(Buffer.from(piece)).map(({text}) => text));
		const lines = [...kept, decoder.pending().text].filter(text => text.trim() !== '');
		found = reader.read(lines.slice(-3)).findLast(one => one);
	}

	return found;
}

const loading = '\rLoading checkpoint shards: 100%|███| 4/4 [00:10<00:00,  2.5s/it]\n';

describe('the bars of Transfer2.5', () => {
	// 93 frames, and 92 in each of two more chunks.
	const three = runOf('transfer2.5', 221);
	it.each<[string, string[], object]>([
		[
			'the first chunk',
			[loading, bar(0), bar(4)],
			{done: 4, total: 30, percent: 13, etaSeconds: 52},
		],
		[
			'the second chunk',
			[loading, bar(0), bar(10), '\n', bar(0), bar(1)],
			{done: 11, total: 30, percent: 36, etaSeconds: 38},
		],
		[
			'the end',
			[bar(0), bar(10), `\n${bar(0)}${bar(5)}`, bar(10), '\n', bar(0), bar(9), bar(10)],
			{done: 30, total: 30, percent: 100, etaSeconds: 0},
		],
	])('are one for the run, with the time of all chunks, in %s', (_what, pieces, expected) => {
		expect(follow(three, pieces)).toMatchObject(expected);
	});

	it('leave time for the decoding after each chunk, once it is known', () => {
		vi.useFakeTimers({now: 1_000_000, toFake: ['Date']});
		onTestFinished(() => {
			vi.useRealTimers();
		});
		const reader = progressReader(three, true);
		const decoder = createLineDecoder();
		const follow = (piece: string) => {
			reader.watch?.(Buffer.from(piece));
			decoder.push(Buffer.from(piece));
			return reader.read([decoder.pending().text]).at(-1);
		};

		follow(bar(0));
		expect(follow(bar(10))).toMatchObject({percent: 33, etaSeconds: 40});
		// Ten steps of two seconds, and 15 seconds more.
		vi.setSystemTime(1_035_000);
		follow(`\n${bar(0)}`);
		expect(follow(bar(5))).toMatchObject({percent: 50, etaSeconds: 10 + 15 + 20 + 15});
	});

	it.each([
		['of one chunk', 93],
		['of unknown length, as in older runs', undefined],
	])('stay as they are for a video %s', (_what, frames) => {
		const run = runOf('transfer2.5', frames);
		expect(follow(run, [bar(0), bar(4)])).toMatchObject({done: 4, total: 10, etaSeconds: 12});
	});
});

describe('the bar of Transfer1', () => {
	// The bar has no line end: the next line is glued to it.
	const glued = (done: number, rate: string) =>
		`\r ${done * 25}%|██  | ${done}/4 [00:00<${rate}][07-01 11:26:45|INFO|x.py:2:y] Starting latent encoding
[07-01 11:26:50|INFO|x.py:3:y] Completed latent encoding
[07-01 11:26:50|INFO|x.py:4:y] Starting diffusion sampling
`;

	it('counts clips, and is found though a line is glued to it', () => {
		const run = runOf('transfer1', 481);
		const first = follow(run, [loading, glued(0, '?, ?it/s')]);
		expect(first).toMatchObject({done: 0, total: 4, unit: 'clips', percent: 0});
		expect(first?.etaSeconds).toBeUndefined();
		expect(follow(run, [loading, glued(0, '?'), glued(1, '15:00, 300.0s/it')])).toMatchObject({
			...{done: 1, total: 4, unit: 'clips', percent: 25, etaSeconds: 900},
		});
	});

	it('goes by the time of runs like it until the first clip is over', () => {
		vi.useFakeTimers({now: 1_000_000, toFake: ['Date']});
		onTestFinished(() => {
			vi.useRealTimers();
		});
		const reader = progressReader(runOf('transfer1', 121), true);
		reader.expect?.(400);
		expect(reader.read(['loading'])).toEqual([undefined]);
		const lines = createLineDecoder().push(Buffer.from(glued(0, '?, ?it/s')));
		const look = () => reader.read(lines.map(({text}) => text)).find(one => one);
		vi.setSystemTime(1_100_000);
		expect(look()).toMatchObject({percent: 25, etaSeconds: 300, unit: 'clips'});
		vi.setSystemTime(1_500_000);
		expect([look()?.percent, look()?.etaSeconds]).toEqual([99, undefined]);
	});
});
