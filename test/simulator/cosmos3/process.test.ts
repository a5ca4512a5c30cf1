import {existsSync, readFileSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Bench, createBench, endOf, printed} from '../bench.js';

let bench: Bench;
beforeAll(async () => {
	bench = await createBench();
	const sample = {prompt: 'A street', num_steps: 4, num_frames: 5, seed: 1};
	await writeFile(path.join(bench.checkout, 'a.json'), JSON.stringify(sample));
	const bad = {...sample, fps: 29.97};
	await writeFile(path.join(bench.checkout, 'bad.json'), JSON.stringify(bad));
});
afterAll(() => bench.remove());

const script = ['-m', 'cosmos_framework.scripts.inference'];
const args = (output: string, file = 'a.json') => [
	...['-i', file, '-o', output],
	...['--checkpoint-path', 'Cosmos3-Nano', '--parallelism-preset=latency'],
];
const made = (output: string, name: string) =>
	existsSync(path.join(bench.checkout, output, 'a', name));

describe.concurrent('the inference script of Cosmos 3', () => {
	it('is run by Python', async () => {
		const ended = await bench.run(['python', ...script, ...args('by-python')]);
		expect(ended.status).toBe(0);
		expect(made('by-python', 'sample_outputs.json')).toBe(true);
	});

	it("is run by the Python of a checkout's own environment", async () => {
		const python = '/workspace/.venv/bin/python';
		const ended = await bench.run([python, ...script, ...args('by-venv')]);
		expect(ended.status).toBe(0);
	});

	it.each([
		['--nproc-per-node=2', '--master-port=29511'],
		['--nproc_per_node', '2', '--master_port', '29511'],
	])('is run by torchrun %s %s', async (...flags) => {
		const output = `by-torchrun-${flags.length}`;
		const ended = await bench.run(['torchrun', ...flags, ...script, ...args(output)]);
		expect(ended.status).toBe(0);
		expect(ended.stdout.toString()).toContain('Training with 2 GPUs.');
	});

	it('draws its bar on stderr, and redraws it in its line', async () => {
		const ended = await bench.run(['python', ...script, ...args('bar')]);
		const [first, ...more] = ended.stderr.split('\r').filter(part => part.includes('Sampling'));
		expect(first).toMatch(/^Sampling: {3}0%\| {10}\| 0\/4 \[00:00<\?, \?it\/s\]$/);
		expect(more.at(-1)).toMatch(/^Sampling: 100%\|█{10}\| 4\/4 \[.*\]\n$/);
		expect(ended.stdout.toString()).not.toContain('Sampling:');
	});

	it('prints lines with time, job, level and place', async () => {
		const ended = await bench.run(['python', ...script, ...args('lines')]);
		const line = ended.stdout.toString().split('\n')[0];
		expect(line).toMatch(
			/^\[\d\d-\d\d \d\d:\d\d:\d\d\|job=\|INFO\|cosmos_framework\/inference\/common\/init\.py:\d+:\w+\] Console log saved to /,
		);
	});

	it('puts the rank before a line twice in the first of its files and three times in the second', async () => {
		await bench.run(['python', ...script, ...args('files')]);
		const read = (name: string) => readFileSync(path.join(bench.checkout, 'files', name), 'utf8');
		expect(read('console.log')).toContain('] [RANK 0] [RANK 0] Saved sample args to');
		expect(read('debug.log')).toContain('] [RANK 0] [RANK 0] [RANK 0] Saved sample args to');
		expect(read('console.log')).not.toContain('Console log saved');
	});

	it('ends as a traceback does when a sample is refused', async () => {
		const ended = await bench.run(['python', ...script, ...args('refused', 'bad.json')]);
		expect(ended.status).toBe(1);
		expect(ended.stderr).toMatch(/^Traceback \(most recent call last\):\n/);
		expect(ended.stderr).toContain('fps\n  Input should be a valid integer, got a number');
	});

	it('ends with the summary of torchrun when a sample is refused on two GPUs', async () => {
		const words = ['torchrun', '--nproc-per-node=2', ...script, ...args('two', 'bad.json')];
		const ended = await bench.run(words);
		expect(ended.status).toBe(1);
		expect(ended.stderr).toContain('[rank0]: ValueError: Error validating parameters from');
		expect(ended.stderr).toContain('cosmos_framework.scripts.inference FAILED');
	});

	it('ends with the summary of torchrun when one of two processes dies', async () => {
		const words = ['torchrun', '--nproc-per-node=2', ...script, ...args('dead')];
		const ended = await bench.run(words, {COSMOS_SIMULATE: 'dead-rank'});
		expect(ended.status).toBe(1);
		expect(ended.stderr).toContain('rank      : 1 (local_rank: 1)\n  exitcode  : -11 (pid:');
	});

	it('is killed between the video and the file that says that it is whole', async () => {
		const words = ['python', ...script, ...args('killed')];
		const ended = await bench.run(words, {COSMOS_SIMULATE: 'killed-saving'});
		expect(ended.status).toBe('SIGKILL');
		expect(made('killed', 'vision.mp4')).toBe(true);
		expect(made('killed', 'sample_outputs.json')).toBe(false);
	});

	it('hangs in the middle of the steps until it is stopped', async () => {
		const env = {COSMOS_SIMULATE: 'hang', COSMOS_SIMULATE_STEP: '0.11'};
		const child = bench.start(['python', ...script, ...args('hung')], env);
		child.stdout?.resume();
		await printed(child, ' 2/4 [');
		child.kill('SIGTERM');
		expect(await endOf(child)).toBe('SIGTERM');
	});

	it('says like Python that there is no such module', async () => {
		const ended = await bench.run(['python', '-m', 'cosmos_framework.scripts.other']);
		expect(ended.status).toBe(1);
		expect(ended.stderr).toBe('/usr/bin/python: No module named cosmos_framework.scripts.other\n');
	});
});
