import {readFile} from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {transferJob} from '../../source/domain/models/transfer1.js';
import {
	settingsTable,
	type Transfer1Settings,
} from '../../source/domain/models/transfer1-settings.js';
import {controlNames} from '../../source/domain/settings/settings.js';
import {conflictIn} from '../../source/domain/settings/settings-check.js';
import {transferTask} from '../domain/models/tasks.js';
import {anyValue} from './any-value.js';
import {type Bench, createBench, writeFiles} from './bench.js';

let bench: Bench;
beforeAll(async () => {
	bench = await createBench();
});
afterAll(() => bench.remove());

const values = Object.fromEntries(settingsTable.map(row => [row.key, anyValue(row)]));
const someSettings = (
	fc.record(values) as fc.Arbitrary<unknown> as fc.Arbitrary<Transfer1Settings>
).filter(settings => conflictIn(settings) === undefined);
const onlyEdge = someSettings.map(settings => ({
	...settings,
	...{vis: 0, depth: 0, seg: 0, edge: 0.5, distilled: true},
}));

let runs = 0;

it('every job that the settings allow is accepted, and its prompt is passed', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.oneof({arbitrary: someSettings, weight: 3}, {arbitrary: onlyEdge, weight: 1}),
			fc.string({unit: 'grapheme', minLength: 1}),
			fc.string({unit: 'binary'}).filter(text => !/\p{Surrogate}/u.test(text)),
			fc.subarray([...controlNames]),
			fc.constantFrom(1, 2, 4),
			async (settings, text, negative, given, gpuCount) => {
				runs++;
				const runFolder = `runs/run_${runs}`;
				const inputs = {
					color: 'in/color.mp4',
					...Object.fromEntries(given.map(name => [name, 'in/depth.mp4'])),
				};
				const task = {...transferTask, promptText: text, negative, settings};
				const job = transferJob(task, {runFolder, inputs, gpuCount});
				const folder = path.join(bench.checkout, runFolder);
				await writeFiles(folder, job.files);
				const {status, stderr} = await bench.run(job.command);
				expect({status, stderr}).toMatchObject({status: 0});
				expect(await readFile(path.join(folder, 'outputs/output.txt'), 'utf8')).toBe(text);
			},
		),
		{numRuns: 8},
	);
});
