import {mkdirSync} from 'node:fs';
import {killSelf, type Simulation} from '../failures.js';
import {PythonError, toPythonError} from '../python/python-error.js';
import {type PythonValue, toJson} from '../python/values.js';
import type {Sample} from './build-sample.js';
import {writeOut} from './picture.js';
import type {Run} from './run.js';

/** One sample in its turn. */
export type Turn = {
	sample: Sample;
	/** The rank that saves it. */
	rank: number;
	/** What this sample is asked to do. */
	simulation: Simulation;
};

/**
 * How samples of a kind are made. Where a step may fail so that the run goes on with `--keep-going` is
 * the same for all: in `begin` and in `save`, not in `read` and not in `make`.
 */
export type Work<Inputs, Made> = {
	/** Reads the inputs, before anything is written. */
	read: (run: Run, sample: Sample) => Promise<Inputs>;
	/** What comes before the model's work, after `sample_args.json`. */
	begin: (run: Run, turn: Turn) => Promise<void>;
	/** The model's work on the samples of a batch, which share one bar. */
	make: (run: Run, turns: readonly Turn[], inputs: readonly Inputs[]) => Promise<Made[]>;
	/** Saves a sample; its `sample_outputs.json` is last. */
	save: (run: Run, turn: Turn, made: Made) => Promise<void>;
};

const place = 'inference/inference.py';

export async function saveArguments({log}: Run, {sample, rank}: Turn): Promise<void> {
	try {
		mkdirSync(sample.outputDir, {recursive: true});
	} catch (error) {
		throw toPythonError(error, sample.outputDir, []);
	}

	const file = `${sample.outputDir}/sample_args.json`;
	writeOut(file, toJson(sample.args));
	// Of a text about a picture nothing is said.
	if (sample.mode !== 'reasoner') {
		const message = `Saved sample args to '${file}'`;
		await log.rankLine('INFO', `${place}:1547:generate_batch`, message, rank);
	}
}

/** Writes the file that says that a sample is whole, and says so. */
export async function saveOutputs(
	{log}: Run,
	{sample, rank, simulation}: Turn,
	files: readonly string[],
	content: {[key: string]: PythonValue} = {},
): Promise<void> {
	if (simulation.words.has('killed-saving')) {
		killSelf();
	}

	const file = `${sample.outputDir}/sample_outputs.json`;
	writeOut(
		file,
		toJson({
			args: sample.args,
			status: 'success',
			message: null,
			stack_trace: null,
			outputs: [{content, files: [...files]}],
		}),
	);
	const [line, what] =
		sample.mode === 'reasoner'
			? ['1981:_generate_reasoner_batch', `reasoner outputs to '${sample.outputDir}'`]
			: sample.hints.length > 0
				? ['1889:_generate_transfer_batch', `transfer outputs to '${file}'`]
				: ['1812:generate_batch', `sample outputs to '${file}'`];
	await log.rankLine('SUCCESS', `${place}:${line}`, `Saved ${what}`, rank);
}

/** Blocks a text, if it is asked to and there are guardrails. @throws PythonError */
export async function checkText(
	{log, setup}: Run,
	{sample, simulation}: Turn,
	text: string,
): Promise<void> {
	if (setup.guardrails && simulation.words.has('guardrail')) {
		await log.line(
			'CRITICAL',
			'auxiliary/guardrail/common/presets.py:81:run_text_guardrail',
			"GUARDRAIL BLOCKED: QWEN3GUARD: Prompt blocked by Qwen3Guard. Safety: Unsafe, Categories: ['Violent']",
		);
		throw new PythonError(
			'ValueError',
			`Guardrail blocked prompt '${sample.outputDir}': '${text}'`,
		);
	}
}

/** Fails to save a sample, if it is asked to. @throws PythonError */
export function failToSave({simulation}: Turn): void {
	if (simulation.words.has('fail')) {
		const message = 'SIMULATED: ffmpeg ended with status 1 while it wrote the video';
		throw new PythonError('RuntimeError', message);
	}
}
