import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Prompt} from '../../source/domain/types.js';
import {tinyVideo} from '../simulator/bench.js';
import {openShell, type Shell} from './in-process.js';

let shell: Shell;
let project: string;
let file: string;
const at = (name: string) => path.join(project, name);
beforeAll(async () => {
	shell = await openShell();
	project = path.join(shell.folder, 'project');
	const video = await tinyVideo(64, 48, 4);
	for (const folder of ['specs', 'inputs/videos/street', 'specs/shots/a']) {
		mkdirSync(at(folder), {recursive: true});
	}

	for (const name of ['color', 'depth', 'edge', 'where']) {
		writeFileSync(at(`inputs/videos/street/${name}.mp4`), video);
		writeFileSync(at(`specs/${name}.mp4`), video);
	}

	writeFileSync(at('specs/shots/a/color.mp4'), video);
	writeFileSync(at('specs/words.txt'), 'A street\nin rain\n');
});
afterAll(() => shell.close());
beforeEach(() => {
	file = at('specs/spec.json');
});

/** The prompts that a file makes, and what is said on standard error. */
async function from(content: unknown, ...words: string[]) {
	writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
	const ended = await shell.cosmos(['create', 'prompt', '--from', file, ...words]);
	const ids = ended.stdout.split('\n').filter(Boolean);
	const made = await Promise.all(ids.map(id => shell.store.getPrompt(id)));
	return {...ended, prompts: made as Prompt[]};
}

const inputsOf = ({inputs}: Prompt) =>
	inputs.map(({role, path: place}) => `${role}=${path.relative(project, place)}`);

describe('create prompt --from', () => {
	it('reads a spec of Transfer1', async () => {
		const {code, prompts, stderr} = await from({
			prompt: 'A robot folds a towel',
			negative_prompt: 'blur',
			input_video_path: 'color.mp4',
			guidance: 7.5,
			num_steps: 20,
			depth: {input_control: 'depth.mp4', control_weight: 0.6},
			edge: {control_weight: 0.4},
			keypoint: {control_weight: 0.2},
		});
		expect(code).toBe(0);
		expect(prompts).toMatchObject([
			{text: 'A robot folds a towel', negative: 'blur', model: 'transfer1', videoDir: ''},
		]);
		expect(prompts.flatMap(inputsOf)).toEqual(['color=specs/color.mp4', 'depth=specs/depth.mp4']);
		expect(stderr).toContain(
			'not taken over: guidance 7.5, num_steps 20, depth.control_weight 0.6, edge.control_weight 0.4, keypoint {…}\n',
		);
		expect(stderr).toContain(
			`cosmos inference ${prompts[0]?.id} --guidance 7.5 --steps 20 --depth 0.6 --edge 0.4 --vis 0 --seg 0\n`,
		);
	});

	it('reads a batch of Transfer1, a JSON object a line', async () => {
		const {prompts} = await from(
			'{"visual_input": "color.mp4", "prompt": "One"}\n\n{"visual_input": "edge.mp4", "prompt": "Two", "control_overrides": {"depth": {"input_control": null, "control_weight": 0}}}\n',
		);
		expect(prompts).toMatchObject([
			{text: 'One', model: 'transfer1'},
			{text: 'Two', model: 'transfer1'},
		]);
		expect(prompts.map(inputsOf)).toEqual([['color=specs/color.mp4'], ['color=specs/edge.mp4']]);
	});

	it('reads specs of Transfer2.5, with masks and a text in a file', async () => {
		const {prompts, stderr} = await from([
			{
				name: 'wet-street',
				prompt_path: 'words.txt',
				video_path: 'color.mp4',
				seed: 7,
				edge: {control_path: 'edge.mp4', mask_path: 'where.mp4', control_weight: 1},
			},
		]);
		expect(prompts).toMatchObject([
			{name: 'wet-street', text: 'A street\nin rain', model: 'transfer2.5'},
		]);
		expect(prompts.flatMap(inputsOf)).toEqual([
			'color=specs/color.mp4',
			'edge=specs/edge.mp4',
			'edge_mask=specs/where.mp4',
		]);
		expect(stderr).toContain('--seed 7 --edge 1 --vis 0 --depth 0 --seg 0\n');
	});

	it('reads a sample of Cosmos 3, with a text that is an object', async () => {
		const {prompts, stderr} = await from({
			model_mode: 'video2video',
			prompt: {context: 'A harbour at dawn'},
			vision_path: 'color.mp4',
			resolution: '480',
			num_steps: 30,
			depth: {control_path: 'depth.mp4', weight: 0.5},
		});
		expect(prompts).toMatchObject([{text: '{"context":"A harbour at dawn"}', model: 'cosmos3'}]);
		expect(prompts.flatMap(inputsOf)).toEqual(['color=specs/color.mp4', 'depth=specs/depth.mp4']);
		expect(stderr).toContain('--resolution 480 --steps 30');
	});

	it.each<[string, object, string]>([
		['the mode of a video', {vision_path: 'color.mp4'}, '--mode video2video'],
		['that of a picture', {num_frames: 1, fps: 24}, '--mode text2image'],
		[
			'no mode of a transfer, and its chunks',
			{
				...{model_mode: 'video2video', vision_path: 'color.mp4', max_frames: 3, num_frames: 121},
				...{depth: {control_path: 'depth.mp4', weight: 0.5}, edge: {}, show_input: true},
				num_video_frames_per_chunk: 93,
			},
			'--frames 3 --show-input --chunk-frames 93 --edge 1 --depth 0.5',
		],
		[
			'the latents that are kept',
			{
				...{model_mode: 'video2video', vision_path: 'color.mp4'},
				condition_frame_indexes_vision: [0],
			},
			'--mode video2video --kept-latents 1',
		],
		[
			'nothing that a launch would refuse',
			{...{model_mode: 'text2video', guidance: '5; reboot', num_steps: -5}, seed: 7, shift: 2},
			'--seed 7 --shift 2',
		],
	])('gives the flags of a launch of Cosmos 3: %s', async (_what, sample, flags) => {
		const {code, prompts, stderr} = await from({prompt: 'A', ...sample}, '--model', 'cosmos3');
		const id = prompts[0]?.id ?? '';
		expect(stderr).toContain(`settings for the launch: cosmos inference ${id} ${flags}\n`);
		const words = ['inference', id, '--host', 'demo', '--dry-run', ...flags.split(' ')];
		expect([code, (await shell.cosmos(words)).code]).toEqual([0, 0]);
	});

	it("reads the Python program's prompt, whose Windows paths count from a folder above", async () => {
		mkdirSync(at('inputs/prompts'), {recursive: true});
		file = at('inputs/prompts/street.json');
		const {prompts, stderr} = await from({
			id: 'ps_1234',
			name: 'street',
			prompt: 'A street',
			negative_prompt: '',
			input_video_path: 'inputs\\videos\\street\\color.mp4',
			control_inputs: {depth: 'inputs\\videos\\street\\depth.mp4', seg: null},
		});
		expect(prompts).toMatchObject([{name: 'street', text: 'A street'}]);
		expect(prompts[0]).not.toHaveProperty('model');
		expect(prompts.flatMap(inputsOf)).toEqual([
			'color=inputs/videos/street/color.mp4',
			'depth=inputs/videos/street/depth.mp4',
		]);
		expect(stderr).toContain('not taken over: id ps_1234\n');
	});

	it('reads our own words over several lines, with a folder that counts from the file', async () => {
		const {prompts, stderr} = await from({text: 'A city', videoDir: 'shots/a', name: 'city'});
		expect(prompts).toMatchObject([{text: 'A city', name: 'city', videoDir: at('specs/shots/a')}]);
		expect(stderr).not.toContain('not taken over');
	});

	it('lets flags count more than the file', async () => {
		const spec = {prompt: 'A', name: 'a', video_path: 'color.mp4'};
		const {prompts} = await from(spec, '--name', 'mine', '--model', 'transfer1');
		expect(prompts).toMatchObject([{name: 'mine', model: 'transfer1'}]);
	});

	it.each<[string, unknown, string]>([
		['broken JSON', '{\n "prompt": "A",\n "seed": \n}', 'spec.json:4 is not valid JSON'],
		['a broken line', '{"prompt": "A"}\n{"prompt": \n', 'spec.json:2 is not valid JSON'],
		['a list of texts', ['A street'], 'spec.json is not an object'],
		['no text', '{"prompt": "A"}\n{"seed": 1}', 'spec.json:2 has no "prompt"'],
		['a text that is a number', {prompt: 7}, 'spec.json: "prompt" has to be a text'],
		[
			'a video that is not there',
			{prompt: 'A', video_path: 'no.mp4'},
			'no.mp4, which is not there',
		],
		[
			'a drive of Windows',
			{prompt: 'A', video_path: 'C:\\clips\\a.mp4'},
			'names a file on a drive of Windows: C:\\clips\\a.mp4',
		],
		['an address', {prompt: 'A', vision_path: 'https://x.test/a.mp4'}, 'names an address'],
		['nothing', '[]', 'spec.json has no prompt'],
		['an entry that is none', [{prompt: 'A'}, 3], 'spec.json: entry 2 is not an object'],
		['a text with NUL', {prompt: 'a\0b'}, 'spec.json: the text has a NUL character'],
		[
			'half a character',
			{prompt: 'A', negative_prompt: '\ud83d'},
			'spec.json: the negative text has half a character',
		],
		[
			'a text file that may be a secret',
			{prompt_path: '/etc/hostname'},
			'spec.json takes its text from /etc/hostname, which is no text file',
		],
	])('refuses %s by its place, and creates nothing', async (_what, content, message) => {
		const before = (await shell.store.listPrompts()).length;
		const {code, stdout, stderr} = await from(content);
		expect({code, stdout}).toEqual({code: 2, stdout: ''});
		expect(stderr).toContain(message);
		expect((await shell.store.listPrompts()).length).toBe(before);
	});

	describe('a file in YAML', () => {
		beforeEach(() => {
			file = at('specs/spec.yaml');
		});

		it('has the keys of a JSON object', async () => {
			const {code, prompts, stderr} = await from(
				'# A sample of Cosmos 3\nname: street\nmodel_mode: video2video\nprompt: >-\n  A street,\n  no cars: none\nnegative_prompt: no\nvision_path: color.mp4\nedge: {control_weight: 1.0}\nseed: 7\n',
			);
			expect(code).toBe(0);
			expect(prompts).toMatchObject([
				{name: 'street', text: 'A street, no cars: none', negative: 'no', model: 'cosmos3'},
			]);
			expect(prompts.map(inputsOf)).toEqual([['color=specs/color.mp4']]);
			expect(stderr).toContain('--seed 7');
		});

		it.each<[string, string, string]>([
			['a broken line', 'prompt: A\nseed: ]\n', 'spec.yaml:2 is not valid YAML'],
			['two documents', 'prompt: A\n---\nprompt: B\n', 'spec.yaml:2 is not valid YAML'],
			['a text alone', 'A street\n', 'spec.yaml is not an object'],
			['nothing', '', 'spec.yaml is not an object'],
			['no text', 'seed: 1\n', 'spec.yaml has no "prompt"'],
			[
				'aliases that become many times as large',
				`a: &a [x,x,x,x,x,x,x,x]\n${[...'bcdefg'].map((key, at) => `${key}: &${key} [${Array(8).fill(`*${'abcdef'[at]}`).join(',')}]`).join('\n')}\nprompt: A\n`,
				'spec.yaml is not valid YAML',
			],
		])('is refused with %s by its place', async (_what, content, message) => {
			const {code, stdout, stderr} = await from(content);
			expect({code, stdout}).toEqual({code: 2, stdout: ''});
			expect(stderr).toContain(message);
		});
	});

	it('is named where such a file is imported', async () => {
		writeFileSync(file, '{"prompt": "A"}');
		const {code, stderr} = await shell.cosmos(['import', file]);
		expect(code).toBe(2);
		expect(stderr).toContain('`cosmos create prompt --from FILE` reads specs of other programs.');
	});

	it('is named where a file of prompts holds such an object', async () => {
		writeFileSync(file, '{\n "prompt": "A"\n}\n');
		const {stderr} = await shell.cosmos(['create', 'prompt', '--prompts-file', file]);
		expect(stderr).toContain('specs of other programs: --from FILE');
	});
});
