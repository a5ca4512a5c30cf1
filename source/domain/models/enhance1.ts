/**
 * Prompt enhancement with the Pixtral upsampler of Cosmos-Transfer1. NVIDIA's own script only
 * prints the text into its log; ours is uploaded with the run and writes it to a file.
 */
import {operationTables} from '../settings/settings.js';
import type {TaskOf} from '../types.js';
import type {Enhancer} from './enhancer.js';
import {
	type BatchModel,
	type BatchPlaces,
	type JobPlaces,
	type ModelJob,
	oneFile,
	outputFolder,
	specFile,
	specText,
} from './model-job.js';
import {enhanceMemory} from './transfer1-memory.js';
import {upsampleScript} from './upsample-script.js';

/** The result, in the folder of the outputs. */
export const enhancedFile = 'enhanced.json';

const scriptFile = 'upsample.py';

export function enhanceJob(task: TaskOf<'enhance'>, {runFolder, inputs}: JobPlaces): ModelJob {
	return jobFor([{id: task.promptId, text: task.promptText, video: inputs.color}], runFolder);
}

/** Each prompt has a result file of its own, besides the one of all. */
function enhanceBatchJob(
	tasks: ReadonlyArray<TaskOf<'enhance'>>,
	{runFolder, inputs}: BatchPlaces,
): ModelJob {
	const prompts = tasks.map(({promptId, promptText}, index) => ({
		id: promptId,
		text: promptText,
		video: inputs[index]?.color,
		result: `${runFolder}/${outputFolder}/${promptFolder(index)}/${enhancedFile}`,
	}));
	return jobFor(prompts, runFolder);
}

function promptFolder(index: number): string {
	return `prompt_${index}`;
}

export const enhanceBatch: BatchModel<'enhance'> = {
	job: enhanceBatchJob,
	folder: promptFolder,
	spec: specFile,
	result: () => enhancedFile,
	nameOf: name => name,
	// It gets its name when it is whole.
	seal: enhancedFile,
	begins: {from: 'Enhancing prompt ', line: /^Enhancing prompt \d+ of \d+: /},
	ends: /^Saved \S*\/prompt_(?<index>\d+)\/enhanced\.json$/,
};

/** By the Pixtral upsampler of Cosmos-Transfer1, which looks at the beginning of the video. */
export const pixtral: Enhancer = {
	settings: operationTables.enhance,
	requires: ['color'],
	looksAt: inputs => inputs.filter(({role}) => role === 'color'),
	job: enhanceJob,
	result: () => oneFile(enhancedFile),
	memoryFor: () => enhanceMemory,
	sampling: enhanceBatch.begins.line,
	batch: enhanceBatch,
};

type Request = {id: string; text: string; video?: string; result?: string};

function jobFor(prompts: readonly Request[], runFolder: string): ModelJob {
	return {
		files: [
			{name: specFile, text: specText({prompts})},
			{name: scriptFile, text: upsampleScript},
		],
		command: [
			'python',
			`${runFolder}/${scriptFile}`,
			...['--request', `${runFolder}/${specFile}`],
			...['--result', `${runFolder}/${outputFolder}/${enhancedFile}`],
			...['--checkpoint_dir', 'checkpoints'],
		],
	};
}
