import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Transfer} from '../../source/domain/models/family.js';
import {batchConflict} from '../../source/domain/models/family.js';
import {families} from '../../source/domain/models/family-list.js';
import {flagName, type SettingValue} from '../../source/domain/settings/settings.js';
import {completeSettings} from '../../source/domain/settings/settings-check.js';
import {changedTasks} from '../domain/models/setting-change.js';
import {transferTask} from '../domain/models/tasks.js';
import {anyValue, anyWrongValue, type Bounds} from './any-value.js';
import {createReader, type Reader} from './reading.js';

let reader: Reader;
beforeAll(async () => {
	reader = await createReader();
});
afterAll(() => reader.remove());

/** Jobs of each mode; `COSMOS_AGREEMENT_RUNS=1000` for a long look. */
const runs = Number(process.env.COSMOS_AGREEMENT_RUNS ?? 20);

/** The bounds of NVIDIA's own checks when it reads a job; a control below 0 is off and not in it. */
const bounds: Readonly<Record<string, Readonly<Record<string, Bounds>>>> = {
	'transfer2.5': {
		...Object.fromEntries(['vis', 'edge', 'depth', 'seg'].map(key => [key, {max: 1}])),
		steps: {min: 1},
		guidance: {min: 0, max: 7},
		conditionalFrames: {min: 0, max: 2},
		maxFrames: {min: 1},
		framesPerChunk: {min: 1},
	},
	cosmos3: {
		...Object.fromEntries(
			['steps', 'frames', 'fps', 'outputs', 'chunkFrames', 'maxTokens'].map(key => [key, {min: 1}]),
		),
		...Object.fromEntries(['overlap', 'sourceFrames'].map(key => [key, {min: 0}])),
		guidance: {min: 0, max: 7},
		controlGuidance: {min: 0, max: 10},
		temperature: {min: 0, max: 100},
		topP: {min: 0, max: 1},
		repetitionPenalty: {min: 0},
		videoFps: {min: 0},
	},
};

/** What is read when the sizes are looked up, in a list of its own, or not by the program at all. */
const readLater: Readonly<Record<string, readonly string[]>> = {
	'transfer2.5': ['resolution'],
	cosmos3: ['keptLatents'],
};

/** The product handles it; no program gets it. */
const isOurs = (key: string) => key === 'timeLimit';

const modes = families.flatMap(({name, modes}) =>
	modes.map(mode => [name, mode.name, mode] as const),
);

describe.each(modes)('%s %s', (model, name, mode) => {
	const {settings, batch} = mode;
	const rows = settings.map(row => [row.key, row] as const);
	const places = () => ({runFolder: reader.runFolder, gpuCount: 1});

	it.each(rows)('passes %s of a run to the program', async (key, row) => {
		const [before, after] = changedTasks(model, mode, row);
		const readingOf = (task: Transfer) =>
			reader.read(mode.job(task, {...places(), inputs: reader.inputs}));
		const [plain, changed] = [await readingOf(before), await readingOf(after)];
		expect(JSON.stringify(changed) !== JSON.stringify(plain)).toBe(!isOurs(key));
	});

	it.skipIf(!batch).each(rows)('passes %s of a batch to the program', async (key, row) => {
		const [before, after] = changedTasks(model, mode, row);
		const readingOf = (...tasks: Transfer[]) =>
			reader.read(
				(batch ?? expect.fail()).job(tasks, {...places(), inputs: tasks.map(() => reader.inputs)}),
			);
		const plain = await readingOf(before, before);
		if (row.scope === 'process') {
			expect(batchConflict([before, after], mode)?.setting).toBe(key);
			expect((await readingOf(after, after)).process).not.toEqual(plain.process);
			return;
		}

		expect(batchConflict([before, after], mode)).toBeUndefined();
		const changed = await readingOf(before, after);
		expect(changed.process).toEqual(plain.process);
		expect(changed.samples[0]).toEqual(plain.samples[0]);
		expect(JSON.stringify(changed.samples[1]) !== JSON.stringify(plain.samples[1])).toBe(
			!isOurs(key),
		);
	});

	const play = (values: Record<string, SettingValue>, defaults: Transfer['settings']) => {
		const task = {
			...transferTask,
			model,
			mode: name,
			settings: {...defaults, ...values},
		} as Transfer;
		return reader.read(mode.job(task, {...places(), inputs: reader.inputs}));
	};
	const complete = (given: object) => completeSettings('transfer', {...given}, model, mode.name);

	// test/simulator/cosmos3/agreement.test.ts plays those of Cosmos 3.
	it.skipIf(model === 'cosmos3')('is read with any settings that the product accepts', async () => {
		const some = fc
			.subarray([...settings])
			.chain(chosen => fc.record(Object.fromEntries(chosen.map(row => [row.key, anyValue(row)]))));
		const property = fc.asyncProperty(some, async given => {
			let settings: Transfer['settings'] | undefined;
			try {
				settings = complete(given);
			} catch {
				settings = undefined;
			}

			fc.pre(settings !== undefined);
			await play({}, settings as Transfer['settings']);
		});
		await fc.assert(property, {numRuns: runs, maxSkipsPerRun: 1000});
	});

	it('is refused with any value that NVIDIA refuses, here and there', async () => {
		const defaults = complete({});
		const wrong = settings.flatMap(row => {
			const own = {...bounds[model]?.[row.key]};
			const value =
				isOurs(row.key) || readLater[model]?.includes(row.key)
					? undefined
					: anyWrongValue(row, own);
			return value ? [value.map(one => [row.key, one] as const)] : [];
		});
		const property = fc.asyncProperty(fc.oneof(...wrong), async ([key, value]) => {
			expect(() => complete({[key]: value})).toThrow(flagName(key));
			await expect(play({[key]: value}, defaults)).rejects.toThrow();
		});
		await fc.assert(property, {numRuns: runs});
	});
});
