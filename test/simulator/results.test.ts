import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {ALL_FORMATS, BufferSource, EncodedPacketSink, Input} from 'mediabunny';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createLineDecoder} from '../../source/domain/runs/log-lines.js';
import {parseProgress} from '../../source/domain/runs/progress.js';
import {available} from '../lab/available.js';
import {
	type Bench,
	createBench,
	type Ended,
	fileIn,
	plainSpec,
	script,
	tinyVideo,
} from './bench.js';

let bench: Bench;
/** A run that most tests look at. */
let plain: Ended;
beforeAll(async () => {
	bench = await createBench();
	plain = await bench.transfer(plainSpec);
	await writeFile(path.join(bench.checkout, 'in/large.mp4'), await tinyVideo(1280, 704, 3));
	await writeFile(path.join(bench.checkout, 'in/long.mp4'), await tinyVideo(32, 32, 60));
});
afterAll(() => bench.remove());

async function factsOf(bytes: Uint8Array) {
	const input = new Input({source: new BufferSource(bytes), formats: ALL_FORMATS});
	try {
		const track = await input.getPrimaryVideoTrack();
		const stats = await track?.computePacketStats();
		return {
			codec: track?.codec,
			width: track?.displayWidth,
			height: track?.displayHeight,
			frames: stats?.packetCount,
			fps: Math.round(stats?.averagePacketRate ?? 0),
			tags: await input.getMetadataTags(),
		};
	} finally {
		input.dispose();
	}
}

const videoOf = async (ended: Ended, name = 'output.mp4') => factsOf(await fileIn(ended, name));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const color = {prompt: 'A street', input_video_path: 'in/color.mp4'};

describe.concurrent('the result', () => {
	it("is H.264 with the length of the input, in the shape of the model's nearest size", async () => {
		expect(await videoOf(plain)).toMatchObject({
			codec: 'avc',
			width: 64,
			height: 46,
			frames: 4,
			fps: 24,
		});
		expect(plain.status).toBe(0);
	});

	it.skipIf(!available('ffmpeg'))('can be read by ffprobe, tags too', async () => {
		const what = ['-show_format', '-show_streams', '-count_frames', '-of', 'json'];
		const probe = spawnSync('ffprobe', [
			'-v',
			'error',
			...what,
			path.join(plain.outputs, 'output.mp4'),
		]);
		expect(probe.stderr.toString()).toBe('');
		expect(JSON.parse(probe.stdout.toString())).toMatchObject({
			streams: [{codec_name: 'h264', width: 64, height: 46, nb_read_frames: '4'}],
			format: {
				tags: {
					title: expect.stringContaining('SIMULATED'),
					comment: expect.stringContaining('Simulated'),
				},
			},
		});
	});

	it('is marked as simulated in its tags', async () => {
		const {tags} = await videoOf(plain);
		expect([tags.title, tags.comment]).toEqual([
			'SIMULATED Cosmos-Transfer1 result',
			'Simulated: drawn by a program, not made by the model. Seed 1.',
		]);
	});

	it('has a key frame every 24 frames, so that a player can seek', async () => {
		const ended = await bench.transfer({...color, edge: {}, input_video_path: 'in/long.mp4'});
		using input = new Input({
			source: new BufferSource(await fileIn(ended, 'output.mp4')),
			formats: ALL_FORMATS,
		});
		const track = await input.getPrimaryVideoTrack();
		const types: string[] = [];
		for await (const packet of track ? new EncodedPacketSink(track).packets() : []) {
			types.push(packet.type);
		}

		const keys = types.flatMap((type, index) => (type === 'key' ? [index] : []));
		expect(keys).toEqual([0, 24]);
	});

	it('has the frame rate of the flag', async () => {
		expect(await videoOf(await bench.transfer(plainSpec, ['--fps', '10']))).toMatchObject({
			fps: 10,
		});
	});

	it('is reduced to a size that is quick to produce', async () => {
		const ended = await bench.transfer({...color, edge: {}, input_video_path: 'in/large.mp4'});
		expect(await videoOf(ended)).toMatchObject({width: 320, height: 176, frames: 3});
	});

	it('is cut to a length that is quick to produce', async () => {
		const ended = await bench.transfer({...color, edge: {}, input_video_path: 'in/long.mp4'});
		expect(await videoOf(ended)).toMatchObject({width: 32, height: 32, frames: 48});
	});

	it('takes its size from a control if sigma_max makes the input video unused', async () => {
		const {input_video_path: _, ...spec} = plainSpec;
		const ended = await bench.transfer(spec, ['--sigma_max', '80']);
		expect(await videoOf(ended)).toMatchObject({width: 64, height: 46, frames: 4});
	});

	it('is the same, byte for byte, for the same seed and inputs', async () => {
		const runs = [plain, await bench.transfer(plainSpec)];
		const [first, second] = await Promise.all(runs.map(run => fileIn(run, 'output.mp4')));
		expect(sha256(first as Buffer)).toBe(sha256(second as Buffer));
	});

	it.each<[string, object, string[]]>([
		['seed', {}, ['--seed', '2']],
		['prompt', {prompt: 'A desert at dusk'}, []],
	])('differs for another %s', async (_name, change, words) => {
		const one = await fileIn(plain, 'output.mp4');
		const two = await fileIn(await bench.transfer({...plainSpec, ...change}, words), 'output.mp4');
		expect(sha256(one)).not.toBe(sha256(two));
	});

	it('has the name of the flag', async () => {
		const ended = await bench.transfer(plainSpec, ['--video_save_name', 'mine']);
		expect((await readdir(ended.outputs)).sort()).toEqual(['mine.mp4', 'mine.txt']);
	});
});

describe.concurrent('the prompt next to the result', () => {
	it.each([
		['quotes and dollars', `"it's" $(rm -rf x) \`y\` \\n %s`],
		['lines', 'one\ntwo\r\n\n\tthree\n'],
		['emoji and scripts', '🎬👩‍🚀 café Åßの中 \u202e'],
		['20,000 characters', 'long 🎞 '.repeat(2858).slice(0, 20_000)],
	])('has %s unchanged', async (_name, prompt) => {
		const ended = await bench.transfer({...plainSpec, prompt});
		expect(await fileIn(ended, 'output.txt')).toEqual(Buffer.from(prompt));
	});

	it('is that of the command line if both are given', async () => {
		const ended = await bench.transfer(plainSpec, ['--prompt', 'of the flag']);
		expect(String(await fileIn(ended, 'output.txt'))).toBe('of the flag');
	});

	it('is that of the spec if the flag is written with =', async () => {
		// The original looks for the bare word among its arguments.
		const ended = await bench.transfer(plainSpec, ['--prompt=of the flag']);
		expect(String(await fileIn(ended, 'output.txt'))).toBe('A street');
	});
});

describe.concurrent('computed controls', () => {
	it.each(['vis', 'edge', 'depth', 'seg', 'keypoint'])('%s becomes a video', async key => {
		const ended = await bench.transfer({...color, [key]: {control_weight: 0.5}});
		const facts = await videoOf(ended, `${key}_input_control_0.mp4`);
		expect(facts).toMatchObject({width: 64, height: 48, frames: 4});
		expect(facts.tags.title).toBe(`SIMULATED control: ${key}`);
	});

	it('are not computed if a file was given', async () => {
		expect((await readdir(plain.outputs)).sort()).toEqual(['output.mp4', 'output.txt']);
	});

	it('are computed if null was given', async () => {
		const spec = {...color, depth: {control_weight: 1, input_control: null}};
		const {outputs} = await bench.transfer(spec);
		expect(await readdir(outputs)).toContain('depth_input_control_0.mp4');
	});

	it('are computed once by each process', async () => {
		await writeFile(path.join(bench.checkout, 'two.json'), JSON.stringify({...color, edge: {}}));
		const words = [
			'--num_gpus',
			'2',
			'--controlnet_specs',
			'two.json',
			'--video_save_folder',
			'two',
		];
		await bench.run(['torchrun', '--nproc_per_node=2', script, ...words]);
		expect((await readdir(path.join(bench.checkout, 'two'))).sort()).toEqual([
			'edge_input_control_0.mp4',
			'edge_input_control_1.mp4',
			'output.mp4',
			'output.txt',
		]);
	});
});

describe.concurrent('the log', () => {
	it('has time, level and place', () => {
		expect(plain.stdout.toString()).toMatch(
			/^\[\d\d-\d\d \d\d:\d\d:\d\d\|INFO\|cosmos_transfer1\/\S+\.py:\d+:\w+\] Saved video to runs\/\d+\/outputs\/output\.mp4$/m,
		);
	});

	it('starts by saying that the run is simulated', () => {
		const first = plain.stdout.toString().split('\n')[0];
		expect(first).toContain('|WARNING|');
		expect(first).toContain('SIMULATED run');
	});

	it('has a bar of clips of 121 frames, glued to the next line, and nothing of the steps', async () => {
		const spec = {...color, input_video_path: 'in/long.mp4', edge: {}};
		const {stdout, stderr} = await bench.transfer(spec, ['--num_steps', '3']);
		const bars = stderr
			.split(/[\r\n]/)
			.filter(text => text.includes('%|') && !text.includes(':  '));
		expect(
			bars
				.map(parseProgress)
				.filter(bar => bar?.label === '')
				.map(bar => bar?.done),
		).toEqual([0, 1]);
		expect(stderr).toMatch(/\r {2}0%\| {10}\| 0\/1 \[00:00<\?, \?it\/s\]\r100%/);
		expect(stdout.toString().match(/Starting diffusion sampling/g)).toHaveLength(1);
	});

	it('has a bar of each step too, where a test asks for it', async () => {
		const ended = await bench.transfer(plainSpec, ['--num_steps', '3'], {
			COSMOS_SIMULATE_STEP: '0.11',
			COSMOS_SIMULATE: 'step-bars',
		});
		const steps = ended.stderr
			.split(/[\r\n]/)
			.map(parseProgress)
			.filter(bar => bar?.total === 3);
		expect(steps.map(bar => bar?.done)).toEqual([0, 1, 2, 3]);
	});

	it('shows the loading of the model as a bar with a name', () => {
		const lines = createLineDecoder().push(Buffer.from(plain.stderr));
		expect(parseProgress(lines[0]?.text ?? '')).toMatchObject({
			label: 'Loading checkpoint shards',
			percent: 100,
		});
	});

	it('shows how a total weight of more than 1 is normalised', async () => {
		const spec = {
			...plainSpec,
			depth: {...plainSpec.depth, control_weight: 3},
			vis: {control_weight: 1},
		};
		expect((await bench.transfer(spec)).stdout.toString()).toContain(
			'Control weights sum to 4, normalised to 1: depth 0.750, vis 0.250',
		);
	});

	it('has one step with the distilled model', async () => {
		const simulate = {COSMOS_SIMULATE: 'step-bars'};
		const {stderr} = await bench.transfer({...color, edge: {}}, ['--use_distilled'], simulate);
		expect(stderr.match(/100%\|██████████\| 1\/1 \[/g)).toHaveLength(2);
	});
});

describe.concurrent('other ways to call it', () => {
	const flags = ['--controlnet_specs', 'plain.json', '--video_save_folder'];

	// Once: these tests run at the same time, and a file that is being written is empty for a moment.
	beforeAll(() => writeFile(path.join(bench.checkout, 'plain.json'), JSON.stringify(plainSpec)));

	it.each<[string, string[]]>([
		['without torchrun', [script]],
		['by python', ['python3', script]],
		['with flags alone', []],
		["with torchrun's flags but not its name", ['--nproc_per_node=1', script]],
		[
			"with torchrun's flags in other spellings",
			['torchrun', '--nproc-per-node', '1', '--standalone', `./${script}`],
		],
	])('works %s', async (name, words) => {
		const ended = await bench.run([...words, ...flags, `called ${name}`]);
		expect(ended.stderr).not.toContain('Traceback');
		expect(await readdir(path.join(bench.checkout, `called ${name}`))).toContain('output.mp4');
	});

	it('upscales to three times the size', async () => {
		const spec = {input_video_path: 'in/color.mp4', upscale: {control_weight: 0.5}};
		const ended = await bench.transfer(spec, ['--num_steps', '10']);
		expect(await videoOf(ended)).toMatchObject({width: 192, height: 138});
	});
});

describe.concurrent('a batch', () => {
	const base = {...color, edge: {control_weight: 0.5}, depth: plainSpec.depth};

	beforeAll(async () => {
		await writeFile(path.join(bench.checkout, 'in/wide.mp4'), await tinyVideo(80, 32, 4));
		await writeFile(path.join(bench.checkout, 'in/still.mp4'), await tinyVideo(64, 48, 1));
	});

	async function runBatch(name: string, lines: object[], simulate = ''): Promise<Ended> {
		const file = `${name}.jsonl`;
		await writeFile(
			path.join(bench.checkout, file),
			lines.map(line => `${JSON.stringify(line)}\n`).join(''),
		);
		const words = ['--batch_input_path', file, '--batch_size', '2'];
		return bench.transfer(base, words, {COSMOS_SIMULATE: simulate});
	}

	it('creates a folder for each line, with its own prompt', async () => {
		const ended = await runBatch('two-lines', [
			{visual_input: 'in/color.mp4', prompt: 'first'},
			{visual_input: 'in/color.mp4', prompt: 'second'},
		]);
		expect(await readdir(path.join(ended.outputs, 'video_0'))).toEqual([
			'edge_input_control_0.mp4',
			'output.mp4',
			'prompt.txt',
		]);
		expect(await readFile(path.join(ended.outputs, 'video_1/prompt.txt'), 'utf8')).toBe('second');
	});

	it('computes a control that a line sets to null', async () => {
		const ended = await runBatch('null', [
			{visual_input: 'in/color.mp4', prompt: '', control_overrides: {depth: {input_control: null}}},
		]);
		const files = await readdir(path.join(ended.outputs, 'video_0'));
		expect(files).toContain('depth_input_control_0.mp4');
	});

	it('ignores a control that the base lacks, with a warning', async () => {
		const ended = await runBatch('unknown', [
			{visual_input: 'in/color.mp4', prompt: '', control_overrides: {vis: {control_weight: 1}}},
		]);
		expect(ended.stdout.toString()).toContain('Ignoring unknown control key in override: vis');
		expect(ended.status).toBe(0);
	});

	it('moves a video up by one folder if the one produced with it was blocked', async () => {
		// transfer.py zips what the pipeline gives back with the lines, and the blocked one is missing.
		const lines = ['first', 'second'].map(prompt => ({visual_input: 'in/color.mp4', prompt}));
		const ended = await runBatch('moved', lines, 'guardrail@1');
		expect(await readFile(path.join(ended.outputs, 'video_0/prompt.txt'), 'utf8')).toBe('second');
		expect(await readdir(path.join(ended.outputs, 'video_1'))).not.toContain('output.mp4');
		expect(ended.status).toBe(0);
	});

	it('ends with a TypeError if all that are produced together are blocked, and begins no later one', async () => {
		const lines = ['1', '2', '3'].map(prompt => ({visual_input: 'in/color.mp4', prompt}));
		// Two at a time: the third line is made alone.
		const ended = await runBatch('blocked', lines, 'guardrail@3');
		expect(ended.stdout.toString()).toContain('Guardrail blocked generation for entire batch');
		expect(ended.stderr).toContain('TypeError: cannot unpack non-iterable NoneType object');
		expect(await readdir(path.join(ended.outputs, 'video_2'))).not.toContain('output.mp4');
		expect(await readdir(path.join(ended.outputs, 'video_1'))).toContain('output.mp4');
		expect(ended.status).toBe(1);
	});

	it.each([
		['another aspect', {depth: {input_control: 'in/wide.mp4'}}, [], 'Sizes of tensors must match'],
		['no noise', {}, ['--sigma_max', '0.002'], 't_min must be less than t_max'],
		['a seed beyond 32 bits', {}, ['--seed', '4294967296'], 'Seed must be between 0 and 2**32 - 1'],
		[
			'a single frame',
			{input_video_path: 'in/still.mp4', depth: undefined},
			[],
			'torch.cat(): expected',
		],
	])('fails with %s only after the model is loaded', async (_what, change, words, message) => {
		const ended = await bench.transfer({...color, edge: {}, ...change}, words);
		expect(ended.stderr).toContain('Loading checkpoint shards: 100%');
		expect(ended.stderr).toContain(message);
		expect(ended.status).toBe(1);
	});

	it('fails on 3 GPUs, which cannot divide the 16 heads of the attention', async () => {
		await writeFile(path.join(bench.checkout, 'three.json'), JSON.stringify({...color, edge: {}}));
		const words = ['--num_gpus', '3', '--controlnet_specs', 'three.json'];
		const ended = await bench.run(['torchrun', '--nproc_per_node=3', script, ...words]);
		expect([ended.status, ended.stderr]).toEqual([1, expect.stringContaining('(16)')]);
	});

	it.each([
		['an empty line', '{"visual_input": "in/color.mp4", "prompt": ""}\n\n', 'JSONDecodeError'],
		['a line without a video', '{"prompt": "x"}\n', 'visual_input: expected str, not NoneType'],
		['a line without a prompt', '{"visual_input": "in/color.mp4"}\n', 'prompt: expected str'],
	])('rejects %s', async (name, text, message) => {
		await writeFile(path.join(bench.checkout, `${name}.jsonl`), text);
		const ended = await bench.transfer(base, ['--batch_input_path', `${name}.jsonl`]);
		expect(ended.stderr).toContain(message);
		expect(ended.status).toBe(1);
	});

	it('fails if the video of a line is missing', async () => {
		const ended = await runBatch('missing', [{visual_input: 'in/none.mp4', prompt: ''}]);
		expect(ended.stderr).toContain('FileNotFoundError: No such file');
		expect(ended.status).toBe(1);
	});
});
