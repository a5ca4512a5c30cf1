import {expect, test} from 'vitest';
import type {TransferProgress} from '../../source/executor/run-watcher.js';
import {createTransferMeter} from '../../source/executor/transfer-meter.js';

const file = {direction: 'upload', file: 'color.mp4', total: 1000} as const;

/** Feeds `[seconds, bytes]` and gives the reports. */
function reports(counts: ReadonlyArray<readonly [at: number, done: number]>): TransferProgress[] {
	const seen: TransferProgress[] = [];
	let now = 0;
	const meter = createTransferMeter(
		file,
		progress => seen.push(progress),
		() => now,
	);
	for (const [at, done] of counts) {
		now = at;
		meter(done);
	}

	return seen;
}

test('the first count has no rate', () => {
	expect(reports([[7, 0]])).toEqual([{...file, done: 0}]);
});

test('rate and remaining time are computed from the bytes moved', () => {
	const [, last] = reports([
		[7, 0],
		[9, 200],
	]);
	expect(last).toEqual({...file, done: 200, bytesPerSecond: 100, etaSeconds: 8});
});

test('bytes that were there before do not count as speed', () => {
	const [, last] = reports([
		[0, 500],
		[1, 600],
	]);
	expect(last).toMatchObject({bytesPerSecond: 100, etaSeconds: 4});
});

test('only the last seconds count', () => {
	const last = reports([
		[0, 0],
		[10, 10],
		[12, 210],
		[14, 410],
	]).at(-1);
	expect(last).toMatchObject({bytesPerSecond: 100, etaSeconds: 5.9});
});

test('a pause lowers the rate, a long one removes it', () => {
	const [, , slower, , gone] = reports([
		[0, 0],
		[1, 100],
		[4, 100],
		[9, 100],
		[20, 100],
	]);
	expect(slower?.bytesPerSecond).toBe(25);
	expect(gone?.bytesPerSecond).toBeUndefined();
});

test('reports come ten times a second, and always at the end', () => {
	const times = Array.from({length: 100}, (_, index) => [index / 100, index] as const);
	const seen = reports([...times, [1, 1000]]);
	expect(seen.length).toBeLessThanOrEqual(12);
	expect(seen.at(-1)).toMatchObject({done: 1000, etaSeconds: 0});
});
