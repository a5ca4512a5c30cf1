import {access, mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {makeVideo} from './artwork.js';
import {chunksOf, type Item, itemsOf} from './batch.js';
import {failAtStep, forItems, guardrailError, type Simulation} from './failures.js';
import {readVideo, type VideoFacts} from './input-video.js';
import {makeNoise} from './noise.js';
import type {Picture} from './picture/test-picture.js';
import type {Console} from './python/console.js';
import {createLog, type Log} from './python/log.js';
import {type Frame, PythonError, toPythonError} from './python/python-error.js';
import {runUnderBar, runUnderGluedBar} from './python/tqdm.js';
import {type Control, type ControlKey, checkControls, loadSpec, type Spec} from './spec.js';
import {mergeArguments, readFlags, type TransferArguments} from './transfer-arguments.js';
import {checkClip, checkHeads, clipsOf, formOf} from './transfer-clips.js';

export type Program = {
	console: Console;
	simulation: Simulation;
	/** The folder that relative paths start from. */
	checkout: string;
	/** The program's own file, as the command names it. */
	script: string;
	/** Processes that torchrun starts of it. */
	processes: number;
};

type Run = {args: TransferArguments; log: Log} & Program;

const script = 'diffusion/inference/transfer.py';
const pipeline = 'diffusion/inference/world_generation_pipeline.py';
const saving: readonly Frame[] = [
	{
		file: `cosmos_transfer1/${script}`,
		line: 424,
		name: '<module>',
		code: 'demo(args, control_inputs)',
	},
];

/** The preprocessor of each control that is computed when no file is given. */
const preprocessors: Readonly<Partial<Record<ControlKey, string>>> = {
	depth: 'DepthAnythingModel',
	seg: 'SAM',
	vis: 'VisControlModel',
	edge: 'EdgeControlModel',
	keypoint: 'Openpose',
};

/**
 * Stands in for `transfer.py`: same flags and spec, same refusals in the same order, its log, and
 * the same files, with simulated pictures in them.
 * @param words the command line after the script
 * @throws PythonError or ExitError where the original ends early
 */
export async function transfer(words: readonly string[], program: Program): Promise<void> {
	const {console, simulation, checkout} = program;
	// A log of nothing but bars has no other line.
	const log: Log = simulation.words.has('bars') ? async () => {} : createLog(console);
	const flags = readFlags(words);
	const spec = await loadSpec(String(flags.controlnet_specs), checkout);
	const args = mergeArguments(flags, spec.scalars, words);
	const run: Run = {...program, args, log};
	await logArguments(run, spec);
	const controls = await checkControls(spec.controls, args, log);
	checkProcesses(run);
	await loadModel(run, controls);
	checkHeads(run.processes);
	const items = await itemsOf(args, controls, checkout, log);
	await makeNoise(console, simulation);
	for (const chunk of await chunksOf(items, args, log)) {
		await makeChunk(run, items, chunk);
	}
}

async function logArguments({args, log}: Run, spec: Spec): Promise<void> {
	const place = `${script}:163:parse_arguments`;
	await log(
		'WARNING',
		place,
		'SIMULATED run: no GPU works here and nothing is a result of the model.',
	);
	const controls = Object.fromEntries(spec.controls);
	await log('INFO', place, `control_inputs: ${JSON.stringify(controls, undefined, 4)}`);
	const short = (text: string) => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
	const shown = {
		...args,
		prompt: short(args.prompt),
		negative_prompt: short(args.negative_prompt),
	};
	await log('INFO', place, `final args: ${JSON.stringify(shown, undefined, 4)}`);
}

/** torchrun and the program have to agree on the number of GPUs. */
function checkProcesses({args, processes}: Run): void {
	if (args.num_gpus !== processes) {
		throw new PythonError(
			'RuntimeError',
			`world_size (${processes}) is not divisible by context_parallel_size (${args.num_gpus})`,
			saving,
		);
	}
}

async function loadModel(run: Run, controls: ReadonlyMap<ControlKey, Control>): Promise<void> {
	const {args, log, simulation, console} = run;
	const parts = 4;
	const pause = simulation.modelLoad / (parts + 1 + controls.size);
	await log('INFO', 'diffusion/model/model_ctrl.py:38:build_model', 'Start creating base model');
	await runUnderBar(console, 'Loading checkpoint shards', parts, () => wait(pause * 1000));
	await wait(pause * 1000);
	const loaded = 'Done loading the base model checkpoint.';
	await log('INFO', 'diffusion/model/model_ctrl.py:92:load_base_model', loaded);
	for (const {ckpt_path} of controls.values()) {
		await wait(pause * 1000);
		const message = `Loading ctrl model from ckpt_path: ${ckpt_path}`;
		await log('INFO', `${pipeline}:345:_load_network`, message);
	}

	if (args.num_gpus > 1) {
		await log('INFO', `${pipeline}:362:_load_network`, 'Enabling CP in base model');
	}
}

/** Makes the videos of some items together. */
async function makeChunk(run: Run, items: readonly Item[], chunk: readonly Item[]): Promise<void> {
	const likes: VideoFacts[] = [];
	for (const item of chunk) {
		likes.push(await prepare(run, item));
	}

	const simulationOf = (item: Item) => forItems(run.simulation, [items.indexOf(item)]);
	const safe = chunk.filter(item => !simulationOf(item).words.has('guardrail'));
	for (const item of chunk.filter(item => !safe.includes(item))) {
		const place = `${pipeline}:735:generate`;
		await run.log('CRITICAL', place, `Input text prompt ${chunk.indexOf(item) + 1} is not safe`);
	}

	if (safe.length === 0) {
		await run.log('CRITICAL', `${pipeline}:738:generate`, 'All prompts failed safety checks');
		const message = 'Guardrail blocked generation for entire batch.';
		await run.log('CRITICAL', `${script}:371:demo`, message);
		// As in the original: it goes on to unpack what it has not got, whatever else the batch holds.
		throw guardrailError();
	}

	for (const item of safe) {
		checkText(item.prompt);
		await logWeights(run, item.controls);
	}

	const indexes = safe.map(item => items.indexOf(item));
	const frames = Math.max(...safe.map(item => likes[chunk.indexOf(item)]?.frames ?? 0));
	await sample({...run, simulation: forItems(run.simulation, indexes)}, frames);
	for (const [position, item] of safe.entries()) {
		// As in the original: where one was blocked, the videos after it move up by one folder.
		const {folder, output, text} = chunk[position] as Item;
		const like = likes[chunk.indexOf(item)] as VideoFacts;
		await make({...run, simulation: simulationOf(item)}, {...item, folder, output, text}, like);
	}
}

/** What comes before the model's own work: the folder, the inputs, the computed controls. */
async function prepare(run: Run, item: Item): Promise<VideoFacts> {
	const {log, checkout} = run;
	const folder = path.resolve(checkout, item.folder);
	await onDisk(item.folder, () => mkdir(folder, {recursive: true}));
	await log('INFO', `${script}:338:demo`, 'running preprocessor');
	const like = await readInputs(item, checkout);
	for (const [key, control] of item.controls) {
		await computeControl(run, item, key, control);
	}

	return like;
}

async function make(run: Run, item: Item, like: VideoFacts): Promise<void> {
	const {seed, fps} = run.args;
	const enlarge = item.controls.has('upscale') ? 3 : 1;
	const video = await makeVideo({picture: 'color', prompt: item.prompt, seed, fps, like, enlarge});
	await save(run, item, video);
}

/** Every input is read, so that a broken one is found. */
async function readInputs(item: Item, checkout: string): Promise<VideoFacts> {
	const paths = [item.video, ...[...item.controls.values()].map(control => control.input_control)];
	const facts: VideoFacts[] = [];
	for (const file of paths) {
		if (file !== undefined && file !== '') {
			facts.push(await readVideo(file, checkout));
		}
	}

	for (const {control_weight} of item.controls.values()) {
		if (typeof control_weight === 'string') {
			const full = path.resolve(checkout, control_weight);
			await onDisk(control_weight, () => access(full));
		}
	}

	return formOf(facts, item.controls.size);
}

async function computeControl(
	run: Run,
	item: Item,
	key: ControlKey,
	control: Control,
): Promise<void> {
	const model = preprocessors[key];
	if (control.input_control !== undefined || model === undefined) {
		return;
	}

	const place = 'diffusion/inference/preprocessors.py:130:gen_input_control';
	const message = `no input_control provided for ${key}. generating input control video with ${model}`;
	await run.log('INFO', place, message);
	const {seed, fps} = run.args;
	const like = await readVideo(item.video, run.checkout);
	const bytes = await makeVideo({picture: key as Picture, prompt: item.prompt, seed, fps, like});
	for (let rank = 0; rank < run.processes; rank++) {
		const name = `${key}_input_control_${rank}.mp4`;
		await onDisk(name, () => writeFile(path.resolve(run.checkout, item.folder, name), bytes));
	}
}

/** Half of a UTF-16 pair can stand in JSON and in Python's text, but not in UTF-8. */
function checkText(prompt: string): void {
	const half = /\p{Surrogate}/u.exec(prompt);
	if (half) {
		const character = `\\u${half[0].charCodeAt(0).toString(16)}`;
		throw new PythonError(
			'UnicodeEncodeError',
			`'utf-8' codec can't encode character '${character}' in position ${half.index}: surrogates not allowed`,
			saving,
		);
	}
}

async function logWeights({log}: Run, controls: ReadonlyMap<ControlKey, Control>): Promise<void> {
	const weights = [...controls].map(
		([key, {control_weight}]) =>
			[key, typeof control_weight === 'number' ? control_weight : 1] as const,
	);
	const sum = weights.reduce((total, [, weight]) => total + weight, 0);
	if (sum > 1) {
		const shares = weights.map(([key, weight]) => `${key} ${(weight / sum).toFixed(3)}`);
		const place = 'diffusion/inference/inference_utils.py:880:load_spatial_temporal_weights';
		await log(
			'INFO',
			place,
			`Control weights sum to ${Number(sum.toFixed(3))}, normalised to 1: ${shares.join(', ')}`,
		);
	}
}

/** The steps print nothing: the only bar counts the clips, and no line end follows it. */
async function sample(run: Run, frames: number): Promise<void> {
	const {args, log, simulation, console} = run;
	// The distilled model knows one step only.
	const steps = args.use_distilled ? 1 : args.num_steps;
	if (steps < 1) {
		throw new PythonError('RuntimeError', 'number of steps must be non-negative', saving);
	}

	const clips = clipsOf(frames);
	await runUnderGluedBar(console, clips, async clip => {
		await log('INFO', `${pipeline}:577:_run_model`, 'Starting latent encoding');
		await log('INFO', `${pipeline}:590:_run_model`, 'Completed latent encoding');
		checkClip(run.args, clip);
		await log('INFO', `${pipeline}:637:_run_model`, 'Starting diffusion sampling');
		const step = async (index: number) => {
			await failAtStep(simulation, clip * steps + index, clips * steps);
			await wait(simulation.stepTime * 1000);
		};
		if (simulation.words.has('step-bars')) {
			await runUnderBar(console, '', steps, step);
		} else {
			for (let index = 0; index < steps; index++) {
				await step(index);
			}
		}

		await log('INFO', `${pipeline}:652:_run_model`, 'Completed diffusion sampling');
		await log('INFO', `${pipeline}:655:_run_model`, 'Starting VAE decode');
		await log('INFO', `${pipeline}:657:_run_model`, 'Completed VAE decode');
	});
}

async function save({log, simulation, checkout}: Run, item: Item, video: Uint8Array) {
	if (simulation.words.has('no-output')) {
		return;
	}

	for (const [what, name, content] of [
		['video', item.output, video],
		['prompt', item.text, Buffer.from(item.prompt, 'utf8')],
	] as const) {
		const shown = path.posix.join(item.folder, name);
		await onDisk(shown, () => writeFile(path.resolve(checkout, shown), content));
		await log('INFO', `${script}:418:demo`, `Saved ${what} to ${shown}`);
	}
}

/** @throws PythonError for a system error */
async function onDisk(file: string, work: () => Promise<unknown>): Promise<void> {
	try {
		await work();
	} catch (error) {
		throw toPythonError(error, file, saving);
	}
}
