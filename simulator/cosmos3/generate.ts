import {mkdirSync} from 'node:fs';
import {forItems} from '../failures.js';
import {PythonError} from '../python/python-error.js';
import {type PythonValue, show} from '../python/values.js';
import {readSample, type Sample} from './build-sample.js';
import {plain, saveTensors} from './plain.js';
import {reasoner} from './reasoner.js';
import {type Run, timedOut} from './run.js';
import {saveArguments, type Turn, type Work} from './sample-work.js';
import {transfer, transferShape} from './transfer.js';

/** Samples that are made together by one group of GPUs. */
type Batch = {turns: readonly Turn[]; work: Work<unknown, unknown>};

/**
 * Makes all samples, one batch after the other, and on several groups of GPUs side by side.
 * @throws PythonError for what ends the run
 */
export async function generateAll(run: Run, samples: readonly Sample[]): Promise<void> {
	const {setup, simulation} = run;
	const {maxModelLength, maxSequences, replicas, worldSize} = setup;
	if (maxModelLength !== undefined && maxSequences !== undefined) {
		throw asserts('Either max_model_len or max_num_seqs must be set, not both');
	}

	if (maxModelLength === undefined && maxSequences === undefined) {
		throw asserts('Either max_model_len or max_num_seqs must be set');
	}

	const all = samples.flatMap(expand);
	const turns = all.map(
		(sample, index): Turn => ({
			sample,
			rank: (index % replicas) * (worldSize / replicas),
			simulation: forItems(simulation, [index]),
		}),
	);
	const queues = Array.from({length: replicas}, (_, replica) =>
		// Without a limit of sequences there is one of tokens, and one video reaches it.
		pack(
			turns.filter((_turn, index) => index % replicas === replica),
			maxSequences ?? 1,
		),
	);
	const [first] = all;
	for (let round = 0; first && round < (queues[0]?.length ?? 0); round++) {
		const groups = queues.map(queue => queue[round]).filter(turns => turns !== undefined);
		await makeRound(run, groups, first);
	}

	// It stands in where a group of GPUs has nothing left to do, and is read even if none has.
	if (!first) {
		throw new PythonError('IndexError', 'list index out of range');
	}

	await workOf(first).read(run, first);
}

/** A sample with several outputs becomes as many samples, in folders of their own. */
function expand(sample: Sample): Sample[] {
	const count = Number(sample.args.num_outputs);
	return count === 1
		? [sample]
		: Array.from({length: count}, (_, index) => {
				const {seed} = sample.args;
				const args = {
					...sample.args,
					seed: typeof seed === 'bigint' ? seed + BigInt(index) : null,
					num_outputs: 1n,
					output_dir: `${sample.outputDir}/${index}`,
				};
				return readSample({...sample, args});
			});
}

function pack(turns: readonly Turn[], size: number): Turn[][] {
	const count = Math.ceil(turns.length / size);
	return Array.from({length: count}, (_, index) => turns.slice(index * size, (index + 1) * size));
}

function workOf(sample: Sample): Work<unknown, unknown> {
	const work = sample.mode === 'reasoner' ? reasoner : plain;
	return (sample.hints.length > 0 ? transfer : work) as Work<unknown, unknown>;
}

/**
 * One batch of each group of GPUs.
 * @param padding what the groups without a batch work on meanwhile; nothing of it is saved
 */
async function makeRound(
	run: Run,
	groups: readonly (readonly Turn[])[],
	padding: Sample,
): Promise<void> {
	const batches: ReadBatch[] = [];
	let ended: PythonError | undefined;
	for (const turns of groups) {
		try {
			batches.push(await readBatch(run, turns));
		} catch (error) {
			ended ??= atRank(error, turns);
		}
	}

	const isBegun = await together(run, batches, async ({turns, work}) => {
		for (const turn of turns) {
			await saveArguments(run, turn);
			await work.begin?.(run, turn);
		}
	});
	// The other processes have begun, and wait for it.
	if (ended) {
		throw ended;
	}

	if (!isBegun) {
		return;
	}

	await checkTogether(run, groups, padding);
	const made = new Map<ReadBatch, unknown[]>();
	for (const batch of batches) {
		try {
			made.set(batch, await batch.work.make(run, batch.turns, batch.inputs));
		} catch (error) {
			throw atRank(error, batch.turns);
		}
	}

	await together(run, batches, async batch => {
		for (const [at, turn] of batch.turns.entries()) {
			await batch.work.save(run, turn, made.get(batch)?.[at]);
		}
	});
}

type ReadBatch = Batch & {inputs: unknown[]};

async function readBatch(run: Run, turns: readonly Turn[]): Promise<ReadBatch> {
	const inputs: unknown[] = [];
	for (const {sample} of turns) {
		inputs.push(await workOf(sample).read(run, sample));
		if (run.setup.debug && sample.hints.length === 0) {
			mkdirSync(sample.outputDir, {recursive: true});
			saveTensors(sample, 'sample_data');
		}
	}

	return {turns, work: checkBatch(turns), inputs};
}

/** What ends a process while the others are at work: its words are the only ones. */
function atRank(error: unknown, [turn]: readonly Turn[]): PythonError {
	if (!(error instanceof PythonError)) {
		throw error;
	}

	const {type, message, frames, others} = error;
	return new PythonError(type, message, frames, others, turn?.rank);
}

/**
 * A step that every process takes, and after which each learns whether another one has failed in it: then
 * it ends too, or, with `--keep-going`, drops what it works on.
 * @returns whether none has failed
 */
async function together(
	{setup, log}: Run,
	batches: readonly ReadBatch[],
	step: (batch: ReadBatch) => Promise<void>,
): Promise<boolean> {
	const errors = new Map<ReadBatch, PythonError>();
	for (const batch of batches) {
		try {
			await step(batch);
		} catch (error) {
			if (!(error instanceof PythonError)) {
				throw error;
			}

			errors.set(batch, error);
		}
	}

	const [first] = batches;
	if (errors.size === 0 || !first) {
		return true;
	}

	const message = (batch: ReadBatch, {sample}: Turn) =>
		`Error generating sample '${sample.name}': ${errors.get(batch)?.message ?? 'A different GPU rank failed.'}`;
	if (!setup.keepGoing) {
		const others = batches.slice(1).flatMap(batch => {
			const [turn] = batch.turns;
			return turn ? [[turn.rank, `ValueError: ${message(batch, turn)}`] as const] : [];
		});
		const text = message(first, first.turns[0] as Turn);
		throw new PythonError('ValueError', text, errors.get(first)?.frames, new Map(others));
	}

	const place = 'inference/common/inference.py:280:_handle_sample_exception';
	for (const turn of first.turns) {
		await log.line('ERROR', place, message(first, turn));
	}

	return false;
}

/** Values that the samples of one batch have to share. */
const sharedValues = ['guidance', 'num_steps', 'guidance_interval', 'shift', 'sigma_max'] as const;

/** @throws PythonError for samples that cannot be made together */
function checkBatch(turns: readonly Turn[]): Work<unknown, unknown> {
	const samples = turns.map(({sample}) => sample);
	const transfers = samples.filter(({hints}) => hints.length > 0).length;
	if (transfers > 0 && transfers < samples.length) {
		throw asserts('Cannot mix transfer and non-transfer samples in a batch');
	}

	if (transfers > 1) {
		throw asserts('Batching is not supported for transfer inference');
	}

	const answers = samples.filter(({mode}) => mode === 'reasoner').length;
	if (answers > 0 && answers < samples.length) {
		throw asserts('Cannot mix reasoner and non-reasoner samples in a batch');
	}

	for (const name of answers > 0 ? [] : sharedValues) {
		const values = samples.map(({args}) => args[name] ?? null);
		if (new Set(values.map(show)).size > 1) {
			const message = `Attribute '${name}' is not the same for all samples: ${show(values as PythonValue[])}`;
			throw new PythonError('ValueError', message);
		}
	}

	return workOf(samples[0] as Sample);
}

/**
 * Groups of GPUs that share one model have to do the same at the same time. Where they do not, the
 * original waits until its watchdog ends it; here it ends at once.
 */
async function checkTogether(
	{setup, log}: Run,
	groups: readonly (readonly Turn[])[],
	padding: Sample,
): Promise<void> {
	if (setup.shards === 1 || setup.replicas === 1) {
		return;
	}

	const samples = groups.map(([turn]) => turn?.sample ?? padding);
	const all = groups.length < setup.replicas ? [...samples, padding] : samples;
	const shapes = await Promise.all(
		all.map(async sample =>
			sample.hints.length > 0 ? `transfer ${await transferShape(sample)}` : sample.mode,
		),
	);
	if (new Set(shapes).size > 1) {
		const message = `SIMULATED: the original hangs here, because its GPUs share one model and work on different things: ${shapes.join('; ')}`;
		await log.line('CRITICAL', 'inference/inference.py:1655:generate_batch', message);
		throw timedOut(setup.worldSize - 1);
	}
}

function asserts(message: string): PythonError {
	return new PythonError('AssertionError', message);
}
