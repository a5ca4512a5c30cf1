import {cpSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {runCosmos} from '../cosmos.js';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'city-night');
let home: string;
const at = (name: string) => path.join(home, name);
const cosmos = (...words: string[]) =>
	runCosmos(words, {
		cwd: home,
		env: {HOME: home, COSMOS_DATA: at('data'), COSMOS_SIMULATE_STEP: '0'},
	});

beforeAll(async () => {
	home = mkdtempSync(path.join(tmpdir(), 'cosmos-specs-'));
	cpSync(sample, at('clips'), {recursive: true});
	expect((await cosmos('demo')).code).toBe(0);
});
afterAll(() => rmSync(home, {recursive: true, force: true}));

const text = 'A street at night with neon signs; rain has left the ground wet.';

/** In the words of each program, with content of our own. */
const specs: Readonly<Record<string, unknown>> = {
	'a spec of Transfer1': {
		prompt: text,
		negative_prompt: 'blurred, shaking',
		input_video_path: 'clips/color.mp4',
		sigma_max: 60,
		num_steps: 5,
		depth: {input_control: 'clips/depth.mp4', control_weight: 0.7},
		seg: {control_weight: 0.3},
	},
	'a line of a batch of Transfer1': {
		visual_input: 'clips/color.mp4',
		prompt: text,
		control_overrides: {edge: {input_control: null, control_weight: 0.9}},
	},
	'a spec of Transfer2.5': {
		name: 'night-street',
		prompt_path: 'clips/prompt.txt',
		video_path: 'clips/color.mp4',
		guidance: 4,
		seed: 11,
		edge: {control_weight: 1},
		depth: {control_path: 'clips/depth.mp4', control_weight: 0.5},
	},
	'a sample of Cosmos 3': {
		model_mode: 'video2video',
		prompt: {context: text},
		vision_path: 'clips/color.mp4',
		resolution: '256',
		num_steps: 5,
		depth: {control_path: 'clips/depth.mp4'},
	},
	'a prompt of the Python program': {
		name: 'night',
		prompt: text,
		negative_prompt: '',
		input_video_path: 'clips\\color.mp4',
		control_inputs: {depth: 'clips\\depth.mp4', seg: 'clips\\segmentation.mp4'},
	},
};

describe('a prompt from another program', () => {
	it.each(Object.keys(specs))('runs on the demo host with its settings: %s', async name => {
		writeFileSync(at('spec.json'), JSON.stringify(specs[name], null, 2));
		const created = await cosmos('create', 'prompt', '--from', 'spec.json');
		expect(created).toMatchObject({code: 0});
		const id = created.stdout.trim();
		const [, flags = ''] = /cosmos inference \S+ (.*)\n/.exec(created.stderr) ?? [];
		const words = flags.split(' ').filter(Boolean);
		const ended = await cosmos('inference', id, '--host', 'demo', ...words);
		expect(ended.stderr).not.toContain('cosmos:');
		expect(ended.code).toBe(0);
		const run = JSON.parse((await cosmos('show', 'latest', '--json')).stdout);
		expect(run).toMatchObject({promptId: id, status: 'completed'});
	});
});
