import {chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {packageRoot, samplesFolder} from '../../source/package-root.js';
import {openShell, type Shell} from '../commands/in-process.js';

/** The recipes of the docs, without their images: here there are no containers. */
function recipesOfDocs(): string {
	const text = readFileSync(path.join(packageRoot(), 'docs', 'recipes.md'), 'utf8');
	const [, section = ''] = text.split('## Three recipes');
	const blocks = [...section.matchAll(/```toml\n([\s\S]*?)```/g)].map(([, block]) => block);
	return blocks
		.filter(block => block?.includes('[recipes.'))
		.join('\n')
		.replaceAll(/^image = .*\n/gm, '');
}

/**
 * Stands in for NVIDIA's programs and for a depth estimator: as strict about its words and its spec
 * as they are, and says at the end what it was given.
 */
const program = String.raw`#!${process.execPath}
const fs = require('node:fs');
const path = require('node:path');
const words = process.argv.slice(2);
const fail = text => { console.error(text); process.exit(1); };
const valueOf = (...names) => {
	for (const [at, word] of words.entries()) {
		for (const name of names) {
			if (word === name) return words[at + 1];
			if (word.startsWith(name + '=')) return word.slice(name.length + 1);
		}
	}
};
const keep = (name, source) => {
	fs.mkdirSync(path.dirname(name), {recursive: true});
	fs.copyFileSync(source, name);
};
if (path.basename(process.argv[1]) === 'depth.py') {
	const encoder = valueOf('--encoder');
	if (!['vits', 'vitb', 'vitl'].includes(encoder)) fail('argument --encoder: invalid choice: ' + encoder);
	const known = ['--in', '--out', '--encoder', '--metric'];
	const odd = words.find(word => word.startsWith('-') && !known.includes(word));
	if (odd || words.includes('')) fail('unrecognized arguments: ' + odd);
	if (encoder === 'vitl') fail('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB');
	console.log('48/48 frames');
	keep(valueOf('--out'), valueOf('--in'));
	console.log('given: ' + JSON.stringify({metric: words.includes('--metric')}));
	process.exit(0);
}
const spec = JSON.parse(fs.readFileSync(valueOf('-i')));
const allow = keys => {
	const odd = Object.keys(spec).find(key => !keys.includes(key));
	if (odd) fail('1 validation error for InferenceArguments\n' + odd + '\n  Extra inputs are not permitted');
};
const out = valueOf('-o');
const views = ['front_wide', 'cross_left', 'cross_right', 'rear_left', 'rear_right', 'rear', 'front_tele'];
if (words.includes('examples/inference.py')) {
	allow(['name', 'inference_type', 'prompt', 'negative_prompt', 'seed', 'input_path']);
	if (!['2B/post-trained', '14B/post-trained'].includes(valueOf('--model'))) fail('invalid --model');
	if (spec.inference_type !== 'video2world') fail('wrong type');
	keep(path.join(out, spec.name + '.mp4'), spec.input_path);
} else if (words.includes('examples.multiview')) {
	allow(['name', 'prompt', 'seed', 'fps', 'num_conditional_frames', 'save_view_grid', 'save_individual_views', ...views]);
	for (const view of views) {
		if (!fs.existsSync(spec[view].control_path)) fail('no file ' + spec[view].control_path);
		keep(path.join(out, spec.name, view + '.mp4'), spec[view].control_path);
	}
	if (valueOf('--nproc_per_node') !== '8') console.error('world size is not 8');
} else {
	fail('no such program');
}
console.log('given: ' + JSON.stringify({...spec, gpus: valueOf('--nproc_per_node'), model: valueOf('--model')}));
`;

describe.skipIf(process.platform === 'win32')('the recipes of the docs', () => {
	let shell: Shell;
	let before: string | undefined;
	const video = path.join(samplesFolder(), 'city-night', 'color.mp4');
	const cosmos = (...words: string[]) => shell.cosmos(words);
	const runOf = async () => JSON.parse((await cosmos('show', 'latest', '--json')).stdout);
	const given = async () => {
		const log = (await cosmos('logs', 'latest')).stdout;
		return JSON.parse(/given: (.*)/.exec(log)?.[1] ?? '{}');
	};

	beforeAll(async () => {
		shell = await openShell();
		const config = path.join(shell.folder, 'etc', 'cosmos');
		const bin = path.join(shell.folder, 'bin');
		mkdirSync(config, {recursive: true});
		mkdirSync(bin);
		for (const name of ['torchrun', 'depth.py']) {
			writeFileSync(path.join(bin, name), program);
			chmodSync(path.join(bin, name), 0o755);
		}

		// The stand-in of the estimator is no Python: its own interpreter runs it.
		const text = recipesOfDocs()
			.replaceAll('"python", "-c"', '"python3", "-c"')
			.replace('"python", "/app/depth.py"', `"${path.join(bin, 'depth.py')}"`);
		writeFileSync(path.join(config, 'config.toml'), text);
		before = process.env.PATH;
		process.env.PATH = `${bin}${path.delimiter}${before}`;
	});

	afterAll(() => {
		process.env.PATH = before;
		return shell.close();
	});

	it('continue a video with Predict2.5, with a setting of their own', async () => {
		const prompt = (await cosmos('create', 'prompt', 'A street', video)).stdout.trim();
		const done = await cosmos('recipe', 'predict', prompt, '--checkpoint', '14B/post-trained');
		expect(done.stderr + done.stdout).toContain('completed');
		expect(await given()).toMatchObject({
			...{prompt: 'A street', inference_type: 'video2world', model: '14B/post-trained', gpus: '1'},
		});
		expect(await runOf()).toMatchObject({
			settings: {checkpoint: '14B/post-trained', seed: 1, timeLimit: 7200},
			outputs: [{name: 'video.mp4'}],
		});
		const {stdout} = await cosmos('show', 'latest');
		expect(stdout).toMatch(/checkpoint +14B\/post-trained/);
		const bad = await cosmos('recipe', 'predict', prompt, '--checkpoint', '7B');
		expect(bad).toMatchObject({code: 2});
		expect(bad.stderr).toContain('--checkpoint must be one of 2B/post-trained, 14B/post-trained');
		expect((await cosmos('recipe', 'predict', prompt, '--grid')).stderr).toContain(
			'no flag --grid',
		);
	});

	it('take seven cameras of a folder, each by its own role', async () => {
		const folder = path.join(shell.folder, 'drive');
		mkdirSync(folder);
		const views = ['front_wide', 'cross_left', 'cross_right', 'rear_left', 'rear_right', 'rear'];
		for (const view of [...views, 'front_tele']) {
			cpSync(video, path.join(folder, `${view}.mp4`));
		}

		const prompt = (await cosmos('create', 'prompt', 'A crossing', folder)).stdout.trim();
		const lacking = (await cosmos('create', 'prompt', 'A crossing', video)).stdout.trim();
		expect((await cosmos('recipe', 'multiview', lacking)).stderr).toContain(
			'recipe multiview needs front_wide, and crossing has none',
		);
		const done = await cosmos('recipe', 'multiview', prompt, '--fps', '30', '--no-grid');
		expect(done.stderr + done.stdout).toContain('completed');
		expect(await given()).toMatchObject({
			fps: 30,
			save_view_grid: false,
			num_conditional_frames: 0,
		});
		expect((await runOf()).outputs).toHaveLength(7);
		const again = await cosmos('rerun', 'latest', '--fps', '12', '--dry-run', '--json');
		expect(JSON.parse(again.stdout)).toMatchObject([{task: {settings: {fps: 12, grid: false}}}]);
	});

	it('make a depth video for Cosmos 3, and say what a failure means', async () => {
		const prompt = (await cosmos('create', 'prompt', 'A street', video)).stdout.trim();
		const failed = await cosmos('recipe', 'depth', prompt);
		expect(failed.code).toBe(1);
		expect((await runOf()).failure).toEqual({
			...{reason: 'program-error', hint: 'Use --encoder vits, or a shorter video.'},
			message: 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB',
		});
		expect((await cosmos('recipe', 'depth', prompt, '--encoder', 'vitb', '--metric')).code).toBe(0);
		expect(await given()).toEqual({metric: true});
		expect((await cosmos('recipe', 'depth', prompt, '--encoder', 'vitb')).code).toBe(0);
		expect(await given()).toEqual({metric: false});
		const file = (await cosmos('open', 'latest', '--print')).stdout.trim();
		const words = ['create', 'prompt', 'A street', `depth=${file}`, '--model', 'cosmos3'];
		const next = (await cosmos(...words)).stdout.trim();
		const plan = JSON.parse((await cosmos('inference', next, '--dry-run', '--json')).stdout);
		expect([plan].flat()[0].task).toMatchObject({
			...{model: 'cosmos3', mode: 'transfer', inputs: [{role: 'depth'}]},
		});
	});

	it('explain their settings in the help', async () => {
		const {stdout} = await cosmos('recipe', 'depth', '--help');
		expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
			'--encoder WORD size of the estimator: small, base, large (vits, vitb, vitl; default vitl)',
		);
		expect(stdout).toMatch(/--metric +metres instead of relative depth/);
	});
});
