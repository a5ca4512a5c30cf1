import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {makeVideo} from './artwork.js';
import {applyWeights, type ControlKey, keysOf} from './control-weights.js';
import {failAtStep, forItems} from './failures.js';
import {readInputs} from './long-video.js';
import {makeNoise} from './noise.js';
import {createLog, type Log} from './python/log.js';
import {ExitError, toPythonError} from './python/python-error.js';
import {runUnderBar} from './python/tqdm.js';
import {loadSamples, type Sample} from './sample.js';
import type {Program} from './transfer.js';

/** The program of Cosmos-Transfer2.5, by the end of its path. */
export const inferenceScript = 'examples/inference.py';

const place = 'inference.py';
const models = ['edge', 'depth', 'seg', 'vis'];

type Arguments = {
	files: string[];
	output: string;
	model: string;
	guardrails: boolean;
	keepGoing: boolean;
	offloadsGuardrails: boolean;
};
type Run = {
	args: Arguments;
	log: Log;
	/** The controls of all samples. */
	keys: readonly ControlKey[];
} & Program;

/**
 * Stands in for `examples/inference.py` of Cosmos-Transfer2.5: its flags and specs, its refusals,
 * its log, and the same files, with simulated pictures in them.
 * @param words the command line after the script
 * @throws PythonError or ExitError where the original ends early
 */
export async function inference(words: readonly string[], program: Program): Promise<void> {
	const {console, simulation, checkout} = program;
	const log: Log = simulation.words.has('bars')
		? async () => {}
		: createLog(console, 'cosmos_transfer2');
	const args = readArguments(words);
	const samples = await loadSamples(args.files, checkout);
	const keys = keysOf(samples);
	const run: Run = {...program, args, log, keys};
	const simulated = 'SIMULATED run: no GPU works here and nothing is a result of the model.';
	await log('WARNING', `${place}:40:__init__`, simulated);
	await loadModel(run);
	await makeNoise(console, simulation);
	await log('INFO', `${place}:144:generate`, `Generating ${samples.length} samples`);
	for (const [index, sample] of samples.entries()) {
		const counter = `[${index + 1}/${samples.length}]`;
		await log('INFO', `${place}:148:generate`, `${counter} Processing sample ${sample.name}`);
		await generate({...run, simulation: forItems(simulation, [index])}, sample);
	}
}

/** @throws ExitError (2) for a flag that there is not, or one without its value */
export function readArguments(words: readonly string[]): Arguments {
	const args: Arguments = {
		files: [],
		output: '',
		model: 'edge',
		guardrails: true,
		keepGoing: true,
		offloadsGuardrails: false,
	};
	let at = 0;
	const values = (flag: string): string[] => {
		const next = words.findIndex((word, index) => index > at && word.startsWith('-'));
		const found = words.slice(at + 1, next < 0 ? undefined : next);
		if (found.length === 0) {
			throw refused(`Missing value for argument '${flag}'`);
		}

		at += found.length;
		return [...found];
	};

	for (; at < words.length; at++) {
		const word = words[at] as string;
		switch (word) {
			case '-i':
			case '--input-files':
				args.files.push(...values(word));
				break;
			case '-o':
			case '--output-dir':
				[args.output = ''] = values(word);
				break;
			case '--model':
				[args.model = ''] = values(word);
				break;
			case '--disable-guardrails':
				args.guardrails = false;
				break;
			case '--no-keep-going':
				args.keepGoing = false;
				break;
			case '--keep-going':
				args.keepGoing = true;
				break;
			case '--offload-guardrail-models':
				args.offloadsGuardrails = true;
				break;
			default:
				throw refused(`Unrecognized options: ${word}`);
		}
	}

	if (args.files.length === 0 || args.output === '') {
		throw refused('Required options: -i/--input-files and -o/--output-dir');
	}

	if (!models.includes(args.model)) {
		throw refused(`argument --model: invalid choice '${args.model}' (choose from ${models})`);
	}

	return args;
}

function refused(why: string): ExitError {
	return new ExitError(2, `inference.py: error: argument parsing: ${why}\n`);
}

async function loadModel({log, simulation, console, keys}: Run): Promise<void> {
	const parts = 4;
	const pause = simulation.modelLoad / parts;
	await runUnderBar(console, 'Loading checkpoint shards', parts, () => wait(pause * 1000));
	const found = `Found ${keys.length} hint keys across all samples`;
	await log('INFO', `${place}:126:__init__`, found);
	if (keys.length > 1) {
		const warning =
			'Loading the multicontrol model. Multicontrol inference is not strictly equal to single control';
		await log('WARNING', `${place}:128:__init__`, warning);
	}
}

async function generate(run: Run, sample: Sample): Promise<void> {
	const {args, log, simulation, checkout, console} = run;
	const output = path.posix.join(args.output, sample.name);
	await onDisk(args.output, () => mkdir(path.resolve(checkout, args.output), {recursive: true}));
	const {controls, given, ...plain} = sample;
	await save(
		run,
		`${output}.json`,
		JSON.stringify({...given, ...plain, ...Object.fromEntries(controls)}),
	);
	await log('INFO', `${place}:185:_generate_sample`, `Saved arguments to ${output}.json`);
	if (args.guardrails) {
		await log('INFO', `${place}:189:_generate_sample`, 'Running guardrail check on prompt...');
		if (simulation.words.has('guardrail')) {
			const message = `Guardrail blocked generation. Prompt: ${sample.prompt}`;
			await log('CRITICAL', `${place}:194:_generate_sample`, message);
			if (args.keepGoing) {
				return;
			}

			throw new ExitError(1, `Exception: ${message}\n`);
		}

		for (const what of ['prompt', 'negative prompt']) {
			await log('SUCCESS', `${place}:200:_generate_sample`, `Passed guardrail on ${what}`);
		}
	}

	const {like, chunks} = await readInputs(sample, checkout);
	const fps = Math.floor(like.fps);
	// The lines that count the chunks are filtered from the console: each has only a bar of its own.
	for (let chunk = 0; chunk < chunks; chunk++) {
		await runUnderBar(console, 'Generating samples', sample.num_steps, async index => {
			await failAtStep(simulation, index, sample.num_steps);
			await wait(simulation.stepTime * 1000);
		});
	}

	for (const key of controls.keys()) {
		const name = `${output}_control_${key}.mp4`;
		const {seed, prompt} = sample;
		await save(run, name, await makeVideo({picture: key, prompt, seed, fps, like}));
		await log('INFO', `${place}:261:_generate_sample`, `${key} control video saved to ${name}`);
	}

	if (args.guardrails) {
		await log('INFO', `${place}:281:_generate_sample`, 'Running guardrail check on video...');
		if (simulation.words.has('guardrail-video')) {
			if (args.keepGoing) {
				// Not a word more, and no video: the program goes on to its end.
				return;
			}

			throw new ExitError(1, 'Exception: Guardrail blocked video2world generation.\n');
		}

		const passed = 'Passed guardrail on generated video';
		await log('SUCCESS', `${place}:292:_generate_sample`, passed);
	}

	if (!simulation.words.has('no-output')) {
		const {prompt, seed} = sample;
		const model = 'Cosmos-Transfer2.5';
		const own = new Map([...controls].map(([key, {control_weight}]) => [key, control_weight]));
		const weights = applyWeights(run.keys, own);
		const video = await makeVideo({picture: 'color', prompt, seed, fps, like, model, weights});
		await save(run, `${output}.mp4`, video);
		await save(run, `${output}.txt`, sample.prompt);
		const saved = `Generated video saved to ${output}.mp4`;
		await log('SUCCESS', `${place}:300:_generate_sample`, saved);
	}
}

function save({checkout}: Run, name: string, content: string | Uint8Array): Promise<void> {
	return onDisk(name, () => writeFile(path.resolve(checkout, name), content));
}

/** @throws PythonError for a system error */
async function onDisk(file: string, work: () => Promise<unknown>): Promise<void> {
	try {
		await work();
	} catch (error) {
		throw toPythonError(error, file, []);
	}
}
