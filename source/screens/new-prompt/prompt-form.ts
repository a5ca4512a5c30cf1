import {
	familyOf,
	inputsFor,
	missingRoles,
	modeForInputs,
	modelNames,
} from '../../domain/models/families.js';
import {inputWithRole, roleOfInput, rolesFor} from '../../domain/models/roles.js';
import type {AnyInput} from '../../domain/types.js';
import {
	editText,
	insertText,
	type TextEdit,
	type TextField,
	textField,
} from '../../state/text-field.js';
import {neighbour} from '../launch/field-steps.js';

/** `text`, `input-0` and further inputs, `name`, `negative`, `model`. */
export type PromptFieldName = string;

const textNames = ['text', 'name', 'negative'] as const;
type TextName = (typeof textNames)[number];

/** What is at the place that is typed now. */
export type FileView =
	| {state: 'none' | 'looking'}
	/** A folder with its inputs, or one file. */
	| {state: 'inputs'; inputs: readonly AnyInput[]; isFolder: boolean}
	/** A text in a file. */
	| {state: 'text'; text: string}
	| {state: 'bad'; message: string; hint: string};

export type PromptForm = {
	texts: Readonly<Record<TextName, TextField>>;
	/** A folder, or files, each perhaps with its role before it: `edge=lines.mp4`. */
	inputs: readonly TextField[];
	/** Empty: the host's. */
	model: string;
	/** What has been found for each `@FILE` and each input, by its words. */
	views: Readonly<Record<string, FileView>>;
	focus: PromptFieldName;
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

/** A prompt as it is typed: files are read when it is made. */
export type TypedPrompt = {
	text: string;
	inputs: readonly string[];
	name: string;
	negative: string;
	model: string;
};

export function promptForm(): PromptForm {
	return {
		texts: {text: textField(), name: textField(), negative: textField()},
		inputs: [textField()],
		model: '',
		views: {},
		focus: 'text',
		candidates: [],
		typed: false,
		refusal: '',
		pressed: false,
		saving: false,
	};
}

const inputPrefix = 'input-';
export const inputField = (at: number): PromptFieldName => `${inputPrefix}${at}`;

/** The place of an input in the form; undefined for another field. */
export function inputAt(name: PromptFieldName): number | undefined {
	return name.startsWith(inputPrefix) ? Number(name.slice(inputPrefix.length)) : undefined;
}

export function promptFields({inputs}: PromptForm): readonly PromptFieldName[] {
	return ['text', ...inputs.map((_, at) => inputField(at)), 'name', 'negative', 'model'];
}

/** The text that a field has; undefined for a choice. */
export function fieldText(form: PromptForm, name: PromptFieldName): TextField | undefined {
	const at = inputAt(name);
	const text = textNames.find(one => one === name);
	return at === undefined ? text && form.texts[text] : form.inputs[at];
}

const isMultiline = (name: PromptFieldName) => name === 'text' || name === 'negative';

/** The word of an input; empty for a row in which nothing is typed. */
const wordOf = ({text}: TextField) => text.trim();

/** The words that name files, in the order of the form. */
function wordsIn({texts, inputs}: PromptForm): string[] {
	const text = texts.text.text.trim();
	return [...(isTextFile(text) ? [text] : []), ...inputs.map(wordOf)].filter(word => word !== '');
}

/** Whether a text stands in the file that it names. */
export const isTextFile = (text: string) => /^@\S/.test(text) && !text.includes('\n');

export const viewOf = (form: PromptForm, word: string): FileView =>
	form.views[word] ?? {state: word === '' ? 'none' : 'looking'};

/** The words that nobody has looked at yet. */
export function unseenIn(form: PromptForm): readonly string[] {
	return wordsIn(form).filter(word => !form.views[word]);
}

export function moveField(form: PromptForm, by: 1 | -1): PromptForm {
	const fields = promptFields(form);
	const at = fields.indexOf(form.focus) + by + fields.length;
	return focusField(form, fields[at % fields.length] as PromptFieldName);
}

/** Goes to a field; rows of inputs that were left empty close up. */
export function focusField(form: PromptForm, focus: PromptFieldName): PromptForm {
	const wanted = inputAt(focus);
	const before = form.inputs.slice(0, wanted ?? 0).filter(one => wordOf(one) === '').length;
	const inputs = form.inputs.filter((one, at) => at === wanted || wordOf(one) !== '');
	const place = wanted === undefined ? focus : inputField(wanted - before);
	return {...withFreeRow({...form, inputs}), focus: place, candidates: []};
}

/** A row for another file, below files; a folder is all that there is. */
function withFreeRow(form: PromptForm): PromptForm {
	const {inputs} = form;
	const last = inputs.at(-1);
	const view = last && viewOf(form, wordOf(last));
	const isFull = !last || (view?.state === 'inputs' && !view.isFolder);
	return isFull ? {...form, inputs: [...inputs, textField()]} : form;
}

/** Pasted lines in an input are an input each. */
export function typeIntoPrompt(form: PromptForm, typed: string): PromptForm {
	const field = fieldText(form, form.focus);
	if (!field) {
		return form;
	}

	const at = inputAt(form.focus);
	const [first = '', ...rest] = typed.split(/[\r\n]+/).filter(line => line.trim() !== '');
	if (at === undefined || rest.length === 0) {
		return changed(form, insertText(field, typed, isMultiline(form.focus)));
	}

	const fields = [insertText(field, first, false), ...rest.map(textField)];
	const inputs = form.inputs.toSpliced(at, 1, ...fields);
	return focusField({...edited(form), inputs}, inputField(at + rest.length));
}

export function editPrompt(form: PromptForm, edit: TextEdit): PromptForm {
	const field = fieldText(form, form.focus);
	return field ? changed(form, editText(field, edit)) : form;
}

/**
 * A completion has come for `text`; it counts only while that is still what is typed. One that adds
 * nothing to what is shown moves on to the next field, so that tab is never trapped.
 */
export function completeField(
	form: PromptForm,
	found: {text: string; completed: string; candidates: readonly string[]},
): PromptForm {
	if (fieldText(form, form.focus)?.text !== found.text || completedWord(form) === undefined) {
		return form;
	}

	const {completed, candidates} = found;
	const isShown = candidates.length < 2 || candidates.join() === form.candidates.join();
	return completed === found.text && isShown
		? moveField(form, 1)
		: {...changed(form, textField(completed)), candidates};
}

/** What tab completes in the field that has the focus; undefined where it goes to the next field. */
export function completedWord(form: PromptForm): string | undefined {
	const text = fieldText(form, form.focus)?.text ?? '';
	const isPath =
		inputAt(form.focus) === undefined ? form.focus === 'text' && isTextFile(text) : true;
	return isPath ? text : undefined;
}

/** What a word names has been looked at. */
export function showFile(form: PromptForm, word: string, view: FileView): PromptForm {
	return withFreeRow({...form, views: {...form.views, [word]: view}});
}

/**
 * The next role of the file that has the focus.
 * @param more roles of recipes
 */
export function nextRole(form: PromptForm, more: readonly string[] = []): PromptForm {
	const word = roleWord(form);
	if (word === undefined) {
		return form;
	}

	const roles = rolesFor(word, form.model || undefined, more);
	const role = neighbour(roles, roleOfInput(word) ?? '', 1);
	return changed(form, textField(inputWithRole(word, role)));
}

/** The file with the focus, if it can have a role; a folder's files have their own. */
export function roleWord(form: PromptForm): string | undefined {
	const at = inputAt(form.focus);
	const field = at === undefined ? undefined : form.inputs[at];
	const word = field && wordOf(field);
	return word && roleOfInput(word) !== undefined ? word : undefined;
}

/** The next model, or that of the host. */
export function stepModel(form: PromptForm, by: 1 | -1): PromptForm {
	return form.focus === 'model'
		? {...edited(form), model: neighbour(['', ...modelNames], form.model, by)}
		: form;
}

export function typedPrompt({texts, inputs, model}: PromptForm): TypedPrompt {
	return {
		text: texts.text.text,
		inputs: inputs.map(wordOf).filter(word => word !== ''),
		name: texts.name.text.trim(),
		negative: texts.negative.text,
		model,
	};
}

/** The inputs that have been looked at. */
export function inputsIn(form: PromptForm): readonly AnyInput[] {
	return form.inputs.flatMap(field => {
		const view = viewOf(form, wordOf(field));
		return view.state === 'inputs' ? view.inputs : [];
	});
}

/** What a family would do with the inputs: `image2video`, or what it needs. */
export function modeWords(
	model: string,
	inputs: readonly AnyInput[],
): {mode: string; missing: string} {
	const there = inputsFor(model, inputs).map(({role}) => role);
	const mode = modeForInputs(model, there);
	const isOnly = familyOf(model).modes.length === 1;
	return {
		mode: isOnly ? model : `${model} ${mode.name}`,
		missing: missingRoles(mode, there)[0] ?? '',
	};
}

export type PromptProblem = {field: PromptFieldName; problem: string};

/**
 * What keeps the prompt from being made, beside the field that it concerns.
 * @param models those of the hosts, which may do it
 */
export function promptProblem(
	form: PromptForm,
	models: readonly string[],
): PromptProblem | undefined {
	const text = form.texts.text.text.trim();
	if (text === '') {
		return {field: 'text', problem: 'describe what it shows in a few sentences'};
	}

	const textView = isTextFile(text) ? viewOf(form, text) : undefined;
	if (textView?.state === 'bad') {
		return {field: 'text', problem: textView.message};
	}

	for (const [at, field] of form.inputs.entries()) {
		const view = viewOf(form, wordOf(field));
		const problem = view.state === 'bad' ? view.message : inputProblem(form, at);
		if (problem !== undefined) {
			return {field: inputField(at), problem};
		}
	}

	return modelProblem(form, models);
}

/** Why an input does not go with those before it. */
export function inputProblem(form: PromptForm, at: number): string | undefined {
	const words = form.inputs.map(wordOf);
	const [word = ''] = words.slice(at);
	if (word === '') {
		return undefined;
	}

	const view = viewOf(form, word);
	if (view.state === 'inputs' && view.isFolder && words.filter(one => one !== '').length > 1) {
		return 'enter one folder or single files, not both';
	}

	const role = roleOfInput(word);
	const other = words.slice(0, at).find(one => role !== undefined && roleOfInput(one) === role);
	return other === undefined ? undefined : `two files for ${role}: give one of them another role`;
}

/** No family that may do it can do anything with what there is. */
function modelProblem(form: PromptForm, models: readonly string[]): PromptProblem | undefined {
	const isLooking = form.inputs.some(field => viewOf(form, wordOf(field)).state === 'looking');
	const asked = form.model === '' ? models : [form.model];
	const needs = asked.map(model => modeWords(model, inputsIn(form)));
	const [first] = needs;
	return isLooking || !first || needs.some(({missing}) => missing === '')
		? undefined
		: {
				field: inputField(0),
				problem: `${first.mode} needs ${first.missing}: add a folder or a file with it`,
			};
}

function changed(form: PromptForm, field: TextField): PromptForm {
	const before = fieldText(form, form.focus);
	const at = inputAt(form.focus);
	const after =
		at === undefined
			? {...form, texts: {...form.texts, [form.focus]: field}}
			: {...form, inputs: form.inputs.with(at, field)};
	return before?.text === field.text ? after : withFreeRow(edited(after));
}

const edited = (form: PromptForm): PromptForm => ({
	...form,
	typed: true,
	refusal: '',
	candidates: [],
});
