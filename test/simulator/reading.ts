import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {itemsOf} from '../../simulator/batch.js';
import {buildSample} from '../../simulator/cosmos3/build-sample.js';
import {readCommandLine} from '../../simulator/cosmos3/command-line.js';
import {inferenceModule} from '../../simulator/cosmos3/run.js';
import {filesIn, loadSamples as loadSamples3} from '../../simulator/cosmos3/sample-files.js';
import {buildSetup} from '../../simulator/cosmos3/setup.js';
import {inferenceScript, readArguments} from '../../simulator/inference.js';
import type {Log} from '../../simulator/python/log.js';
import {toJson} from '../../simulator/python/values.js';
import {loadSamples} from '../../simulator/sample.js';
import {checkControls, loadSpec} from '../../simulator/spec.js';
import {mergeArguments, readFlags, transferScript} from '../../simulator/transfer-arguments.js';
import type {ModelJob} from '../../source/domain/models/model-job.js';
import {knownRoles} from '../../source/domain/models/roles.js';
import {writeFiles} from './bench.js';

/** What the simulator takes a job for, without playing it. */
export type Reading = {
	/** What it got for the whole process. */
	process: unknown;
	/** What it got for each video. */
	samples: readonly unknown[];
};

export type Reader = {
	/** A place in the checkout for every role. */
	inputs: Record<string, string>;
	runFolder: string;
	/** @throws what the simulator throws when it refuses the job */
	read: (job: ModelJob) => Promise<Reading>;
	remove: () => Promise<void>;
};

const quiet: Log = async () => {};

/** Reads jobs with the simulator's own parsers, in a checkout with a file for every input. */
export async function createReader(): Promise<Reader> {
	const checkout = await mkdtemp(path.join(tmpdir(), 'cosmos-reading-'));
	const runFolder = 'cosmos-runs/run_1';
	const inputs = Object.fromEntries(knownRoles.map(role => [role, `in/${role}.mp4`]));
	await mkdir(path.join(checkout, 'in'));
	for (const file of Object.values(inputs)) {
		await writeFile(path.join(checkout, file), '');
	}

	type Read = (words: string[], launch: readonly string[]) => Promise<Reading>;
	const programs: Record<string, Read> = {
		async [inferenceModule](words, launch) {
			const {inputs, setup, overrides} = readCommandLine(words, filesIn(checkout));
			const processes = /--nproc-per-node[= ](\d+)/.exec(launch.join(' '))?.[1];
			const launched = processes === undefined ? undefined : Number(processes);
			const {checkpoint, outputDir, resolved} = buildSetup(setup, launched, checkout);
			const samples = loadSamples3(inputs, overrides, checkout);
			return {
				process: JSON.parse(toJson(resolved)),
				samples: samples.map(sample =>
					JSON.parse(toJson(buildSample(sample, checkpoint, outputDir).args)),
				),
			};
		},
		async [transferScript](words) {
			const flags = readFlags(words);
			const spec = await loadSpec(String(flags.controlnet_specs), checkout);
			const process = mergeArguments(flags, spec.scalars, words);
			const controls = await checkControls(spec.controls, process, quiet);
			const items = await itemsOf(process, controls, checkout, quiet);
			return {
				process,
				samples: items.map(item => ({...item, controls: Object.fromEntries(item.controls)})),
			};
		},
		async [inferenceScript](words) {
			const process = readArguments(words);
			const samples = await loadSamples(process.files, checkout);
			return {process, samples: samples.map(({given}) => given)};
		},
	};

	return {
		inputs,
		runFolder,
		async read({files, command}) {
			await writeFiles(path.join(checkout, runFolder), files);
			const at = command.findIndex(word => Object.hasOwn(programs, word));
			const read = programs[command[at] ?? ''];
			if (!read) {
				throw new Error(`the simulator knows no program in ${command.join(' ')}`);
			}

			return read(command.slice(at + 1), command.slice(0, at));
		},
		remove: () => rm(checkout, {recursive: true}),
	};
}
