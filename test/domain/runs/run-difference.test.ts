import {describe, expect, it} from 'vitest';
import {
	changesSince,
	compareRuns,
	compareTexts,
	findPrevious,
	markChanges,
	shortValue,
} from '../../../source/domain/runs/run-difference.js';
import type {Run} from '../../../source/domain/types.js';
import {done} from '../../dashboard/examples.js';
import {defaultSettings} from '../../default-settings.js';

const run = (number: number, change: object = {}) => ({...done(number).run, ...change}) as Run;
const keys = (rows: ReturnType<typeof compareRuns>) =>
	rows.map(({group, key, values}) => [group, key, ...values].join(' '));

describe('what differs between runs', () => {
	it('is nothing for runs that are equal but for their ids and times', () => {
		expect(compareRuns([run(1), run(2)])).toEqual([]);
	});

	it('has a row for each setting that is not the same in all, with a value of each run', () => {
		const settings = (seed: number) => ({settings: {...defaultSettings, seed}});
		const rows = compareRuns([run(1, settings(1)), run(2, settings(1)), run(3, settings(7))]);
		expect(keys(rows)).toEqual(['settings seed 1 1 7']);
	});

	it('knows files by their hashes, whatever their paths are', () => {
		const [one, two] = ['aa'.repeat(32), 'bb'.repeat(32)];
		const input = (path: string, sha256: string) => ({
			inputs: [{role: 'color', path, size: 1, sha256}],
		});
		expect(compareRuns([run(1, input('/a', one)), run(2, input('/b', one))])).toEqual([]);
		expect(keys(compareRuns([run(1, input('/a', one)), run(2, input('/a', two))]))).toEqual([
			`inputs color sha256 ${one} sha256 ${two}`,
		]);
		expect(shortValue(`sha256 ${one}`)).toBe('sha256 aaaaaaaaaaaa…');
	});

	it('says who has something that another has not', () => {
		const rows = compareRuns([run(1), run(2, {rating: 4, host: 'h100'})]);
		expect(rows).toEqual([
			{group: 'made by', key: 'host', values: ['demo', 'h100']},
			{group: 'result', key: 'stars', values: [undefined, '4']},
		]);
	});
});

describe('what a run has changed', () => {
	it('leaves out what it made', () => {
		const outputs = [{name: 'output.mp4', size: 1, sha256: 'cd'.repeat(32)}];
		expect(changesSince(run(1), run(2, {outputs, rating: 2}))).toEqual([]);
	});

	it('is, of a run of another kind, only what both have', () => {
		const upscale = run(2, {operation: 'upscale', settings: {timeLimit: 60}, parentId: run(1).id});
		expect(changesSince(run(1), upscale).map(({key}) => key)).not.toContain('seed');
	});

	it('counts from the newest earlier run of the same prompt and kind', () => {
		const others = [run(1), run(2, {promptId: 'ps_000000000009'}), run(4)];
		expect(findPrevious(run(3), others)?.id).toBe(run(1).id);
		expect(findPrevious(run(1), others)).toBeUndefined();
	});
});

it('marks the words of a text that have changed', () => {
	const changes = compareTexts('A red car at night.', 'A blue car at night, in rain.');
	expect(markChanges(changes)).toBe('A [-red-]{+blue+} car at night{+, in rain+}.');
	expect(markChanges(compareTexts('same', 'same'))).toBe('same');
});
