import {mkdirSync} from 'node:fs';
import {killSelf, type Simulation} from '../failures.js';
import {PythonError, toPythonError} from '../python/python-error.js';
import {type PythonValue, toJson} from '../python/values.js';
import type {Sample} from './build-sample.js';
import {writeOut} from './picture.js';
import type {Run} from './run.js';

/** One sample whose turn it is. */
export type Turn = {
	sample: Sample;
	/** The rank that saves it. */
	rank: number;
	/** What the environment asks of this sample. */
	simulation: Simulation;
};

/**
 * How samples of a kind are made. With `--keep-going` a sample may fail in `begin` and in `save`; a
 * failure in `read` or `make` always ends the run.
 */
export type Work<Inputs, Made> = {
	/** Reads the inputs, before anything is written. */
	read: (run: Run, sample: Sample) => Promise<Inputs>;
	/** What comes before the model's work, after `sample_args.json`. @default nothing */
	begin?: (run: Run, turn: Turn) => Promise<void>;
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
	// The reasoner logs nothing here.
	if (sample.mode !== 'reasoner') {
		const message = `Saved sample args to '${file}'`;
		await log.rankLine('INFO', `${place}:1547:generate_batch`, message, rank);
	}
}

/** Writes the file that says that a sample is complete, and logs it. */
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

/** Blocks a text if the environment asks for it and guardrails are on. @throws PythonError */
export async function checkText(
	{log, setup}: Run,
	{sample, simulation, rank}: Turn,
	text: string,
): Promise<void> {
	if (setup.guardrails && simulation.words.has('guardrail')) {
		if (rank === 0) {
			await log.line(
				'CRITICAL',
				'auxiliary/guardrail/common/presets.py:81:run_text_guardrail',
				"GUARDRAIL BLOCKED: QWEN3GUARD: Prompt blocked by Qwen3Guard. Safety: Unsafe, Categories: ['Violent']",
			);
		}

		throw new PythonError(
			'ValueError',
			`Guardrail blocked prompt '${sample.outputDir}': '${text}'`,
		);
	}
}

/** The sample says which kind of file there has to be. @throws PythonError for the other kind */
export function checkSuffix({outputDir, frames}: Sample, vision: string): void {
	const expected = `${outputDir}/vision${frames === 1 ? '.jpg' : '.mp4'}`;
	if (vision !== expected) {
		throw new PythonError('AssertionError', expected);
	}
}

/** Fails to save a sample if the environment asks for it. @throws PythonError */
export function failToSave({simulation}: Turn): void {
	if (simulation.words.has('fail')) {
		const message = 'SIMULATED: ffmpeg ended with status 1 while it wrote the video';
		throw new PythonError('RuntimeError', message);
	}
}
