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

/** The smallest header of a PNG: 64 by 48. */
const png = Buffer.concat([
	Buffer.from('\u0089PNG\r\n\u001a\n\u0000\u0000\u0000\rIHDR', 'latin1'),
	Buffer.from([0, 0, 0, 64, 0, 0, 0, 48, 8, 2, 0, 0, 0]),
]);

beforeAll(async () => {
	home = mkdtempSync(path.join(tmpdir(), 'cosmos-specs-'));
	cpSync(sample, at('clips'), {recursive: true});
	writeFileSync(at('clips/first.png'), png);
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
	'a spec of Transfer1 with all controls, of which some work where a text says': {
		prompt: text,
		input_video_path: 'clips/color.mp4',
		vis: {control_weight: 0.5, control_weight_prompt: 'signs . street'},
		edge: {control_weight: 0.5},
		depth: {input_control: 'clips/depth.mp4', control_weight: 0.5},
		seg: {input_control: 'clips/segmentation.mp4', input_control_prompt: 'street . sky'},
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
	'a spec of Transfer2.5 with a mask and a control that is computed': {
		name: 'night-street-mask',
		prompt: text,
		video_path: 'clips/color.mp4',
		sigma_max: '70',
		show_control_condition: false,
		depth: {control_path: 'clips/depth.mp4', mask_path: 'clips/depth.mp4', control_weight: 0.5},
		vis: {control_path: null, control_weight: 0.5, preset_blur_strength: 'medium'},
	},
	'a sample of Cosmos 3 of a text': {
		name: 'text',
		model_mode: 'text2video',
		prompt: text,
		resolution: '256',
		aspect_ratio: '16,9',
		num_frames: 25,
		num_steps: 5,
		seed: 2026,
	},
	'a sample of Cosmos 3 with a picture': {
		model_mode: 'image2video',
		prompt: text,
		vision_path: 'clips/first.png',
		resolution: '256',
		num_frames: 25,
		num_steps: 5,
	},
	'a transfer of Cosmos 3 with a computed control': {
		prompt: text,
		vision_path: 'clips/color.mp4',
		resolution: '256',
		aspect_ratio: '16,9',
		edge: {preset_edge_threshold: 'low'},
		guidance: 3,
		control_guidance: 1.5,
		num_steps: 5,
		max_frames: 25,
		num_video_frames_per_chunk: 25,
		negative_metadata_mode: 'none',
		show_control_condition: false,
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

/** Files of these programs: the specs above, and a sample of Cosmos 3 as YAML. */
const files: ReadonlyArray<[string, file: string, content: string]> = [
	...Object.entries(specs).map(([name, spec]): [string, string, string] => [
		name,
		'spec.json',
		JSON.stringify(spec, null, 2),
	]),
	[
		'a sample of Cosmos 3 in YAML',
		'spec.yaml',
		`# A sample.
model_mode: video2video
prompt: >-
  ${text}
vision_path: clips/color.mp4
resolution: "256"
num_steps: 5
depth:
  control_path: clips/depth.mp4
`,
	],
];

describe('a prompt from another program', () => {
	it.each(files)('runs on the demo host with its settings: %s', async (_name, file, content) => {
		writeFileSync(at(file), content);
		const created = await cosmos('create', 'prompt', '--from', file);
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
