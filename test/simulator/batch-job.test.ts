import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {batchJob} from '../../source/domain/models/transfer1-batch.js';
import type {Transfer1Settings} from '../../source/domain/models/transfer1-settings.js';
import {type WeightName, weightNames} from '../../source/domain/settings/settings.js';
import type {TaskOf} from '../../source/domain/types.js';
import {transferTask} from '../domain/models/tasks.js';
import {type Bench, createBench, writeFiles} from './bench.js';

let bench: Bench;
beforeAll(async () => {
	bench = await createBench();
});
afterAll(() => bench.remove());

/** A run of a batch: its weights, its text, and the controls that come as files. */
type Line = {
	weights: Partial<Record<WeightName, number>>;
	text: string;
	given: readonly WeightName[];
};

const off = {vis: 0, edge: 0, depth: 0, seg: 0};
let batches = 0;

/** Runs a batch as the host does; every line must have been taken for what it says. */
async function expectAccepted(
	lines: readonly Line[],
	shared: Partial<Transfer1Settings> = {},
	gpuCount = 1,
): Promise<void> {
	batches++;
	const runFolder = `runs/batch_${batches}`;
	const tasks: Array<TaskOf<'transfer'>> = lines.map(({weights, text}) => ({
		...transferTask,
		promptText: text,
		settings: {...transferTask.settings, steps: 1, ...off, ...shared, ...weights},
	}));
	const inputs = lines.map(({given}) => ({
		color: 'in/color.mp4',
		...Object.fromEntries(given.map(name => [name, 'in/depth.mp4'])),
	}));
	const job = batchJob(tasks, {runFolder, inputs, gpuCount});
	const folder = path.join(bench.checkout, runFolder);
	await writeFiles(folder, job.files);
	const {status, stdout, stderr} = await bench.run(job.command);
	expect({status, stderr}).toMatchObject({status: 0});
	expect(stdout.toString()).not.toContain('Ignoring unknown control key');
	for (const [index, {weights, text, given}] of lines.entries()) {
		const own = path.join(folder, 'outputs', `video_${index}`);
		expect(await readFile(path.join(own, 'prompt.txt'), 'utf8')).toBe(text);
		const computed = weightNames.filter(name => weights[name] && !given.includes(name));
		const ranks = Array.from({length: gpuCount}, (_, rank) => rank);
		const names = computed.flatMap(name => ranks.map(rank => `${name}_input_control_${rank}.mp4`));
		expect((await readdir(own)).sort()).toEqual([...names, 'output.mp4', 'prompt.txt'].sort());
	}
}

const line = (controls: readonly WeightName[], more: Partial<Line> = {}): Line => ({
	weights: Object.fromEntries(controls.map(name => [name, 0.5])),
	text: `with ${controls.join(' and ')}`,
	given: [],
	...more,
});

const pairs = weightNames.flatMap((one, index) =>
	weightNames.slice(index + 1).map(other => [one, other] as const),
);

describe.concurrent('a batch is accepted with', () => {
	it.each(weightNames)('%s alone', async name => {
		await expectAccepted([line([name]), line([name], {given: [name]})]);
	});

	it.each(pairs)('%s and %s', async (one, other) => {
		await expectAccepted([
			line([one, other]),
			line([one], {given: [one]}),
			line([other]),
			line([one, other], {given: [other]}),
		]);
	});

	it('every set of controls in one batch, each with its own files', async () => {
		const alone = weightNames.map(name => line([name], {given: [name]}));
		const all = line(weightNames, {given: ['depth', 'seg']});
		await expectAccepted([...alone, ...pairs.map(pair => line(pair)), all]);
	});

	it('texts of every awkward character', async () => {
		const texts = [
			`"it's" $(rm -rf x) \`y\` \\n %s {"prompt": 1}`,
			'one\ntwo\r\n\n\tthree\n',
			'\u2028\u2029\u0085\u000b\u001c and \u0000',
			'🎬👩‍🚀 café Åßの中 \u202e',
			'[11-24 12:00:00|INFO|transfer.py:338:demo] running preprocessor',
			'long 🎞 '.repeat(2858),
		];
		await expectAccepted(texts.map(text => line(['edge'], {text})));
	});

	it('the distilled model', async () => {
		await expectAccepted([line(['edge']), line(['edge'])], {distilled: true});
	});

	it('several GPUs', async () => {
		await expectAccepted([line(['edge']), line(['depth'])], {}, 2);
	});
});

it("every batch that the settings allow is accepted, and follows each run's settings", async () => {
	const weight = fc.constantFrom(0, 0, 0.25, 1, 1e-7, 0.333);
	const someLine = fc
		.record({
			weights: fc.record({vis: weight, edge: weight, depth: weight, seg: weight}),
			text: fc.string({unit: 'binary', minLength: 1}).filter(text => !/\p{Surrogate}/u.test(text)),
			given: fc.subarray([...weightNames]),
		})
		.filter(({weights}) => weightNames.some(name => weights[name]));
	const shared = fc.record({
		steps: fc.integer({min: 1, max: 3}),
		guidance: fc.double({min: 0, max: 20, noNaN: true}),
		seed: fc.integer({min: 0, max: 4_294_967_295}),
		sigmaMax: fc.double({min: 0.003, max: 80, noNaN: true}),
		offloadTextEncoder: fc.boolean(),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(someLine, {minLength: 2, maxLength: 5}), shared, (lines, settings) =>
			expectAccepted(lines, settings),
		),
		{numRuns: 5},
	);
});
