import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import {childPrompt} from '../../domain/prompts/child-prompt.js';
import {checkName} from '../../domain/prompts/prompt-name.js';
import {checkText} from '../../domain/prompts/prompt-text.js';
import type {Prompt} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {checkReplacing} from '../launch/enhancement.js';
import type {PromptEdit} from '../runs/record-types.js';

const editedSuffix = '-edited';

/** @throws CosmosError (usage) for a bad name or an unknown prompt */
export async function renamePrompt(store: Store, id: string, name: string): Promise<Prompt> {
	checkName(name);
	return store.updatePrompt(id, prompt => ({...prompt, name}));
}

/** See `RecordActions.editPrompt`. */
export async function editPrompt(
	store: Store,
	id: string,
	edit: PromptEdit,
	now: () => string,
): Promise<Prompt> {
	if (edit.text?.trim() === '') {
		throw new CosmosError('empty-text', 'the new text is empty; nothing was changed', {
			hint: 'Describe in a few sentences what the video shows.',
		});
	}

	checkText(edit.text ?? '');
	checkText(edit.negative ?? '', 'the negative text');
	const prompt = await store.getPrompt(id);
	if (!prompt) {
		throw new CosmosError('not-found', `no prompt "${id}"`);
	}

	const text = edit.text ?? prompt.text;
	const negative = edit.negative ?? prompt.negative;
	if (text === prompt.text && negative === prompt.negative && edit.videoDir === undefined) {
		return prompt;
	}

	const videos = edit.videoDir === undefined ? {} : await videosOf(edit.videoDir, prompt);
	if (edit.asNew) {
		return addEdited(store, {...prompt, ...videos}, {text, negative}, now());
	}

	if (text !== prompt.text && !edit.force) {
		await checkReplacing(store, prompt, 'Create a new prompt with --new, or add --force.');
	}

	return store.updatePrompt(id, stored => applyEdit({...stored, ...videos}, edit, now()));
}

/** The videos of a folder that the user has named. */
async function videosOf(folder: string, {inputs}: Prompt) {
	const videoDir = path.resolve(folder);
	const {inspectVideoDir} = await import('../../executor/media/video-dir.js');
	const roles = inputs.map(({role}) => role);
	return {videoDir, inputs: await inspectVideoDir(videoDir, roles), unconfirmed: undefined};
}

async function addEdited(
	store: Store,
	parent: Prompt,
	texts: {text: string; negative: string},
	createdAt: string,
): Promise<Prompt> {
	return store.addPrompt(id => ({...childPrompt(parent, editedSuffix, texts), id, createdAt}));
}

function applyEdit(stored: Prompt, edit: PromptEdit, replacedAt: string): Prompt {
	if (edit.basedOn !== undefined && stored.text !== edit.basedOn) {
		throw new CosmosError(
			'changed-meanwhile',
			`the text of ${stored.name} was changed by another process`,
			{
				hint: 'Check it with `cosmos show`, then edit it again.',
			},
		);
	}

	const {text = stored.text, negative = stored.negative} = edit;
	const history = stored.history ?? [];
	return text === stored.text
		? {...stored, negative}
		: {...stored, text, negative, history: [...history, {text: stored.text, replacedAt}]};
}
