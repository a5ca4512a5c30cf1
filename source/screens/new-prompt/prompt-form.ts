import type {PromptInput} from '../../domain/types.js';
import {
	editText,
	insertText,
	type TextEdit,
	type TextField,
	textField,
} from '../../state/text-field.js';
import type {NewPrompt} from '../../workflow/workflow-types.js';

export const promptFields = ['text', 'folder', 'name', 'negative'] as const;
export type PromptFieldName = (typeof promptFields)[number];

/** What is in the folder that is typed now. */
export type FolderView =
	| {state: 'empty'}
	| {state: 'looking'}
	| {state: 'good'; inputs: readonly PromptInput[]}
	| {state: 'bad'; message: string; hint: string};

export type PromptForm = {
	fields: Readonly<Record<PromptFieldName, TextField>>;
	focus: PromptFieldName;
	folder: FolderView;
	/** Names that a completion found, when it was not one. */
	candidates: readonly string[];
	typed: boolean;
	/** Why the prompt was refused. */
	refusal: string;
	/** Creating was tried, so what is missing is shown. */
	pressed: boolean;
	/** The prompt is being made. */
	saving: boolean;
};

export function promptForm(folder = ''): PromptForm {
	return {
		fields: {
			text: textField(),
			folder: textField(folder),
			name: textField(),
			negative: textField(),
		},
		focus: 'text',
		folder: {state: folder === '' ? 'empty' : 'looking'},
		candidates: [],
		typed: false,
		refusal: '',
		pressed: false,
		saving: false,
	};
}

const isMultiline = (name: PromptFieldName) => name === 'text' || name === 'negative';

export function moveField(form: PromptForm, by: 1 | -1): PromptForm {
	const at = promptFields.indexOf(form.focus) + by + promptFields.length;
	const focus = promptFields[at % promptFields.length] as PromptFieldName;
	return {...form, focus, candidates: []};
}

export function typeIntoPrompt(form: PromptForm, text: string): PromptForm {
	const field = insertText(form.fields[form.focus], text, isMultiline(form.focus));
	return changed(form, field);
}

export function editPrompt(form: PromptForm, edit: TextEdit): PromptForm {
	return changed(form, editText(form.fields[form.focus], edit));
}

/**
 * A completion has come for `text`; it counts only while that is still what is typed. One that adds
 * nothing to what is shown moves on to the next field, so that tab is never trapped.
 */
export function completeFolder(
	form: PromptForm,
	found: {text: string; completed: string; candidates: readonly string[]},
): PromptForm {
	if (form.focus !== 'folder' || form.fields.folder.text !== found.text) {
		return form;
	}

	const {completed, candidates} = found;
	const isShown = candidates.length < 2 || candidates.join() === form.candidates.join();
	return completed === found.text && isShown
		? moveField(form, 1)
		: {...changed(form, textField(completed)), candidates};
}

/** A look into `folder` has ended; it counts only while that is still what is typed. */
export function showFolder(form: PromptForm, folder: string, view: FolderView): PromptForm {
	return form.fields.folder.text === folder ? {...form, folder: view} : form;
}

export function newPromptIn({fields}: PromptForm): NewPrompt {
	return {
		text: fields.text.text,
		videoDir: fields.folder.text.trim(),
		name: fields.name.text.trim() || undefined,
		negative: fields.negative.text,
	};
}

/** What keeps the prompt from being made, beside the field that it concerns. */
export function promptProblem(
	form: PromptForm,
): {field: PromptFieldName; problem: string} | undefined {
	if (form.fields.text.text.trim() === '') {
		return {field: 'text', problem: 'describe the video in a few sentences'};
	}

	if (form.fields.folder.text.trim() === '') {
		return {field: 'folder', problem: 'enter the folder with color.mp4'};
	}

	return form.folder.state === 'bad' ? {field: 'folder', problem: form.folder.message} : undefined;
}

function changed(form: PromptForm, field: TextField): PromptForm {
	const before = form.fields[form.focus];
	const same = before.text === field.text;
	const fields = {...form.fields, [form.focus]: field};
	if (same) {
		return {...form, fields};
	}

	const folder: FolderView =
		form.focus === 'folder' ? {state: field.text.trim() === '' ? 'empty' : 'looking'} : form.folder;
	return {...form, fields, folder, typed: true, refusal: '', candidates: []};
}
