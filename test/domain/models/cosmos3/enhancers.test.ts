import {describe, expect, it} from 'vitest';
import type {Endpoint} from '../../../../source/domain/hosts/endpoint.js';
import {enhancerOf} from '../../../../source/domain/models/families.js';
import {batchJobOf, jobOf, resultOf} from '../../../../source/domain/models/models.js';
import type {SettingsOf} from '../../../../source/domain/settings/settings.js';
import {completeKind} from '../../../../source/domain/settings/settings-check.js';
import type {TaskOf} from '../../../../source/domain/types.js';
import {enhanceTask} from '../tasks.js';
import {image, video} from './cosmos3-task.js';

const endpoint: Endpoint = {
	url: 'https://api.example.com/v1',
	model: 'writer-1',
	keyEnv: 'WRITER_KEY',
	images: true,
	answerLimit: 90,
};
const places = {runFolder: 'cosmos-runs/R', inputs: {}, gpuCount: 1};

function taskOf(mode: 'reasoner' | 'endpoint', given: object = {}): TaskOf<'enhance'> {
	const kind = {operation: 'enhance', model: 'cosmos3', mode} as const;
	const settings = completeKind(kind, {...given}) as SettingsOf<'enhance'>;
	const {complete = (one: typeof settings) => one} = enhancerOf(kind);
	return {
		...enhanceTask,
		...kind,
		promptText: 'A fox in the snow',
		settings: complete(settings, []),
		...(mode === 'endpoint' && {endpoint}),
	};
}

const specIn = ({files}: {files: ReadonlyArray<{text: string}>}) =>
	JSON.parse(files[0]?.text ?? '');

describe('the reasoner', () => {
	it('is asked as in its own mode, for a structured prompt of the length that is wanted', () => {
		const job = jobOf(taskOf('reasoner', {seconds: 5, seed: 7}), places);
		expect(specIn(job)).toEqual({
			name: 'outputs',
			model_mode: 'reasoner',
			prompt: expect.stringMatching(
				/a video of 5 seconds[\s\S]*JSON object[\s\S]*A fox in the snow/,
			),
			seed: 7,
			max_new_tokens: 20_000,
			do_sample: true,
			temperature: 0.7,
			top_k: 20,
			top_p: 0.8,
			repetition_penalty: 1,
			presence_penalty: 1.5,
			video_fps: 2,
		});
		expect(job.command).toEqual([
			...['python', '-m', 'cosmos_framework.scripts.inference', '--parallelism-preset=latency'],
			...['-i', 'cosmos-runs/R/spec.json', '-o', 'cosmos-runs/R'],
			...['--checkpoint-path', 'Cosmos3-Nano', '--guardrails', '--no-offload-guardrail-models'],
		]);
		expect(job.container).toBeDefined();
	});

	it.each([
		[image('image'), 'cosmos-inputs/x.png', 'The image beside this'],
		[video('color'), 'cosmos-inputs/x.mp4', 'The video beside this'],
	])('is shown the source of the prompt', (input, there, words) => {
		const {looksAt} = enhancerOf({model: 'cosmos3', mode: 'reasoner'});
		const task = taskOf('reasoner');
		expect(looksAt([video('depth'), input], task.settings)).toEqual([input]);
		expect(looksAt([input], {...task.settings, showMedia: false})).toEqual([]);
		const job = jobOf({...task, inputs: [input]}, {...places, inputs: {[input.role]: there}});
		expect(specIn(job)).toMatchObject({
			vision_path: `../../${there}`,
			prompt: expect.stringContaining(words),
		});
	});

	it('has a complete result with its seal alone', () => {
		const {has, seal} = resultOf(taskOf('reasoner'));
		expect(has('reasoner_text.txt')).toBe(true);
		expect(seal?.names).toEqual(['sample_outputs.json']);
	});

	it('answers several prompts in one process, a line each', () => {
		const tasks = [taskOf('reasoner'), {...taskOf('reasoner'), promptText: 'A crow'}];
		const {files, command} = batchJobOf(tasks, {...places, inputs: [{}, {}]});
		const lines = (files[0]?.text ?? '')
			.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line));
		expect(lines.map(({name}) => name)).toEqual(['sample_0', 'sample_1']);
		expect(lines[1].prompt).toContain('A crow');
		expect(command).toContain('cosmos-runs/R/batch.jsonl');
	});
});

describe('the endpoint', () => {
	it('is asked by a request without the key', () => {
		const job = jobOf(taskOf('endpoint', {for: 'image'}), places);
		expect(specIn(job)).toEqual({
			url: endpoint.url,
			model: 'writer-1',
			key_env: 'WRITER_KEY',
			answer_limit: 90,
			prompts: [
				{
					id: enhanceTask.promptId,
					is_image: true,
					instructions: expect.not.stringContaining('temporal_caption'),
					text: 'The text:\n"""\nA fox in the snow\n"""',
					time_limit: 1800,
				},
			],
		});
		expect(job.container).toBeUndefined();
	});

	it('gets the image of a prompt, and no video, where its model sees images', () => {
		const {looksAt} = enhancerOf({model: 'cosmos3', mode: 'endpoint'});
		const {settings} = taskOf('endpoint');
		const inputs = [video('color'), image('image'), image('depth')];
		expect(looksAt(inputs, settings, endpoint)).toEqual([image('image')]);
		expect(looksAt(inputs, settings, {...endpoint, images: false})).toEqual([]);
		expect(looksAt(inputs, {...settings, showMedia: false}, endpoint)).toEqual([]);
	});

	it('has a file for each of several results', () => {
		const tasks = [taskOf('endpoint'), taskOf('endpoint')];
		const spec = specIn(batchJobOf(tasks, {...places, inputs: [{}, {}]}));
		expect(spec.prompts.map(({result}: {result: string}) => result)).toEqual([
			'cosmos-runs/R/outputs/prompt_0/enhanced.json',
			'cosmos-runs/R/outputs/prompt_1/enhanced.json',
		]);
	});
});

it('a prompt is for as many seconds as its own video has', () => {
	const {complete} = enhancerOf({model: 'cosmos3', mode: 'reasoner'});
	const {settings} = taskOf('reasoner', {seconds: 3});
	const open = {...settings, seconds: 0};
	expect(complete?.(open, [image('image'), video('depth', {frames: 121, fps: 24})]).seconds).toBe(
		5,
	);
	expect(complete?.(open, []).seconds).toBe(8);
	expect(complete?.(settings, [video('color')]).seconds).toBe(3);
});

it('a structured prompt is given as the object that it is', () => {
	const task = {...taskOf('endpoint'), promptText: '{"subjects": []}'};
	expect(specIn(jobOf(task, places)).prompts[0].text).toBe('The text:\n{"subjects": []}');
});
