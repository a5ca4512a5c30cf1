/** One run of Cosmos 3 as a job: its sample in a file, and the command. */
import type {Transfer} from '../family.js';
import {type JobPlaces, type ModelJob, outputFolder, specFile, specText} from '../model-job.js';
import {commandFor} from './command.js';
import {type ModeName, sampleOf} from './sample.js';

/** Its outputs are in the folder that every run has for them; the program's own logs stay beside it. */
export function jobFor(mode: ModeName, task: Transfer, places: JobPlaces): ModelJob {
	return {
		files: [{name: specFile, text: specText(sampleOf(mode, outputFolder, task, places))}],
		command: commandFor(task, places, {
			file: specFile,
			folder: places.runFolder,
			work: 'latency',
		}),
	};
}
