/** The answers to enhancements. A module of its own, because the checks take time to load. */
import * as z from 'zod';
import {type Failure, failureReasons} from '../failures/failure.js';
import {measureJson} from '../json-size.js';
import type {TaskOf} from '../types.js';
import {readJsonPrompt} from './cosmos3/json-prompt.js';
import {answerFile, reasoner} from './cosmos3/reasoner.js';
import {enhancedFile} from './enhance1.js';

/** How deep an answer is nested at most; ours has four levels. */
const deepest = 32;

const resultSchema = z.object({
	results: z.array(
		z.object({
			id: z.string(),
			text: z.string().optional(),
			error: z.string().optional(),
			// Of our own program, which knows why.
			failure: z
				.object({reason: z.enum(failureReasons), message: z.string(), hint: z.string()})
				.optional(),
		}),
	),
});

type Answered = Pick<TaskOf<'enhance'>, 'promptId' | 'promptText' | 'mode' | 'settings'>;

/** The file with the answer, among a run's outputs. */
export function answerOf({mode}: Pick<TaskOf<'enhance'>, 'mode'>): string {
	return mode === reasoner.name ? answerFile : enhancedFile;
}

/**
 * Reads the new text of a run's prompt from the file of its answer.
 * @returns the text, or why there is none
 */
export function readAnswer(run: Answered, fileText: string): string | Failure {
	if (run.mode !== reasoner.name) {
		return enhancedText(run, fileText);
	}

	const read = readJsonPrompt(fileText, run.settings.for === 'image');
	return 'text' in read
		? read.text
		: {
				reason: 'bad-answer',
				message: `the answer of the reasoner cannot be used: ${read.problem}`,
				hint: `The prompt was not changed; ${answerFile} of the run has the answer. Try another --seed, or --checkpoint Cosmos3-Super.`,
			};
}

/**
 * Reads the model's text for a run's prompt from its result file.
 * @returns the new text, or why there is none: unreadable, empty, or unchanged
 */
function enhancedText(
	{promptId, promptText}: Pick<TaskOf<'enhance'>, 'promptId' | 'promptText'>,
	fileText: string,
): string | Failure {
	let content: unknown;
	try {
		content = measureJson(fileText).depth > deepest ? undefined : JSON.parse(fileText);
	} catch {
		return noText(`${enhancedFile} is not JSON`);
	}

	const found = resultSchema.safeParse(content).data?.results.find(({id}) => id === promptId);
	if (found?.failure !== undefined) {
		return found.failure;
	}

	if (found?.error !== undefined) {
		return modelFailed(found.error);
	}

	const text = found?.text?.trim();
	if (text === undefined) {
		return noText(`${enhancedFile} has no text for ${promptId}`);
	}

	if (text === '') {
		return noText('the model returned an empty text');
	}

	const words = (whole: string) => whole.trim().replaceAll(/\s+/g, ' ');
	return words(text) === words(promptText) ? noText('the model returned the text unchanged') : text;
}

function modelFailed(error: string): Failure {
	return /out of memory|Free memory on device/i.test(error)
		? {
				reason: 'gpu-out-of-memory',
				message: `no text: the GPU ran out of memory: ${error}`,
				hint: 'Use a shorter or smaller video, or a GPU with more memory.',
			}
		: {
				reason: 'program-error',
				message: `no text: the model failed: ${error}`,
				hint: 'The prompt was not changed. See the end of the log.',
			};
}

function noText(message: string): Failure {
	return {
		reason: 'no-output',
		message,
		hint: 'The prompt was not changed. Try again, or use another text.',
	};
}
