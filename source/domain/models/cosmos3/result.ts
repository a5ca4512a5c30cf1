/** What a run of Cosmos 3 leaves, and how it is known that all of it is there. */
import type {Transfer} from '../family.js';
import type {Result} from '../model-job.js';

/** What each sample ends with: the program writes it after everything else. */
export const sealFile = 'sample_outputs.json';

/** The line with which the first sampling begins; the model is loaded by then. */
export const samplingBegins = /\] Using sampler: /;

/** A run's result: one file, or one in each of the folders `0`, `1` … of several outputs. */
export function resultFor(name: (task: Transfer) => string): (task: Transfer) => Result {
	return task => {
		const count = Number(task.settings.outputs ?? 1);
		const inFolders = (file: string) =>
			count === 1 ? [file] : Array.from({length: count}, (_, at) => `${at}/${file}`);
		const files = inFolders(name(task));
		return {
			title: name(task),
			has: file => files.includes(file),
			seal: {names: inFolders(sealFile), problem: sealProblem},
		};
	};
}

/** Why a sample is not whole, by the file that it ends with; undefined when it is. */
export function sealProblem(text: string): string | undefined {
	let end: unknown;
	try {
		end = JSON.parse(text);
	} catch {
		return `${sealFile} is cut off`;
	}

	const {status, message} = (end ?? {}) as {status?: unknown; message?: unknown};
	return status === 'success'
		? undefined
		: `${sealFile} says ${String(status)}${message ? `: ${String(message).split('\n')[0]}` : ''}`;
}
