/** Richer texts for Cosmos 3: structured prompts, by its own reasoner or by a chat endpoint. */
import {isMedia, mediaKindOf} from '../../inputs/media.js';
import type {TaskOf} from '../../types.js';
import {enhanceBatch, enhancedFile} from '../enhance1.js';
import type {Enhancer} from '../enhancer.js';
import type {Transfer} from '../family.js';
import {
	type BatchPlaces,
	type JobPlaces,
	type ModelJob,
	oneFile,
	outputFolder,
	specFile,
	specText,
} from '../model-job.js';
import {batchFor} from './batch.js';
import {endpointRows, reasonerPromptRows} from './enhance-settings.js';
import {sourceIn, sourceRoles} from './hints.js';
import {jobFor} from './job.js';
import {cosmos3Memory} from './memory.js';
import {goalFor, instructionsFor, requestFor, withLength} from './prompt-request.js';
import {answerFile, reasoner} from './reasoner.js';
import {resultFor} from './result.js';
import {sourceEndings, wrongEnding} from './shared-rules.js';

type Enhancement = TaskOf<'enhance'>;

/** NVIDIA's own values for texts of this kind: an answer that varies with the seed. */
const sampling = {
	maxTokens: 20_000,
	sampling: true,
	temperature: 0.7,
	topK: 20,
	topP: 0.8,
	repetitionPenalty: 1,
	presencePenalty: 1.5,
	videoFps: 2,
} as const;

/** The question to the reasoner, as a run of its own mode asks one. */
function questionOf(task: Enhancement): Transfer {
	const {
		createNew: _,
		force: _force,
		for: _for,
		seconds: _s,
		showMedia: _m,
		...own
	} = task.settings;
	const {promptText, inputs} = task;
	const shown = inputs.flatMap(({path}) => mediaKindOf(path) ?? [])[0];
	const goal = goalFor(task.settings, shown);
	return {
		...task,
		operation: 'transfer',
		mode: reasoner.name,
		negative: '',
		promptText: `${instructionsFor(goal)}\n\n${requestFor(promptText)}`,
		settings: {...sampling, ...own},
	};
}

const reasonerBatch = batchFor('reasoner', 'throughput');

const resultOfReasoner = resultFor(() => answerFile);

export const reasonerEnhancer: Enhancer = {
	name: 'reasoner',
	settings: reasonerPromptRows,
	complete: withLength,
	requires: [],
	looksAt(inputs, {showMedia}) {
		const source = sourceIn(inputs.filter(isMedia));
		return source && showMedia !== false ? [source] : [];
	},
	refusedInput: input => wrongEnding(input, sourceEndings[input.kind ?? 'video']),
	job: (task, places) => jobFor('reasoner', questionOf(task), places),
	result: task => resultOfReasoner(questionOf(task)),
	memoryFor: use => cosmos3Memory({mode: reasoner.name, ...use}),
	batch: {
		...reasonerBatch,
		job: (tasks, places) => reasonerBatch.job(tasks.map(questionOf), places),
	},
};

/** Bytes of an image that is sent to an endpoint, at most. */
const largestImage = 20 * 1024 * 1024;

export const endpointEnhancer: Enhancer = {
	name: 'endpoint',
	isRemote: true,
	settings: endpointRows,
	complete: withLength,
	requires: [],
	looksAt: (inputs, {showMedia}, endpoint) =>
		endpoint?.images && showMedia !== false
			? inputs
					.filter(isMedia)
					.filter(({role, kind}) => kind === 'image' && sourceRoles.some(one => one === role))
					.slice(0, 1)
			: [],
	refusedInput: input =>
		wrongEnding(input, sourceEndings.image) ??
		(input.size > largestImage
			? `${input.role} is larger than ${largestImage / 1024 ** 2} MiB: ${input.path}`
			: undefined),
	job: (task, {inputs, runFolder}: JobPlaces) =>
		endpointJob([task], {runFolder, inputs: [inputs], gpuCount: 0}),
	result: () => oneFile(enhancedFile),
	sampling: enhanceBatch.begins.line,
	batch: {...enhanceBatch, job: endpointJob},
};

/** The request to the enhancer, and the command that carries it out; the host's prefix is its program. */
function endpointJob(tasks: readonly Enhancement[], {runFolder, inputs}: BatchPlaces): ModelJob {
	const {endpoint} = tasks[0] as Enhancement;
	if (!endpoint) {
		throw new Error('an enhancement by no endpoint');
	}

	const prompts = tasks.map((task, index) => {
		const [image] = Object.values(inputs[index] ?? {});
		const goal = goalFor(task.settings, image === undefined ? undefined : 'image');
		return {
			id: task.promptId,
			is_image: goal.isImage,
			instructions: instructionsFor(goal),
			text: requestFor(task.promptText),
			...(image !== undefined && {image}),
			time_limit: task.settings.timeLimit,
			...(tasks.length > 1 && {
				result: `${runFolder}/${outputFolder}/${enhanceBatch.folder(index)}/${enhancedFile}`,
			}),
		};
	});
	const {url, model, keyEnv, answerLimit} = endpoint;
	return {
		files: [
			{
				name: specFile,
				text: specText({
					...{url, model, ...(keyEnv !== undefined && {key_env: keyEnv})},
					...{answer_limit: answerLimit, prompts},
				}),
			},
		],
		command: [
			...['--request', `${runFolder}/${specFile}`],
			...['--result', `${runFolder}/${outputFolder}/${enhancedFile}`],
		],
	};
}
