import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {addFinished, addPromptWithVideo, openShell, type Shell} from './in-process.js';

let shell: Shell;
let id: string;

beforeEach(async () => {
	shell = await openShell();
	({id} = await addPromptWithVideo(shell));
});

afterEach(() => shell.close());

const add = (...words: string[]) =>
	shell.cosmos(['queue', 'add', 'inference', id, '--force', ...words, '--json']);

type Added = Array<{
	parts: Array<{request: {settings: object; text?: string; sweep?: {id: string; axes: object}}}>;
}>;
const requestsIn = (stdout: string) =>
	(JSON.parse(stdout) as Added).map(({parts: [part]}) => part?.request);

it('adds a job for each combination of 8 seeds and 3 guidances, with its axes', async () => {
	const {stdout, stderr} = await add('--seed', '1..8', '--guidance', '3,5,7');
	const requests = requestsIn(stdout);
	expect(requests).toHaveLength(24);
	expect(requests[4]).toMatchObject({
		settings: {guidance: 3, seed: 5},
		sweep: {axes: {guidance: 3, seed: 5}},
	});
	const ids = new Set(requests.map(request => request?.sweep?.id));
	expect(ids.size).toBe(1);
	expect(stderr).toContain(`sweep ${[...ids][0]}: 24 runs`);
});

it('lists, filters and cancels the jobs of a sweep together', async () => {
	const first = requestsIn((await add('--seed', '1..3')).stdout);
	await add('--seed', '5..6');
	const sweep = first[0]?.sweep?.id as string;
	const list = await shell.cosmos(['queue', 'list']);
	expect(list.stdout).toContain('(seed 3)');
	const cancelled = await shell.cosmos(['queue', 'cancel', sweep, '--json']);
	expect(JSON.parse(cancelled.stdout).map((job: {status: string}) => job.status)).toEqual([
		...['cancelled', 'cancelled', 'cancelled'],
	]);
	const {jobs} = JSON.parse((await shell.cosmos(['queue', 'list', '--json'])).stdout);
	expect(jobs.filter((job: {shown: string}) => job.shown === 'waiting')).toHaveLength(2);
});

it('runs a template once for each alternative', async () => {
	await shell.store.updatePrompt(id, prompt => ({...prompt, text: 'A street in {rain|snow}'}));
	const requests = requestsIn((await add()).stdout);
	expect(requests.map(request => [request?.text, request?.sweep?.axes])).toEqual([
		['A street in rain', {text: 'rain'}],
		['A street in snow', {text: 'snow'}],
	]);
	const plan = await shell.cosmos([
		'inference',
		id,
		'--force',
		'--dry-run',
		'--json',
		'--host',
		'demo',
	]);
	const texts = JSON.parse(plan.stdout).map(
		({task}: {task: {promptText: string}}) => task.promptText,
	);
	expect(texts).toEqual(['A street in rain', 'A street in snow']);
});

it.each([
	[['--seed', '1..2', '--guidance', '3,5,7', '--zip'], '--zip needs as many values of each'],
	[['--zip'], '--zip needs a setting with several values'],
	[['--seed', '1..99999'], 'must stand for at most'],
	[['--seed', '1..200', '--steps', '1..100'], 'a sweep of 20000 runs'],
	[['--seed', '5..1'], 'must go up'],
])('refuses %j', async (words, message) => {
	const ended = await add(...words);
	expect(ended).toMatchObject({code: 2, stdout: ''});
	expect(ended.stderr).toContain(message);
	expect((await shell.store.readQueue()).jobs).toEqual([]);
});

it('shows the axes of finished runs in list, show and JSON, and exports them together', async () => {
	const sweep = {id: 'sw_6x0k00000000', axes: {seed: 3, text: 'rain'}};
	const {run} = await addFinished(shell.store);
	await shell.store.updateRun(run.id, stored => ({...stored, sweep}));
	await addFinished(shell.store);
	const list = await shell.cosmos(['list', 'runs', '--where', `sweep:${sweep.id}`]);
	expect(list.stdout.trimEnd().split('\n')).toEqual([expect.stringContaining('seed 3, text rain')]);
	const show = await shell.cosmos(['show', run.id]);
	expect(show.stdout).toContain(`sweep     ${sweep.id}: seed 3, text rain\n`);
	const sweeps = await shell.cosmos(['list', 'sweeps', '--json']);
	expect(JSON.parse(sweeps.stdout)).toMatchObject([
		{id: sweep.id, runs: 1, axes: {seed: [3], text: ['rain']}, statuses: {completed: 1}},
	]);
	const exported = await shell.cosmos(['export', path.join(shell.folder, 'a.tar'), 'sw_6x']);
	expect(exported.stderr).toContain('1 run,');
});

it('repeats a run with several seeds, with the text that the run had', async () => {
	const {prompt, run} = await addFinished(shell.store);
	await shell.store.updatePrompt(prompt.id, one => ({...one, text: 'In {rain|snow}', inputs: []}));
	await shell.store.updateRun(run.id, stored => ({
		...stored,
		promptText: 'In snow',
		sweep: {id: 'sw_6x0k00000000', axes: {text: 'snow'}},
	}));
	const words = ['--model', 'cosmos3', '--mode', 'text2video', '--host', 'demo'];
	const {stdout, stderr} = await shell.cosmos([
		...['rerun', run.id, '--seed', '1..2', '--dry-run', '--json'],
		...words,
	]);
	expect(stderr).toContain(': 2 runs');
	type Plan = {task: {promptText: string; settings: {seed: number}}};
	const tasks = (JSON.parse(stdout) as Plan[]).map(({task}) => task);
	expect(tasks).toMatchObject([
		{promptText: 'In snow', settings: {seed: 1}},
		{promptText: 'In snow', settings: {seed: 2}},
	]);
});
