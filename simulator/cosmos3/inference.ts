import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {makeNoise} from '../noise.js';
import {PythonError} from '../python/python-error.js';
import {type PythonValue, toJson} from '../python/values.js';
import type {Program} from '../transfer.js';
import {buildSample, findMode, type Sample} from './build-sample.js';
import {readCommandLine} from './command-line.js';
import {generateAll} from './generate.js';
import {loadModel} from './load.js';
import {createLog} from './log.js';
import {writeOut} from './picture.js';
import type {Run} from './run.js';
import {filesIn, type GivenSample, loadSamples, pythonAbsolute} from './sample-files.js';
import {buildSetup} from './setup.js';

/**
 * Stands in for `cosmos_framework.scripts.inference` of Cosmos 3: its flags and samples, its refusals
 * in their order, its log, and the same files, with simulated pictures in them.
 * @param words the command line after the module
 * @throws PythonError or ExitError where the original ends early
 */
export async function cosmos3(
	words: readonly string[],
	program: Program & {launched: boolean},
): Promise<void> {
	const {console, simulation, checkout, processes, launched} = program;
	const log = createLog(console, simulation.words.has('bars'));
	failAtStart(simulation.words);
	if (processes > 1) {
		for (let rank = 0; rank < processes; rank++) {
			const message = `Initialized distributed training with local rank ${rank} using nccl with timeout 1800`;
			await log.rankLine('CRITICAL', 'utils/distributed.py:92:init', message, rank);
		}

		await log.line('INFO', 'utils/distributed.py:103:init', `Training with ${processes} GPUs.`);
	}

	const line = readCommandLine(words, filesIn(checkout));
	failAtCuda(simulation.words);
	const setup = buildSetup(line.setup, launched ? processes : undefined, checkout);
	const run: Run = {...program, setup, log, cached: {}};
	await log.open(setup.outputDir);
	const simulated = 'SIMULATED run: no GPU works here and nothing is a result of the model.';
	await log.line('WARNING', 'scripts/inference.py:42:inference', simulated);
	const given = loadSamples(line.inputs, line.overrides, checkout);
	await announce(run, given);
	await download(run, given);
	await loadModel(run);
	await makeNoise(console, simulation);
	await generateAll(run, await buildAll(run, given));
	if (setup.benchmark) {
		const file = path.join(setup.outputDir, 'benchmark.json');
		writeOut(file, toJson({all: {}, average: {}}));
		await log.line('SUCCESS', 'scripts/inference.py:72:inference', `Saved benchmark to '${file}'`);
	}
}

type Words = ReadonlyMap<string, unknown>;

/** What goes wrong before the program has read a word. */
function failAtStart(words: Words): void {
	if (words.has('broken-install')) {
		const message = "cannot import name '_functionalization' from 'torch._C' (unknown location)";
		throw new PythonError('ImportError', message);
	}
}

/** The GPU is touched before anything is read. */
function failAtCuda(words: Words): void {
	const messages: Readonly<Record<string, string>> = {
		driver:
			'Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver.',
		'old-driver':
			'The NVIDIA driver on your system is too old (found version 12020). Please update your GPU driver.',
		'old-gpu': 'CUDA error: no kernel image is available for execution on the device',
	};
	const asked = Object.keys(messages).find(word => words.has(word));
	if (asked !== undefined) {
		throw new PythonError('RuntimeError', messages[asked] as string);
	}
}

async function announce({log}: Run, given: readonly GivenSample[]): Promise<void> {
	await log.line('INFO', 'scripts/inference.py:47:inference', `Loaded ${given.length} samples`);
	// The first sample that is none of them ends the look, so the modes of later ones are not yet known.
	if (given.length > 0 && given.every(({values}) => findMode(values) === 'reasoner')) {
		const message = 'Reasoner-only inputs detected; generation vision tokenizer will not be loaded';
		await log.line('INFO', 'scripts/inference.py:50:inference', message);
	}
}

/** Inputs from elsewhere. The simulator goes nowhere, so that every one of them fails. */
async function download({log, simulation}: Run, given: readonly GivenSample[]): Promise<void> {
	const attempts = 6;
	const url = given
		.flatMap(({values}) => [
			...['vision_path', 'sound_path', 'action_path'].map(key => values[key]),
			...Object.values(values).map(value => (value as {control_path?: PythonValue})?.control_path),
		])
		.find(value => typeof value === 'string' && value.includes('://'));
	if (typeof url !== 'string') {
		return;
	}

	for (let attempt = 1; attempt < attempts; attempt++) {
		const message = `Download attempt ${attempt}/${attempts} for ${url} failed (OSError: SIMULATED: no network); retrying in 4.0s.`;
		await log.line('WARNING', 'inference/common/args.py:101:_download_file_url', message);
		await wait(Math.min(4, simulation.stepTime) * 1000);
	}

	const message = `Failed to download ${url} after ${attempts} attempt(s)`;
	const others = 'RuntimeError: A different GPU rank failed.';
	throw new PythonError('RuntimeError', message, [], others);
}

/** Resolves every sample before the first one is made. */
async function buildAll({setup, log}: Run, given: readonly GivenSample[]): Promise<Sample[]> {
	const samples: Sample[] = [];
	for (const one of given) {
		const warnings: Array<[string, string]> = [];
		const warn = (place: string, message: string) => warnings.push([place, message]);
		let refusal: PythonError | undefined;
		try {
			samples.push(buildSample(one, setup.checkpoint, setup.outputDir, warn));
		} catch (error) {
			if (!setup.skipInvalid || !(error instanceof PythonError) || !isValueError(error)) {
				throw error;
			}

			refusal = error;
		}

		for (const [place, message] of warnings) {
			await log.line('WARNING', `inference/args.py:${place}`, message);
		}

		if (refusal) {
			const message = `Skipping sample '${one.name}': ${refusal.message}`;
			await log.line('WARNING', 'scripts/inference.py:65:inference', message);
			const folder = pythonAbsolute(setup.outputDir, one.name);
			mkdirSync(folder, {recursive: true});
			const args = {...one.values, output_dir: folder};
			const skipped = {args, status: 'skip', message, stack_trace: null, outputs: []};
			writeOut(`${folder}/sample_outputs.json`, toJson(skipped));
		}
	}

	return samples;
}

/** Which errors `except ValueError` catches. */
function isValueError({type}: PythonError): boolean {
	return /(?:ValueError|ValidationError|JSONDecodeError|UnicodeDecodeError)$/.test(type);
}
