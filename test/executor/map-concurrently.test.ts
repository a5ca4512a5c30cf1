import {expect, test} from 'vitest';
import {mapConcurrently} from '../../source/executor/map-concurrently.js';

const file = (size: number) => ({size});

test('results come in the order of the files, whatever their sizes', async () => {
	const sizes = [5, 9_000_000, 1, 8_000_000, 3];
	expect(await mapConcurrently(sizes.map(file), async ({size}) => size)).toEqual(sizes);
});

test('small files are processed in parallel, a large one alone', async () => {
	let underWay = 0;
	const seen: Array<[size: number, together: number]> = [];
	await mapConcurrently([2, 9_000_000, 1, 9_000_001].map(file), async ({size}) => {
		underWay++;
		await new Promise(setImmediate);
		seen.push([size, underWay]);
		await new Promise(setImmediate);
		underWay--;
	});
	expect(seen).toEqual([
		[2, 2],
		[1, 2],
		[9_000_000, 1],
		[9_000_001, 1],
	]);
});

test('a failure is reported after the pending work, and nothing new is started', async () => {
	const ended: number[] = [];
	const work = mapConcurrently([1, 2, 9_000_000].map(file), async ({size}) => {
		if (size === 1) {
			throw new Error('refused');
		}

		await new Promise(setImmediate);
		ended.push(size);
	});
	await expect(work).rejects.toThrow('refused');
	expect(ended).toEqual([2]);
});
