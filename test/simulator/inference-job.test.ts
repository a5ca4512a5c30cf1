import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import {ALL_FORMATS, BufferSource, Input} from 'mediabunny';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {ExitError} from '../../simulator/python/python-error.js';
import {loadSamples} from '../../simulator/sample.js';
import type {Transfer} from '../../source/domain/models/family.js';
import {transfer25} from '../../source/domain/models/transfer25.js';
import {createOutputSplitter} from '../../source/domain/runs/batch-parts.js';
import {explainExit, explainMissing} from '../../source/domain/runs/run-status.js';
import type {Setting} from '../../source/domain/settings/settings.js';
import {completeSettings} from '../../source/domain/settings/settings-check.js';
import {transferTask} from '../domain/models/tasks.js';
import {anyValue} from './any-value.js';
import {type Bench, createBench, writeFiles} from './bench.js';

let bench: Bench;
beforeAll(async () => {
	bench = await createBench();
});
afterAll(() => bench.remove());

const kind = {operation: 'transfer', model: 'transfer2.5'} as const;
const task = (given: Record<string, unknown> = {}): Transfer => ({
	...transferTask,
	model: kind.model,
	settings: completeSettings('transfer', {steps: 1, ...given}, kind.model),
});
const runFolder = 'cosmos-runs/run_1';
const batch = transfer25.modes[0].batch ?? expect.fail('no batch');
const outputs = () => readdir(path.join(bench.checkout, runFolder, 'outputs'));

/** A spec that is right, from a folder two below the checkout. */
const right = {
	name: 'output',
	prompt: 'A street',
	video_path: '../../in/color.mp4',
	num_steps: 1,
	edge: {control_weight: 0.5},
};

let cases = 0;
async function written(spec: unknown): Promise<string> {
	const folder = `specs/${++cases}`;
	await mkdir(path.join(bench.checkout, folder), {recursive: true});
	await writeFile(path.join(bench.checkout, folder, 'spec.json'), JSON.stringify(spec));
	return folder;
}

async function run(spec: unknown, words: readonly string[] = []) {
	const folder = await written(spec);
	const files = ['-i', `${folder}/spec.json`, '-o', `${folder}/outputs`];
	return bench.run(['python', 'examples/inference.py', ...files, ...words]);
}

/** What the program says of a spec before it loads anything. */
async function refusalOf(spec: unknown): Promise<ExitError> {
	const file = `${await written(spec)}/spec.json`;
	return loadSamples([file], bench.checkout).then(
		() => expect.fail('it was taken'),
		error => error,
	);
}

describe('a spec', () => {
	it.each<[string, object, string]>([
		['an unknown key', {fps: 24}, 'fps\n  Extra inputs are not permitted'],
		['a control that there is not', {lidar: {}}, 'lidar\n  Extra inputs are not permitted'],
		['a key of a control', {edge: {weight: 1}}, 'edge.weight\n  Extra inputs'],
		['no name', {name: undefined}, 'name\n  Field required'],
		['no prompt', {prompt: undefined}, 'prompt\n  Field required'],
		['no video', {video_path: undefined}, 'video_path\n  Field required'],
		['a video from the checkout', {video_path: 'in/color.mp4'}, 'video_path\n  Path does not'],
		['much guidance', {guidance: 8}, 'guidance\n  Input should be less than or equal to 7'],
		['half a guidance', {guidance: 2.5}, 'guidance\n  Input should be a valid integer'],
		['no steps', {num_steps: 0}, 'num_steps\n  Input should be greater than or equal to 1'],
		['a number for sigma', {sigma_max: 80}, 'sigma_max\n  Input should be a valid string'],
		['a number of lines', {resolution: 720}, 'resolution\n  Input should be a valid string'],
		['much weight', {edge: {control_weight: 1.1}}, 'edge.control_weight\n  Input should be less'],
		['a missing mask', {edge: {mask_path: 'no.mp4'}}, 'edge.mask_path\n  Path does not point'],
		['a wrong strength', {edge: {preset_edge_threshold: 'huge'}}, 'edge.preset_edge_threshold'],
		['no control', {edge: undefined}, 'No controls provided'],
		['three frames of overlap', {num_conditional_frames: 3}, 'num_conditional_frames'],
		['an empty chunk', {num_video_frames_per_chunk: 0}, 'num_video_frames_per_chunk'],
		['no frames', {max_frames: 0}, 'max_frames\n  Input should be greater than or equal to 1'],
		['a word for a switch', {keep_input_resolution: 'no'}, 'keep_input_resolution'],
		[
			'two sources of the style',
			{vis: {}, image_context_path: '../../in/color.mp4'},
			'vis control and image_context_path are both used',
		],
	])('with %s is rejected before anything is loaded', async (_what, change, message) => {
		const {status, stderr} = await refusalOf({...right, ...change});
		expect(stderr).toContain(message);
		expect(status).toBe(1);
		const exit = {code: 1, oomKilled: false, engineMessage: ''};
		expect(explainExit(exit, stderr, 60, kind).reason).toBe('rejected-input');
	});

	it('ends the program if it is invalid, and so does an unknown flag', async () => {
		const ended = await run({...right, guidance: 8});
		expect([ended.status, ended.stdout.toString()]).toEqual([1, '']);
		expect(ended.stderr).toContain('guidance\n');
		const refused = await run(right, ['--num_steps', '3']);
		expect(refused.status).toBe(2);
		expect(refused.stderr).toContain('Unrecognized options: --num_steps');
	});
});

it('accepts every spec that the settings can produce', async () => {
	// Whole numbers, and few steps: each spec is played.
	const someValue = (row: Setting): fc.Arbitrary<unknown> =>
		row.key === 'steps'
			? fc.integer({min: 1, max: 3})
			: row.key === 'framesPerChunk'
				? fc.integer({min: 1, max: 30}).map(n => 4 * n + 1)
				: 'min' in row
					? fc.integer({min: row.min, max: row.max})
					: anyValue(row);
	const given = fc
		.record(Object.fromEntries(transfer25.modes[0].settings.map(row => [row.key, someValue(row)])))
		.filter(one => transfer25.modes[0].conflictIn(one as never) === undefined);
	const inputs = {color: 'in/color.mp4', depth: 'in/depth.mp4', edge_mask: 'in/depth.mp4'};
	await fc.assert(
		fc.asyncProperty(given, fc.constantFrom(1, 2), async (some, gpuCount) => {
			const job = transfer25.modes[0].job(task(some), {runFolder, inputs, gpuCount});
			await writeFiles(path.join(bench.checkout, runFolder), job.files);
			const ended = await bench.run(job.command);
			expect([ended.status, ended.stderr]).toEqual([0, expect.stringContaining('100%')]);
		}),
		{numRuns: 4},
	);
	expect(await outputs()).toEqual(
		expect.arrayContaining(['output.json', 'output.mp4', 'output.txt']),
	);
});

it('produces the videos of a batch in one process, and continues after one that the filter blocks', async () => {
	const inputs = [{color: 'in/color.mp4'}, {color: 'in/color.mp4'}, {color: 'in/color.mp4'}];
	const edge = {vis: 0, depth: 0, seg: 0};
	const job = batch.job([task(edge), task(edge), task({...edge, steps: 2})], {
		runFolder: 'cosmos-runs/run_2',
		inputs,
		gpuCount: 1,
	});
	await writeFiles(path.join(bench.checkout, 'cosmos-runs/run_2'), job.files);
	const ended = await bench.run(job.command, {COSMOS_SIMULATE: 'guardrail@2'});
	expect(ended.status).toBe(0);
	const made = await readdir(path.join(bench.checkout, 'cosmos-runs/run_2/outputs'));
	const results = [0, 1, 2].map(index => made.includes(String(batch.result?.(index))));
	expect(results).toEqual([true, false, true]);

	const splitter = createOutputSplitter(batch.begins, 3);
	const parts = splitter.push(ended.stdout);
	expect(splitter.begun().all.size).toBe(3);
	const second = parts
		.filter(({indexes}) => indexes?.includes(1))
		.map(({bytes}) => bytes.toString());
	expect(explainMissing('output.mp4', second.join(''), 0).reason).toBe('guardrail');
});

it('ends well without a video where the filter blocks it, which only its log shows', async () => {
	const folder = await written(right);
	const words = ['-i', `${folder}/spec.json`, '-o', `${folder}/outputs`];
	const ended = await bench.run(['python', 'examples/inference.py', ...words], {
		COSMOS_SIMULATE: 'guardrail-video',
	});
	expect(ended.status).toBe(0);
	expect(await readdir(path.join(bench.checkout, folder, 'outputs'))).not.toContain('output.mp4');
	const log = ended.stdout.toString() + ended.stderr;
	expect(log).not.toMatch(/blocked/i);
	expect(explainMissing('output.mp4', log, 0)).toMatchObject({
		reason: 'guardrail',
		message: 'the safety filter (guardrail) blocked the finished video',
	});
	const passed = (await run(right)).stdout.toString();
	expect(explainMissing('output.mp4', passed, 0).reason).toBe('no-output');
});

it.each([
	['of four frames', {}, 1],
	['in chunks of two new frames', {num_video_frames_per_chunk: 3}, 2],
	['of which three frames are read', {num_video_frames_per_chunk: 3, max_frames: 3}, 1],
])('draws a bar for each chunk of a video %s', async (_what, change, bars) => {
	const {stderr} = await run({...right, ...change});
	expect(stderr.match(/Generating samples: 100%/g)?.length).toBe(bars);
});

it('refuses a size that the program does not know only when it reads the video', async () => {
	const {status, stderr} = await run({...right, resolution: '704'});
	expect([status, stderr]).toEqual([1, expect.stringContaining("KeyError: '704'")]);
});

it.each([
	['the size of the input', true, [64, 48]],
	['its own size', false, [234, 176]],
])('makes a video of %s', async (_what, keep_input_resolution, size) => {
	const folder = await written({...right, resolution: '480', keep_input_resolution});
	const words = ['-i', `${folder}/spec.json`, '-o', `${folder}/outputs`];
	expect((await bench.run(['python', 'examples/inference.py', ...words])).status).toBe(0);
	const file = path.join(bench.checkout, folder, 'outputs', 'output.mp4');
	using input = new Input({source: new BufferSource(await readFile(file)), formats: ALL_FORMATS});
	const track = await input.getPrimaryVideoTrack();
	expect([track?.displayWidth, track?.displayHeight]).toEqual(size);
});

describe('a batch', () => {
	/** The controls that each video was made with, by its tags. */
	async function controlsIn(folder: string, count: number) {
		const found: unknown[] = [];
		for (let index = 0; index < count; index++) {
			const file = path.join(bench.checkout, folder, 'outputs', String(batch.result?.(index)));
			using input = new Input({
				source: new BufferSource(await readFile(file)),
				formats: ALL_FORMATS,
			});
			const {comment} = await input.getMetadataTags();
			found.push(/Controls: (.*)\.$/.exec(comment ?? '')?.[1]);
		}

		return found;
	}

	async function made(name: string, tasks: readonly Transfer[]) {
		const folder = `cosmos-runs/${name}`;
		const inputs = tasks.map(() => ({color: 'in/color.mp4'}));
		const job = batch.job(tasks, {runFolder: folder, inputs, gpuCount: 1});
		await writeFiles(path.join(bench.checkout, folder), job.files);
		expect((await bench.run(job.command)).status).toBe(0);
		return folder;
	}

	it("with the same controls uses each video's own weights", async () => {
		const off = {vis: 0, seg: 0};
		const tasks = [task({...off, edge: 0.3, depth: 0.4}), task({...off, edge: 0.5, depth: 0.1})];
		expect(await controlsIn(await made('run_same', tasks), 2)).toEqual([
			'edge 0.3, depth 0.4',
			'edge 0.5, depth 0.1',
		]);
	});

	it('with different controls produces wrong videos without a message, like the real program', async () => {
		const both = task({edge: 0.3, vis: 0.4, depth: 0, seg: 0});
		const visAlone = task({edge: 0, vis: 0.7, depth: 0, seg: 0});
		const folder = await made('run_mixed', [both, visAlone]);
		expect(await controlsIn(folder, 2)).toEqual(['edge 0.3, vis 0.4', 'none']);
	});
});
