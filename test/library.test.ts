import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createWorkflow} from '../source/index.js';

const root = path.join(import.meta.dirname, '..');
let folder: string;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-library-'));
});

afterEach(() => rmSync(folder, {recursive: true, force: true}));

it('runs its documented example from the built package', async () => {
	const data = path.join(folder, 'data');
	const videos = path.join(folder, 'videos');
	cpSync(path.join(root, 'samples', 'city-night'), videos, {recursive: true});
	const env = {PATH: process.env.PATH, HOME: folder, COSMOS_SIMULATE_STEP: '0'};
	const workflow = await createWorkflow({dataDir: data, env, cwd: folder});
	const prompt = await workflow.createPrompt({text: 'A street at night', videoDir: videos});
	await workflow.annotate(prompt.id, {addTags: ['todo']});

	// As an installed package: the example imports it by its name.
	mkdirSync(path.join(folder, 'node_modules'));
	symlinkSync(root, path.join(folder, 'node_modules', 'cosmos-workflow'));
	cpSync(path.join(root, 'docs', 'library-example.ts'), path.join(folder, 'example.mts'));
	const {stdout, stderr, status} = spawnSync(process.execPath, ['example.mts', data], {
		cwd: folder,
		env,
		encoding: 'utf8',
	});
	expect(stderr).toBe('');
	expect(status).toBe(0);
	expect(stdout).toMatch(/^run_\w{12} completed .*vision\.mp4/);

	const [shown] = await workflow.listRuns();
	expect(shown?.run).toMatchObject({rating: 3, promptId: prompt.id, settings: {steps: 12}});
	expect((await workflow.findPrompt(prompt.id)).tags).toEqual(['done']);
	await workflow.close();
});

it('a queued launch hands its dataset, sweep and priority to its run', async () => {
	const env = {PATH: process.env.PATH, HOME: folder, COSMOS_SIMULATE_STEP: '0'};
	const workflow = await createWorkflow({dataDir: path.join(folder, 'data'), env, cwd: folder});
	const videoDir = path.join(root, 'samples', 'city-night');
	const {id: promptId} = await workflow.createPrompt({text: 'A street at night', videoDir});
	const member = {dataset: 'dataset_1', sweep: {id: 'sweep_1', axes: {seed: 3}}};
	const request = {promptId, settings: {steps: 1, seed: 3}, ...member};
	await workflow.queue.add([{requests: [request], priority: 'low'}]);
	await workflow.runQueue({}, undefined, {once: true});
	const [shown] = await workflow.listRuns();
	expect(shown?.run).toMatchObject({status: 'completed', priority: 'low', ...member});
	await workflow.close();
});

it.each(['pending', 'uploading', 'starting', 'running'])(
	'a run that is stopped as it becomes %s is cancelled, and its job ends',
	async moment => {
		const env = {PATH: process.env.PATH, HOME: folder, COSMOS_SIMULATE: 'hang'};
		const workflow = await createWorkflow({dataDir: path.join(folder, 'data'), env, cwd: folder});
		const videoDir = path.join(root, 'samples', 'city-night');
		const {id} = await workflow.createPrompt({text: 'A street at night', videoDir});
		const stop = new AbortController();
		const onChange = ({status}: {status: string}) => (status === moment ? stop.abort() : undefined);
		const run = await workflow.launch({promptId: id}, {onChange}, stop.signal);
		expect(run.status).toBe('cancelled');
		expect((await workflow.hostReport('demo')).jobs).toEqual([]);
		await workflow.close();
	},
);
