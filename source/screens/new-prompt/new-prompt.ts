import {expandHome} from '../../config/places.js';
import {hasCode, hintOf, messageOf} from '../../domain/errors.js';
import type {Prompt} from '../../domain/types.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {focusOn} from '../../state/focus.js';
import {home, text} from '../../state/keys/contexts.js';
import {homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import type {World} from '../../state/world.js';
import {readInputWords} from '../../workflow/prompts/input-words.js';
import {readText} from '../../workflow/prompts/read-text.js';
import {closeForm} from '../confirm/discard.js';
import type {Feature} from '../feature.js';
import {type Completion, completeInput, completeTextFile} from './complete-path.js';
import {createInputWatch} from './input-watch.js';
import {
	completedWord,
	completeField,
	editPrompt,
	type FileView,
	focusField,
	inputField,
	isTextFile,
	moveField,
	nextRole,
	type PromptFieldName,
	type PromptForm,
	promptFields,
	promptForm,
	promptProblem,
	roleWord,
	showFile,
	stepModel,
	type TypedPrompt,
	typedPrompt,
	typeIntoPrompt,
} from './prompt-form.js';
import {hostModels} from './prompt-lines.js';
import {PromptFormView} from './prompt-view.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		prompt: {form: PromptForm};
	}
}

declare module '../../state/event.js' {
	interface Events {
		/** What is at a place that was typed. */
		'file-seen': {word: string; view: FileView};
		'path-completed': {text: string} & Completion;
		'prompt-made': {prompt: Prompt};
		/** `field`: the one that the refusal is about, where that is known. */
		'prompt-refused': {message: string; field?: PromptFieldName};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'create-prompt': {prompt: TypedPrompt};
		'complete-path': {text: string; isText: boolean};
	}
}

const isChoice = ({overlay}: DashboardState) =>
	overlay?.kind === 'prompt' && overlay.form.focus === 'model';
const context: Context = {name: 'prompt-form', title: 'New prompt', order: 33};
const choices: Context = {
	name: 'prompt-choice',
	title: 'The model in the new prompt',
	order: 34,
	isActive: isChoice,
	apart: ['text'],
};

type Form = OverlayOf<'prompt'>;

const changing =
	(change: (form: PromptForm) => PromptForm) =>
	(state: DashboardState, {form}: Form): Step =>
		show(state, {kind: 'prompt', form: change(form)});

const next = changing(form => moveField(form, 1));

/** Creates the prompt, or shows what it lacks. */
function create(state: DashboardState, {form}: Form): Step {
	const problem = promptProblem(form, hostModels(state));
	if (problem) {
		const shown = {...focusField(form, problem.field), pressed: true};
		return show(state, {kind: 'prompt', form: shown});
	}

	const saving: Form = {kind: 'prompt', form: {...form, saving: true}};
	return form.saving
		? [state]
		: [
				{...state, overlay: saving},
				{kind: 'create-prompt', prompt: typedPrompt(form)},
			];
}

/** Tab: completes a path, or goes to the next field. */
function complete(state: DashboardState, overlay: Form): Step {
	const text = completedWord(overlay.form);
	return text === undefined
		? next(state, overlay)
		: [state, {kind: 'complete-path', text, isText: overlay.form.focus === 'text'}];
}

/** Changes the form while it is open. */
function withForm(state: DashboardState, change: (form: PromptForm) => PromptForm): Step {
	return state.overlay?.kind === 'prompt'
		? show(state, {kind: 'prompt', form: change(state.overlay.form)})
		: [state];
}

/** The form for a new prompt. */
export const newPrompt = {
	keys: homeKeys(home, [
		[
			'new-prompt',
			'n',
			'new',
			'create a prompt from a text and its videos or images',
			state => show(state, {kind: 'prompt', form: promptForm()}),
			{changes: true, verb: 'create prompt'},
		],
	]),
	overlays: {
		prompt: {
			keys: [
				...overlayKeys('prompt', context, [
					[
						'form-submit',
						'enter',
						'next',
						'next field; on the last one create the prompt',
						(state, overlay) =>
							overlay.form.focus === promptFields(overlay.form).at(-1)
								? create(state, overlay)
								: next(state, overlay),
					],
					['create-now', 'ctrl-s', 'create', 'create the prompt', create],
					['complete-or-next', 'tab', '', 'complete the path, or next field', complete],
					['form-next', 'down', '', 'next field', next],
					[
						'form-previous',
						'shift-tab up',
						'',
						'previous field',
						changing(form => moveField(form, -1)),
					],
					[
						'next-role',
						'ctrl-r',
						'role',
						'change the role of the file',
						(state, overlay) =>
							changing(form =>
								nextRole(
									form,
									state.recipes.flatMap(({inputs}) => inputs),
								),
							)(state, overlay),
						{disabled: (_, {form}) => (roleWord(form) ? undefined : 'enter a file first')},
					],
					[
						'new-line',
						'ctrl-j alt-enter',
						'',
						'start a new line in the text',
						changing(form => typeIntoPrompt(form, '\n')),
					],
					[
						'form-close',
						'esc',
						'cancel',
						'close the form; asks first when something was typed',
						(state, overlay) => show(state, closeForm(overlay, overlay.form.typed)),
					],
				]),
				...overlayKeys('prompt', choices, [
					[
						'value-up',
						'right space',
						'← →:change',
						'the next model',
						changing(form => stepModel(form, 1)),
					],
					['value-down', 'left', '', 'the previous model', changing(form => stepModel(form, -1))],
				]),
				...textKeys(
					'prompt',
					(state, overlay, edit) => changing(form => editPrompt(form, edit))(state, overlay),
					{...text, isActive: state => !isChoice(state)},
				),
			],
			type: (state, overlay, text) => changing(form => typeIntoPrompt(form, text))(state, overlay),
			view: PromptFormView,
		},
	},
	answers: {
		'file-seen': (state, {word, view}) => withForm(state, form => showFile(form, word, view)),
		'path-completed': (state, event) => withForm(state, form => completeField(form, event)),
		'prompt-made': (state, {prompt}) => [
			{
				...focusOn(state, 'prompts'),
				overlay: undefined,
				filters: {...state.filters, prompts: ''},
				prompts: [prompt, ...(state.prompts ?? []).filter(({id}) => id !== prompt.id)],
				selected: {...state.selected, prompts: prompt.id},
			},
		],
		'prompt-refused': (state, {message, field}) =>
			withForm(state, form => ({
				...focusField(form, field ?? form.focus),
				saving: false,
				refusal: message,
			})),
	},
	work(world) {
		const watch = createInputWatch(word => void look(world, word));
		return {
			perform: {
				'create-prompt': ({prompt}) => createPrompt(world, prompt),
				async 'complete-path'({text, isText}) {
					const completion = await (isText ? completeTextFile(text) : completeInput(text));
					world.dispatch({type: 'path-completed', text, ...completion});
				},
			},
			follow: watch.follow,
			close: watch.close,
		};
	},
	lasting: ['create-prompt'],
} satisfies Feature;

/** The files are read again: they may have changed since they were looked at. */
async function createPrompt(world: World, typed: TypedPrompt): Promise<void> {
	const {workflow, dispatch, notice} = world;
	let field: PromptFieldName | undefined = 'text';
	try {
		const text = await readPromptText(typed.text);
		field = inputField(0);
		const inputs = await readInputWords(typed.inputs);
		field = undefined;
		const made = await workflow.createPrompt({
			...{text, ...inputs, negative: typed.negative},
			...(typed.name !== '' && {name: typed.name}),
			...(typed.model !== '' && {model: typed.model}),
		});
		dispatch({type: 'prompt-made', prompt: made});
		notice('good', `Created prompt ${made.name}`, `${keyOf(world.state(), 'launch')} launches it`);
	} catch (error) {
		const isName = hasCode(error, 'invalid-name') || hasCode(error, 'already-exists');
		dispatch({
			type: 'prompt-refused',
			message: inOneLine(error),
			...(isName ? {field: 'name'} : field !== undefined && {field}),
		});
	}
}

/** A text as it is typed; in `@FILE` it stands in a file. */
const readPromptText = async (typed: string): Promise<string> =>
	isTextFile(typed.trim()) ? readText(atHome(typed.trim())) : typed;

const atHome = (word: string) => `@${expandHome(word.slice(1))}`;

function inOneLine(error: unknown): string {
	const hint = hintOf(error);
	return hint ? `${messageOf(error)}. ${hint}` : messageOf(error);
}

/** Looks at what a word of the form names. */
async function look({workflow, dispatch}: World, word: string): Promise<void> {
	try {
		const view = isTextFile(word)
			? ({state: 'text', text: await readText(atHome(word))} as const)
			: await lookAtInput(workflow, word);
		dispatch({type: 'file-seen', word, view});
	} catch (error) {
		const view = {state: 'bad', message: messageOf(error), hint: hintOf(error)} as const;
		dispatch({type: 'file-seen', word, view});
	}
}

async function lookAtInput(workflow: World['workflow'], word: string): Promise<FileView> {
	const given = await readInputWords([word]);
	const inputs = await workflow.inspectInputs(given);
	return {state: 'inputs', inputs, isFolder: given.videoDir !== undefined};
}
