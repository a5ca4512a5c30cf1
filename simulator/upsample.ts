import {mkdir, readFile, rename, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {failAtStep, forItems} from './failures.js';
import {readVideo} from './input-video.js';
import {makeNoise} from './noise.js';
import {parseArguments} from './python/argparse.js';
import {
	ExitError,
	PythonError,
	repr,
	toPythonError,
	traceback,
	typeName,
} from './python/python-error.js';
import {runUnderBar} from './python/tqdm.js';
import {richerText} from './richer-text.js';
import {readText} from './spec.js';
import type {Program} from './transfer.js';

/** The program that is sent along with a run that enhances prompts. */
export const upsampleScript = 'upsample.py';

const flags = ['request', 'result', 'checkpoint_dir'].map(
	name => ({name, kind: 'str', required: true}) as const,
);
const place = [
	{file: upsampleScript, line: 24, name: 'main', code: 'prompts = json.load(file)["prompts"]'},
];
/** Steps that a prompt takes, for the time it lasts and the failures in its middle. */
const stepsOfPrompt = 10;

/** `result`: where the answer of this one goes as well. */
type Entry = {id: string; text: string; video: string; result?: string};
type Answer = {id: string} & ({text: string} | {error: string});

/**
 * Stands in for `upsample.py` and the Pixtral model that it loads. Stricter than Python: what the
 * request must not hold is an error, so that a mistake of the other side is seen here.
 */
export async function upsample(words: readonly string[], program: Program): Promise<void> {
	const {console, simulation, checkout, script} = program;
	await checkScript(script, checkout);
	const {values} = parseArguments({program: upsampleScript, flags}, words);
	const prompts = await readRequest(String(values.request), checkout);
	const bars = simulation.words.has('bars');
	const log = async (line: string) => (bars ? undefined : console.stdout(`${line}\n`));
	await log('SIMULATED run: no model is loaded, and the text is made by a program.');
	await loadModel(program);
	await makeNoise(console, simulation);
	const results: Answer[] = [];
	for (const [index, prompt] of prompts.entries()) {
		await log(`Enhancing prompt ${index + 1} of ${prompts.length}: ${prompt.id}`);
		const own = {...program, simulation: forItems(simulation, [index])};
		const answer = await enhance(prompt, own);
		results.push(answer);
		if (!own.simulation.words.has('no-output')) {
			const files = prompt.result === undefined ? [] : [[prompt.result, [answer]] as const];
			for (const [file, some] of [...files, [String(values.result), results] as const]) {
				await writeResult(file, {results: some, simulated: true}, checkout);
			}

			if (prompt.result !== undefined) {
				await log(`Saved ${prompt.result}`);
			}
		}
	}

	const failed = results.filter(answer => 'error' in answer).length;
	await log(`Enhanced ${results.length - failed} of ${prompts.length} prompts`);
	if (failed > 0) {
		throw new ExitError(1);
	}
}

/** What goes wrong with one prompt costs the others nothing. */
async function enhance(prompt: Entry, program: Program): Promise<Answer> {
	const {console, simulation, checkout} = program;
	try {
		await readVideo(prompt.video, checkout);
		await runUnderBar(console, 'Processed prompts', stepsOfPrompt, async step => {
			await failAtStep(simulation, step, stepsOfPrompt);
			await wait(simulation.stepTime * 1000);
		});
		return {id: prompt.id, text: answerTo(prompt.text, program)};
	} catch (error) {
		if (!(error instanceof PythonError)) {
			throw error;
		}

		await console.stderr(traceback(error, checkout));
		return {id: prompt.id, error: `${error.type.split('.').at(-1)}: ${error.message}`};
	}
}

/** Here the program comes with the run, so it has to be there. */
async function checkScript(script: string, checkout: string): Promise<void> {
	const text = await readFile(path.resolve(checkout, script), 'utf8').catch(() => undefined);
	if (text === undefined) {
		const message = `can't open file ${repr(script)}: [Errno 2] No such file or directory`;
		throw new ExitError(2, `python: ${message}\n`);
	}

	// As with the original's vLLM 0.9.2: without this module, imported first, loading it fails.
	const [fix, model] = [
		'import cosmos_transfer1.utils.fix_vllm_registration',
		'upsampler.model.upsampler import',
	].map(words => text.indexOf(words)) as [number, number];
	if (fix < 0 && model >= 0) {
		throw wrong(
			'ValueError',
			"'aimv2' is already used by a Transformers config, pick another name.",
		);
	}
}

async function readRequest(file: string, checkout: string): Promise<Entry[]> {
	const text = await readText(path.resolve(checkout, file), file);
	let request: unknown;
	try {
		request = JSON.parse(text);
	} catch {
		throw wrong('json.decoder.JSONDecodeError', 'the request is not JSON');
	}

	const {prompts} = checkKeys(request, ['prompts'], 'the request');
	if (!Array.isArray(prompts) || prompts.length === 0) {
		throw wrong('ValueError', 'prompts: expected a list with at least one entry');
	}

	return prompts.map((entry: unknown) => {
		const hasResult = typeName(entry) === 'dict' && Object.hasOwn(entry as object, 'result');
		const keys = ['id', 'text', 'video', ...(hasResult ? ['result'] : [])];
		const fields = checkKeys(entry, keys, 'a prompt');
		for (const [name, value] of Object.entries(fields)) {
			if (typeof value !== 'string' || value.trim() === '') {
				throw wrong('ValueError', `${name}: expected a text, not ${typeName(value)}`);
			}
		}

		return fields as Entry;
	});
}

function checkKeys(value: unknown, keys: readonly string[], what: string): Record<string, unknown> {
	if (typeName(value) !== 'dict') {
		throw wrong('TypeError', `${what} is a ${typeName(value)}, not a dict`);
	}

	const found = Object.keys(value as object).sort();
	if (found.join() !== [...keys].sort().join()) {
		throw wrong('KeyError', `${what} has the keys ${found.join(', ')}, not ${keys.join(', ')}`);
	}

	return value as Record<string, unknown>;
}

function wrong(type: string, message: string): PythonError {
	return new PythonError(type, message, place);
}

async function loadModel({console, simulation}: Program): Promise<void> {
	if (simulation.words.has('gpu-in-use')) {
		throw wrong(
			'ValueError',
			'Free memory on device (12.31/79.11 GiB) on startup is less than desired GPU memory utilization (0.98, 77.53 GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes.',
		);
	}

	const shards = 4;
	await runUnderBar(console, 'Loading safetensors checkpoint shards', shards, () =>
		wait((simulation.modelLoad / shards) * 1000),
	);
}

function answerTo(text: string, {simulation: {words}}: Program): string {
	if (words.has('empty-answer')) {
		return ' \n';
	}

	return words.has('same-answer') ? `${text}\n` : richerText(text);
}

/** Under another name first: who reads it finds all of it or nothing. */
async function writeResult(file: string, content: object, checkout: string): Promise<void> {
	const full = path.resolve(checkout, file);
	try {
		await mkdir(path.dirname(full), {recursive: true});
		await writeFile(`${full}.part`, JSON.stringify(content, undefined, 2));
		await rename(`${full}.part`, full);
	} catch (error) {
		throw toPythonError(error, file, place);
	}
}
