import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {runCosmos} from '../cosmos.js';
import {
	type Call,
	few,
	makePrompts,
	modes,
	type PromptName,
	quick,
	runMode,
	short,
} from './cosmos3-modes.js';

describe('Cosmos 3 on the demo host', () => {
	let home: string;
	let prompts: Record<PromptName, string>;
	const cosmos: Call = (words, env = {}) =>
		runCosmos(words, {cwd: home, env: {HOME: home, COSMOS_DATA: path.join(home, 'data'), ...env}});

	beforeAll(async () => {
		home = mkdtempSync(path.join(tmpdir(), 'cosmos-three-'));
		prompts = await makePrompts(path.join(home, 'inputs'), cosmos);
	});
	afterAll(() => rmSync(home, {recursive: true, force: true}));

	it.each(modes)('runs %s of %s %j', async (mode, prompt, words, file) => {
		const {run, opened} = await runMode(cosmos, prompts[prompt], mode, [
			...words,
			...['--host', 'demo'],
		]);
		expect(opened).toBe(path.join(home, 'data', 'runs', run.id, 'outputs', file));
		const sent = JSON.parse(
			readFileSync(path.join(home, 'data', 'runs', run.id, 'spec.json'), 'utf8'),
		);
		expect(sent).toMatchObject({name: 'outputs', seed: 0});
	});

	it('shows the answer of the reasoner', async () => {
		const words = ['--model', 'cosmos3', '--mode', 'reasoner', '--host', 'demo'];
		expect((await cosmos(['inference', prompts.picture, ...words], quick)).code).toBe(0);
		const {stdout} = await cosmos(['show', 'latest']);
		expect(stdout).toMatch(/^answer\n {2}SIMULATED answer.*\n {2}The question was: A picture$/m);
	});

	it('has a batch of a mode in one process, each result for itself', async () => {
		const words = ['inference', prompts.text, prompts.text, '--batch', '--model', 'cosmos3'];
		const {code} = await cosmos([...words, ...short, '--host', 'demo'], quick);
		expect(code).toBe(0);
		const runs = JSON.parse((await cosmos(['list', 'runs', '--limit', '2', '--json'])).stdout);
		for (const {outputs, batch} of runs) {
			expect(batch).toMatchObject({size: 2});
			expect(outputs.map(({name}: {name: string}) => name)).toEqual([
				'sample_args.json',
				'sample_outputs.json',
				'vision.mp4',
			]);
		}
	});

	it.each([
		['guardrail', "the safety filter (guardrail) blocked the prompt: 'Violent'"],
		['oom-loading', 'the GPU ran out of memory while the model was loaded'],
		['oom', 'the GPU ran out of memory while it was sampling'],
		['no-token', 'Hugging Face refused nvidia/Cosmos-Guardrail1: there is no valid HF_TOKEN'],
		['gated', 'Hugging Face gives nvidia/Cosmos-Guardrail1 only to those'],
		['no-uv', 'the image or host has no program uv'],
		['no-output', 'the program exited with code 0 but produced no vision.jpg'],
		['old-driver', "the NVIDIA driver on the host does not fit the image's CUDA"],
		['nccl', 'the GPUs waited for each other too long (NCCL timeout)'],
	])('says why it failed: %s', async (word, message) => {
		const launch = ['inference', prompts.text, '--model', 'cosmos3', '--mode', 'text2image'];
		const env = {...quick, COSMOS_SIMULATE: `undrawn,${word}`};
		const {code, stderr} = await cosmos([...launch, ...few, '--host', 'demo'], env);
		expect(code).not.toBe(0);
		expect(stderr).toContain(message);
	});

	it('is not completed by a result whose end is missing', async () => {
		const launch = ['inference', prompts.text, '--model', 'cosmos3', '--mode', 'text2image'];
		const env = {...quick, COSMOS_SIMULATE: 'undrawn,killed-saving'};
		const {code, stderr} = await cosmos([...launch, ...few, '--host', 'demo'], env);
		expect(code).not.toBe(0);
		expect(stderr).toContain('killed by another process');
	});
});
