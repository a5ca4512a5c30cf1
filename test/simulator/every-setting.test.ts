import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Transfer} from '../../source/domain/models/family.js';
import {batchConflict} from '../../source/domain/models/family.js';
import {families} from '../../source/domain/models/family-list.js';
import {changedTasks} from '../domain/models/setting-change.js';
import {createReader, type Reader} from './reading.js';

let reader: Reader;
beforeAll(async () => {
	reader = await createReader();
});
afterAll(() => reader.remove());

/** The product handles it; no program gets it. */
const isOurs = (key: string) => key === 'timeLimit';

const modes = families.flatMap(({name, modes}) =>
	modes.map(mode => [name, mode.name, mode] as const),
);

describe.each(modes)('%s %s', (model, _name, mode) => {
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
});
