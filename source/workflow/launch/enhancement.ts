import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, hasCode} from '../../domain/errors.js';
import {outputFolder} from '../../domain/models/model-job.js';
import {childPrompt} from '../../domain/prompts/child-prompt.js';
import type {Prompt, Run, TaskOf} from '../../domain/types.js';
import type {TakenResult} from '../../executor/job-context.js';
import type {Store} from '../../store/store.js';

type EnhanceRun = Run & TaskOf<'enhance'>;

const suffix = '-enhanced';

/** Bytes of the model's answer for a whole batch; more is none. */
const longestAnswer = 4 * 1024 * 1024;

/**
 * Saves the text of an enhancement as a new prompt, or as the text of the same one.
 * The prompt refers to the run, so that a repetition finds it done.
 */
export async function saveEnhancement(
	store: Store,
	run: EnhanceRun,
	now: () => string,
): Promise<TakenResult> {
	const {answerOf, readAnswer} = await import('../../domain/models/enhance-answer.js');
	const file = path.join(store.runFolder(run.id), outputFolder, answerOf(run));
	const {size} = await stat(file);
	const text = readAnswer(run, size > longestAnswer ? '' : await readFile(file, 'utf8'));
	if (typeof text !== 'string') {
		return {failure: text};
	}

	const prompt = run.settings.createNew
		? await addEnhanced(store, run, text, now())
		: await store.updatePrompt(run.promptId, stored => replaceText(stored, run.id, text, now()));
	return {record: {resultPromptId: prompt.id}};
}

async function addEnhanced(
	store: Store,
	run: EnhanceRun,
	text: string,
	createdAt: string,
): Promise<Prompt> {
	const parent = await store.getPrompt(run.promptId);
	if (!parent) {
		throw new CosmosError('home', `the prompt ${run.promptId} that ${run.id} enhanced is gone`);
	}

	const {negative} = parent;
	return store.addPrompt(
		id => ({
			...childPrompt(parent, suffix, {text, negative}),
			id,
			createdAt,
			enhancedBy: run.id,
		}),
		known => known.enhancedBy === run.id,
	);
}

function replaceText(prompt: Prompt, runId: string, text: string, replacedAt: string): Prompt {
	const history = prompt.history ?? [];
	return history.some(({by}) => by === runId)
		? prompt
		: {...prompt, text, history: [...history, {text: prompt.text, replacedAt, by: runId}]};
}

/** Whether an error says that; the user may confirm. */
export const isTextInUse = (error: unknown): error is CosmosError => hasCode(error, 'text-in-use');

/**
 * Refuses to replace a text that finished runs used: their videos would appear to belong to another.
 * @param remedy what the person can do instead, as sentences
 * @throws CosmosError (usage) that names the runs
 */
export async function checkReplacing(
	store: Store,
	prompt: Prompt,
	remedy = 'Omit --no-create-new to create a new prompt, or add --force.',
): Promise<void> {
	const runs = await store.listRuns({promptId: prompt.id});
	const used = runs.filter(
		({run}) =>
			run.operation === 'transfer' &&
			(run.status === 'completed' || run.status === 'uncollected') &&
			run.promptText === prompt.text,
	);
	if (used.length === 0) {
		return;
	}

	const count = used.length === 1 ? 'a finished run' : `${used.length} finished runs`;
	const ids = used.slice(0, 5).map(({run}) => run.id);
	const more = used.length > ids.length ? ` and ${used.length - ids.length} more` : '';
	throw new CosmosError(
		'text-in-use',
		`the text of ${prompt.name} was used by ${count}: ${ids.join(', ')}${more}`,
		{hint: `${remedy} The history keeps the old text.`},
	);
}
