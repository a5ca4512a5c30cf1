import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {explainExit} from '../../source/domain/runs/run-status.js';
import {type Bench, createBench, launch, plainSpec, script} from './bench.js';

let bench: Bench;
beforeAll(async () => {
	bench = await createBench();
	await writeFile(path.join(bench.checkout, 'not-utf8.json'), Buffer.from([0x7b, 0xff, 0x7d]));
	await writeFile(path.join(bench.checkout, 'a-file'), '');
});
afterAll(() => bench.remove());

const usage = 'usage: transfer.py [-h] [--prompt PROMPT]';

describe.concurrent('the command line', () => {
	it.each<[string, string[], string]>([
		['an unknown flag', ['--foo', '3'], 'error: unrecognized arguments: --foo 3'],
		['a word without a flag', ['more'], 'error: unrecognized arguments: more'],
		[
			'a number that is none',
			['--num_steps', 'many'],
			"error: argument --num_steps: invalid int value: 'many'",
		],
		[
			'a broken number of steps',
			['--num_steps', '3.5'],
			"error: argument --num_steps: invalid int value: '3.5'",
		],
		[
			'a text for a float',
			['--guidance', 'high'],
			"error: argument --guidance: invalid float value: 'high'",
		],
		[
			'an unknown strength',
			['--blur_strength', 'huge'],
			"error: argument --blur_strength: invalid choice: 'huge' (choose from 'very_low', 'low', 'medium', 'high', 'very_high')",
		],
		['a flag without its value', ['--seed'], 'error: argument --seed: expected one argument'],
		[
			'a value for a switch',
			['--use_distilled=1'],
			"error: argument --use_distilled: ignored explicit argument '1'",
		],
		[
			'a beginning of two flags',
			['--offload_p', '--num', '3'],
			'error: ambiguous option: --num could match --num_input_frames, --num_steps, --num_gpus',
		],
	])('rejects %s as argparse does', async (_name, words, message) => {
		const ended = await bench.transfer(plainSpec, words);
		expect(ended.stderr).toContain(`transfer.py: ${message}\n`);
		expect(ended.stderr).toContain(usage);
		expect(ended.status).toBe(2);
	});

	it('rejects a missing spec file', async () => {
		const ended = await bench.run([...launch, script]);
		expect(ended.stderr).toContain('the following arguments are required: --controlnet_specs');
		expect(ended.status).toBe(2);
	});

	it('rejects an unknown program', async () => {
		const ended = await bench.run([...launch, 'cosmos_transfer1/other.py']);
		expect(ended.stderr).toContain("can't open file 'cosmos_transfer1/other.py'");
		expect(ended.status).toBe(2);
	});

	it('rejects a flag that torchrun does not know', async () => {
		const ended = await bench.run(['torchrun', '--gpus=1', script]);
		expect(ended.stderr).toContain('torchrun: error: unrecognized arguments: --gpus=1');
		expect(ended.status).toBe(2);
	});

	it('rejects an invalid number of processes', async () => {
		const ended = await bench.run(['torchrun', '--nproc_per_node=two', script]);
		expect(ended.stderr).toContain("ValueError: Unsupported nproc_per_node value: 'two'");
		expect(ended.status).toBe(1);
	});

	it("rejects a number of GPUs that differs from torchrun's processes", async () => {
		const ended = await bench.transfer(plainSpec, ['--num_gpus', '2']);
		expect(ended.stderr).toContain(
			'RuntimeError: world_size (1) is not divisible by context_parallel_size (2)',
		);
		expect(ended.status).toBe(1);
	});

	it('reports at the end, like torchrun, how its program ended', async () => {
		const ended = await bench.transfer(plainSpec, ['--foo']);
		expect(ended.stderr).toMatch(/ChildFailedError: \n=+\n.*transfer\.py FAILED\n/);
		expect(ended.stderr).toMatch(/exitcode {2}: 2 \(pid: \d+\)/);
	});

	it('does not mention torchrun if it was called without', async () => {
		const ended = await bench.run([script, '--foo', '--controlnet_specs', 'x']);
		expect(ended.stderr).not.toContain('ChildFailedError');
		expect(ended.status).toBe(2);
	});
});

const color = {input_video_path: 'in/color.mp4'};

describe.concurrent('the spec', () => {
	it.each<[string, unknown, string]>([
		[
			'an object under an unknown key',
			{...plainSpec, dept: {control_weight: 1}},
			'ValueError: Invalid hint_key: dept. Must be one of {',
		],
		[
			'a text that is no JSON',
			'{"prompt": ',
			'json.decoder.JSONDecodeError: Expecting value: line 1',
		],
		[
			'an empty file',
			'',
			'json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
		],
		['a list', [plainSpec], "AttributeError: 'list' object has no attribute 'items'"],
		[
			'no input video below sigma_max 80',
			{depth: {control_weight: 1, input_control: 'in/depth.mp4'}},
			"ValueError: Must have 'input_video' specified if sigma_max < 80",
		],
		[
			'null for the input video',
			{...plainSpec, input_video_path: null},
			"ValueError: Must have 'input_video' specified if sigma_max < 80",
		],
		[
			'no video at all',
			{depth: {control_weight: 1}, sigma_max: 80},
			"ValueError: depth controlnet must have 'input_control' video specified if no 'input_video' specified.",
		],
		[
			'a negative weight',
			{...color, depth: {control_weight: -0.1}},
			'ValueError: Control weight for depth must be a valid non-negative float or a path to a .pt file.',
		],
		[
			'a weight that is a word',
			{...color, vis: {control_weight: 'much'}},
			'ValueError: Control weight for vis must be a valid non-negative float',
		],
		[
			'null as a weight',
			{...color, vis: {control_weight: null}},
			"TypeError: float() argument must be a string or a real number, not 'NoneType'",
		],
		[
			'a weight file that is not there',
			{...color, vis: {control_weight: 'no.pt'}},
			"FileNotFoundError: [Errno 2] No such file or directory: 'no.pt'",
		],
		[
			'a control that is a number',
			{...color, edge: 0.5},
			"TypeError: argument of type 'float' is not iterable",
		],
		['no control', color, 'RuntimeError: torch.cat(): expected a non-empty list of Tensors'],
		[
			'a scalar of a wrong type',
			{...plainSpec, num_steps: '35'},
			"TypeError: num_steps: unsupported type: 'str'",
		],
		['no steps', {...plainSpec, num_steps: 0}, 'RuntimeError: number of steps must be'],
		[
			'half a character in the prompt',
			'{"prompt":"a \\ud83d","input_video_path":"in/color.mp4","edge":{}}',
			"UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud83d' in position 2",
		],
		[
			'an input video that is not there',
			{...plainSpec, input_video_path: 'in/none.mp4'},
			'FileNotFoundError: No such file: ',
		],
		[
			'an input video that is none',
			{...plainSpec, input_video_path: 'in/text.mp4'},
			'OSError: Could not load meta information',
		],
		[
			'a control video that is not there',
			{...color, seg: {control_weight: 1, input_control: 'in/none.mp4'}},
			'FileNotFoundError: No such file: ',
		],
		[
			'a control video that is none',
			{...color, seg: {control_weight: 1, input_control: 'in/text.mp4'}},
			'OSError: Could not load meta information',
		],
		[
			'the distilled model with another control than edge',
			{...color, vis: {control_weight: 1}, use_distilled: true},
			'ValueError: No default distilled checkpoint for vis.',
		],
		[
			'the distilled model with two controls',
			{...color, edge: {}, vis: {ckpt_path: 'x.pt'}, use_distilled: true},
			'AssertionError: Distilled model only supports single control input',
		],
	])('with %s is rejected with a traceback', async (_name, spec, message) => {
		const ended = await bench.transfer(spec);
		expect(ended.stderr).toMatch(/^Traceback \(most recent call last\):\n {2}File "\//m);
		expect(ended.stderr).toContain(`\n${message}`);
		expect(ended.status).toBe(1);
	});

	it('is rejected if it is missing', async () => {
		const ended = await bench.run([...launch, script, '--controlnet_specs', 'no.json']);
		expect(ended.stderr).toContain(
			"FileNotFoundError: [Errno 2] No such file or directory: 'no.json'",
		);
		expect(ended.status).toBe(1);
	});

	it('is rejected if it is not UTF-8', async () => {
		const ended = await bench.run([...launch, script, '--controlnet_specs', 'not-utf8.json']);
		expect(ended.stderr).toContain("UnicodeDecodeError: 'utf-8' codec can't decode");
		expect(ended.status).toBe(1);
	});

	it('causes an error if the results folder is a file', async () => {
		const ended = await bench.transfer(plainSpec, ['--video_save_folder', 'a-file']);
		expect(ended.stderr).toMatch(/(?:FileExists|NotADirectory)Error: \[Errno \d+\] .*'a-file'/);
		expect(ended.status).toBe(1);
	});
});

it.concurrent('with several processes the traceback names the rank', async () => {
	const words = ['torchrun', '--nproc_per_node=2', script, '--num_gpus', '2'];
	await writeFile(
		path.join(bench.checkout, 'two.json'),
		JSON.stringify({...plainSpec, input_video_path: 'in/none.mp4'}),
	);
	const ended = await bench.run([...words, '--controlnet_specs', 'two.json']);
	expect(ended.stderr).toMatch(/^\[rank0\]: FileNotFoundError: No such file/m);
});

it.concurrent('a refusal is recognised as rejected input', async () => {
	const {status, stderr} = await bench.transfer({...plainSpec, foo: {}});
	const exit = {code: Number(status), oomKilled: false, engineMessage: ''};
	expect(explainExit(exit, stderr.slice(-4000), 3600).reason).toBe('rejected-input');
});
