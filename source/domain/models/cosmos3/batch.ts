/** Several runs of Cosmos 3 of one mode in one process, which loads its model once. */
import type {FamilyBatch, Transfer} from '../family.js';
import {asciiJson, linesFile, outputFolder} from '../model-job.js';
import {findCheckpoint} from './checkpoints.js';
import {commandFor, processesFor} from './command.js';
import {sealFile} from './result.js';
import {type ModeName, sampleOf} from './sample.js';

/** Unique and ours: the program would let equal names overwrite each other. */
const sampleName = (index: number) => `sample_${index}`;

/** Who writes the line: one of several processes says its number. */
const line = (words: string) => new RegExp(`^\\[[^\\]]*\\] (?:\\[RANK (?<rank>\\d+)\\] )?${words}`);

/** What torchrun keeps of each process, in the run's folder. */
const errorFolder = 'processes';

/**
 * Whether each of several GPUs can make results of its own. Where the weights are divided among them,
 * they need each other in every step: then each must always have something of the same kind to do.
 */
function canShare(tasks: readonly Transfer[], processes: number): boolean {
	const [first] = tasks;
	const isWhole = findCheckpoint(first?.settings.checkpoint).gpus === 1;
	const effort = ({settings}: Transfer) =>
		JSON.stringify(['steps', 'guidance', 'frames', 'outputs'].map(key => settings[key] ?? null));
	return isWhole || (tasks.length % processes === 0 && new Set(tasks.map(effort)).size === 1);
}

/** @param work how several GPUs share the samples: transfers in chunks of their own cannot be made at once */
export function batchFor(mode: ModeName, work: 'latency' | 'throughput'): FamilyBatch {
	return {
		sharesNegative: false,
		sharesControls: false,
		job(tasks, {inputs, ...places}) {
			const [first] = tasks;
			if (!first) {
				throw new Error('a batch of nothing');
			}

			const lines = tasks.map((task, index) =>
				sampleOf(mode, sampleName(index), task, {...places, inputs: inputs[index] ?? {}}),
			);
			return {
				files: [{name: linesFile, text: lines.map(one => `${asciiJson(one)}\n`).join('')}],
				command: commandFor(first, places, {
					file: linesFile,
					folder: `${places.runFolder}/${outputFolder}`,
					work: canShare(tasks, processesFor(places.gpuCount)) ? work : 'latency',
					errors: `${places.runFolder}/${errorFolder}`,
				}),
			};
		},
		folder: sampleName,
		spec: linesFile,
		nameOf: name => name,
		seal: sealFile,
		// It looks at pictures or at videos, and refuses both in one process.
		sharesKinds: mode === 'reasoner',
		begins: {
			from: '[',
			line: line(
				// The reasoner says nothing as it begins: there what follows belongs to the one that has ended.
				mode === 'reasoner'
					? "Saved reasoner outputs to '[^']*/sample_(?<index>\\d+)'"
					: "Saved sample args to '[^']*/sample_(?<index>\\d+)/(?:\\d+/)?sample_args\\.json'",
			),
		},
		// One for each of several outputs; a text about a picture is reported by its folder.
		ends: line("Saved \\w+ outputs to '[^']*/sample_(?<index>\\d+)(?:/[\\w./]+)?'"),
		fails:
			/\bValueError: Error generating sample 'sample_(?<index>\d+)': (?!A different GPU rank failed\.)/,
		elsewhere: /\bA different GPU rank failed\./,
		errors: errorFolder,
	};
}
