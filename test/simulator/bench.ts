import {type ChildProcess, spawn} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {createCanvas, rgb} from '../../simulator/picture/canvas.js';
import {encodeVideo} from '../../simulator/video-writer.js';
import type {JobFile} from '../../source/domain/models/model-job.js';

export const script = 'cosmos_transfer1/diffusion/inference/transfer.py';
export const launch = ['torchrun', '--nproc_per_node=1', '--nnodes=1', '--node_rank=0'];

export type Ended = {
	/** The exit status, or the signal that ended it. */
	status: number | NodeJS.Signals;
	stdout: Buffer;
	stderr: string;
	/** Absolute path of the folder for the results. */
	outputs: string;
};

export type Bench = {
	/** Stands in for the model's checkout; holds `in/color.mp4`, `in/depth.mp4`, `in/text.mp4`. */
	checkout: string;
	/** Starts the simulator in the checkout; the environment says no waiting unless `env` does. */
	start: (words: readonly string[], env?: Record<string, string>) => ChildProcess;
	/** Runs `transfer.py` under torchrun with a spec: an object, or the text of the file. */
	transfer: (
		spec: unknown,
		words?: readonly string[],
		env?: Record<string, string>,
	) => Promise<Ended>;
	/** Runs the simulator with the words as they are. */
	run: (words: readonly string[], env?: Record<string, string>) => Promise<Ended>;
	remove: () => Promise<void>;
};

/** Builds the simulator as the package does and makes a checkout for it to run in. */
export async function createBench(): Promise<Bench> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-simulator-'));
	const simulator = path.join(folder, 'simulator.mjs');
	await build({
		entryPoints: [fileURLToPath(new URL('../../simulator/main.ts', import.meta.url))],
		bundle: true,
		minify: true,
		platform: 'node',
		format: 'esm',
		target: 'node20',
		banner: {
			js: `import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);`,
		},
		outfile: simulator,
	});
	const checkout = path.join(folder, 'checkout');
	await mkdir(path.join(checkout, 'in'), {recursive: true});
	await writeFile(path.join(checkout, 'in/color.mp4'), await tinyVideo(64, 48, 4));
	await writeFile(path.join(checkout, 'in/depth.mp4'), await tinyVideo(64, 48, 4));
	await writeFile(path.join(checkout, 'in/text.mp4'), 'this is no video');
	let cases = 0;

	const start: Bench['start'] = (words, env = {}) =>
		spawn(process.execPath, [simulator, ...words], {
			cwd: checkout,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: {...process.env, COSMOS_SIMULATE: '', COSMOS_SIMULATE_STEP: '0', ...env},
		});

	const run: Bench['run'] = async (words, env) => {
		const child = start(words, env);
		const [status, stdout, stderr] = await Promise.all([
			endOf(child),
			collect(child.stdout),
			collect(child.stderr),
		]);
		return {status, stdout, stderr: stderr.toString(), outputs: ''};
	};

	return {
		checkout,
		start,
		run,
		async transfer(spec, words = [], env = {}) {
			cases++;
			const home = `runs/${cases}`;
			await mkdir(path.join(checkout, home), {recursive: true});
			const text = typeof spec === 'string' ? spec : JSON.stringify(spec);
			await writeFile(path.join(checkout, home, 'spec.json'), text);
			const flags = ['--controlnet_specs', `${home}/spec.json`];
			const outputs = `${home}/outputs`;
			const folders = ['--video_save_folder', outputs];
			const ended = await run([...launch, script, ...flags, ...folders, ...words], env);
			return {...ended, outputs: path.join(checkout, outputs)};
		},
		remove: () => rm(folder, {recursive: true}),
	};
}

/** A plain video of some frames at 24 a second. */
export function tinyVideo(width: number, height: number, frames: number): Promise<Uint8Array> {
	const canvas = createCanvas(width, height);
	return encodeVideo({width, height, fps: 24, frames}, {title: 'input', comment: ''}, frame => {
		canvas.pixels.fill(rgb(frame * 20, 80, 120));
		return canvas;
	});
}

/** How a process ended, when its output has been read too. */
export function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code, signal) => resolve(code ?? (signal as NodeJS.Signals)));
	});
}

async function collect(stream: NodeJS.ReadableStream | null): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream ?? []) {
		chunks.push(chunk as Buffer);
	}

	return Buffer.concat(chunks);
}

/** Resolves when a process has printed a text on stderr. */
export function printed(child: ChildProcess, text: string): Promise<void> {
	return new Promise((resolve, reject) => {
		let all = '';
		child.stderr?.on('data', chunk => {
			all += String(chunk);
			if (all.includes(text)) {
				resolve();
			}
		});
		child.once('close', () => reject(new Error(`it ended without "${text}": ${all}`)));
	});
}

/** A spec that is right. */
export const plainSpec = {
	prompt: 'A street',
	input_video_path: 'in/color.mp4',
	depth: {control_weight: 0.5, input_control: 'in/depth.mp4'},
};

/** Writes a job's files, as the executor does. */
export async function writeFiles(folder: string, files: readonly JobFile[]): Promise<void> {
	await mkdir(folder, {recursive: true});
	for (const {name, text} of files) {
		await writeFile(path.join(folder, name), text);
	}
}

export function fileIn(ended: Ended, name: string): Promise<Buffer> {
	return readFile(path.join(ended.outputs, name));
}
