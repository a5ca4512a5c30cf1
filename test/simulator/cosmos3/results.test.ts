import {copyFileSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {ALL_FORMATS, FilePathSource, Input} from 'mediabunny';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {readImage} from '../../../simulator/cosmos3/media.js';
import {createStage, type PlayOptions, type Stage} from './stage.js';

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
});
afterAll(() => stage.remove());

type Sample = Readonly<Record<string, unknown>>;

/** Runs samples, and gives the folder of their results. */
async function play(samples: readonly Sample[], words: readonly string[] = [], more?: PlayOptions) {
	const folder = stage.fresh();
	const lines = samples.map(sample => stage.fill(JSON.stringify(sample)));
	stage.write({[`${folder}/s.jsonl`]: lines.join('\n')});
	const played = await stage.play(
		[
			...['-i', `${folder}/s.jsonl`, '-o', `${folder}/out`],
			...['--checkpoint-path', 'Cosmos3-Nano', ...words],
		],
		more,
	);
	return {...played, out: path.join(stage.folder, folder, 'out')};
}

const read = (out: string, file: string) =>
	JSON.parse(readFileSync(path.join(out, file), 'utf8')) as Record<string, unknown>;

async function factsOf(file: string) {
	using input = new Input({source: new FilePathSource(file), formats: ALL_FORMATS});
	const video = await input.getPrimaryVideoTrack();
	const audio = await input.getPrimaryAudioTrack();
	const stats = await video?.computePacketStats();
	return {
		width: video?.displayWidth ?? 0,
		height: video?.displayHeight ?? 0,
		fps: Math.round((stats?.averagePacketRate ?? 0) * 100) / 100,
		frames: stats?.packetCount ?? 0,
		sound: audio ? `${audio.codec} ${audio.sampleRate} ${audio.numberOfChannels}` : undefined,
		tags: await input.getMetadataTags(),
	};
}

const video = {name: 'v', prompt: 'A street', num_steps: 2, num_frames: 9, seed: 1};
const clip = 'FOLDER/in/clip.mp4';
const edge = {name: 'e', prompt: 'A street', num_steps: 2, seed: 1, edge: {control_path: clip}};

it('saves a video of the length and the rate that were asked for', async () => {
	const {out} = await play([{...video, fps: 12}]);
	const facts = await factsOf(`${out}/v/vision.mp4`);
	expect(facts).toMatchObject({frames: 9, fps: 12, sound: undefined});
	expect(facts.tags.title).toBe('SIMULATED Cosmos 3 result');
});

it('saves a picture in its size', async () => {
	const {out} = await play([{...video, num_frames: 1, aspect_ratio: '4,3'}]);
	expect(readImage(`${out}/v/vision.jpg`)).toMatchObject({width: 1104, height: 832});
});

it('saves sound in the video', async () => {
	const {out} = await play([{...video, enable_sound: true}]);
	expect(await factsOf(`${out}/v/vision.mp4`)).toMatchObject({sound: 'aac 48000 2', frames: 9});
});

it('gives a transfer the rate of its source', async () => {
	const {out} = await play([{...edge, edge: {}, vision_path: clip, fps: 10}]);
	expect((await factsOf(`${out}/e/vision.mp4`)).fps).toBe(24);
});

it('gives a transfer without a source the rate of the sample', async () => {
	const {out} = await play([{...edge, fps: 10}]);
	expect((await factsOf(`${out}/e/vision.mp4`)).fps).toBe(10);
});

it('gives a transfer the length of its control, as far as it is wanted', async () => {
	const long = {...edge, edge: {control_path: 'FOLDER/in/long.mp4'}, num_frames: 33};
	const {out} = await play([long, {...long, name: 'f', max_frames: 7}]);
	expect((await factsOf(`${out}/e/vision.mp4`)).frames).toBe(12);
	expect((await factsOf(`${out}/f/vision.mp4`)).frames).toBe(7);
});

it('takes the form of the control where there is no source, and of the sample where there is', async () => {
	const {out, output} = await play([edge, {...edge, name: 'f', vision_path: clip}]);
	expect(output).toContain('This video is of 832x1104 resolution.');
	expect(output).toContain('This video is of 720x1280 resolution.');
	const {width, height} = await factsOf(`${out}/f/vision.mp4`);
	expect(width / height).toBeCloseTo(16 / 9, 1);
});

it('shows controls and source beside the result', async () => {
	const wide = {...edge, vision_path: clip, show_control_condition: true, show_input: true};
	const {out} = await play([{...wide, resolution: '256'}]);
	const {width, height} = await factsOf(`${out}/e/vision.mp4`);
	expect(width / height).toBeCloseTo((3 * 320) / 192, 0);
});

it('writes the resolved values into both files', async () => {
	const {out} = await play([edge]);
	const args = read(out, 'e/sample_args.json');
	expect(args).toMatchObject({guidance: 3, control_guidance: 1.5, num_frames: 189, name: 'e'});
	expect(read(out, 'e/sample_outputs.json')).toEqual({
		args,
		status: 'success',
		message: null,
		stack_trace: null,
		outputs: [{content: {}, files: [`${out}/e/vision.mp4`, `${out}/e/control_edge.mp4`]}],
	});
});

it('writes what the reasoner says into a file and into the outputs', async () => {
	const {out} = await play([{name: 'r', model_mode: 'reasoner', prompt: 'What is this?'}]);
	const text = readFileSync(`${out}/r/reasoner_text.txt`, 'utf8');
	expect(text).toContain('What is this?');
	expect(read(out, 'r/sample_outputs.json').outputs).toEqual([
		{content: {reasoner_text: text}, files: [`${out}/r/reasoner_text.txt`]},
	]);
});

it('gives each output its seed and its folder', async () => {
	const {out} = await play([{...video, num_outputs: 3, seed: 41}]);
	const seeds = [0, 1, 2].map(index => {
		const {seed, num_outputs, output_dir} = read(out, `v/${index}/sample_args.json`);
		return [seed, num_outputs, output_dir];
	});
	expect(seeds).toEqual([0, 1, 2].map(index => [41 + index, 1, `${out}/v/${index}`]));
});

it('makes the same video of the same seed, and another of another', async () => {
	const {out} = await play([video, {...video, name: 'w'}, {...video, name: 'x', seed: 2}]);
	const bytes = ['v', 'w', 'x'].map(name => readFileSync(`${out}/${name}/vision.mp4`, 'base64'));
	expect(bytes[1]).toBe(bytes[0]);
	expect(bytes[2]).not.toBe(bytes[0]);
});

it('says in the file of a skipped sample why', async () => {
	const {out} = await play([video, {...video, name: 'w', edge: {}}], ['--skip-invalid-samples']);
	expect(read(out, 'w/sample_outputs.json')).toMatchObject({
		status: 'skip',
		message: expect.stringMatching(/^Skipping sample 'w': transfer inference requires/),
		outputs: [],
	});
});

it('puts the real values into a prompt that is JSON', async () => {
	const prompt = JSON.stringify({subjects: ['é'], fps: 60, duration: '9s', resolution: {}});
	const {output} = await play([{...edge, prompt, emphasize_control_in_prompt: false}]);
	const [, said = ''] = /final user prompt: (.*)/.exec(output) ?? [];
	expect(JSON.parse(said)).toEqual({
		subjects: ['é'],
		duration: '3s',
		fps: 24,
		resolution: {H: 832, W: 1104},
		aspect_ratio: '16,9',
	});
	expect(said).toMatch(/"\\u00e9".*"fps": 24.0/);
});

it('reads the inputs of the first sample once more at the end', async () => {
	copyFileSync(path.join(stage.folder, 'in/photo.png'), path.join(stage.folder, 'in/once.png'));
	const once = {...video, vision_path: 'FOLDER/in/once.png'};
	const {status, output, out} = await play([once, {...video, name: 'w'}], [], {
		onOutput(text) {
			if (text.includes('w/sample_outputs.json')) {
				rmSync(path.join(stage.folder, 'in/once.png'));
			}
		},
	});
	expect(status).toBe(1);
	expect(output).toContain('FileNotFoundError: [Errno 2] No such file or directory');
	expect(read(out, 'w/sample_outputs.json').status).toBe('success');
});

it('leaves what a run before it has left', async () => {
	const {out} = await play([{...video, name: 'old'}]);
	const folder = path.relative(stage.folder, path.dirname(out));
	stage.write({[`${folder}/s.jsonl`]: JSON.stringify({...video, name: 'new'})});
	const words = ['-i', `${folder}/s.jsonl`, '-o', `${folder}/out`];
	await stage.play([...words, '--checkpoint-path', 'Cosmos3-Nano']);
	expect(read(out, 'old/sample_outputs.json').status).toBe('success');
	expect(readFileSync(`${out}/console.log`, 'utf8')).not.toContain('/old/');
});
