import {expandHome} from '../../config/places.js';
import {hasCode, hintOf, messageOf} from '../../domain/errors.js';
import type {Prompt} from '../../domain/types.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {focusOn} from '../../state/focus.js';
import {home} from '../../state/keys/contexts.js';
import {homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import type {World} from '../../state/world.js';
import type {NewPrompt} from '../../workflow/workflow-types.js';
import {closeForm} from '../confirm/discard.js';
import type {Feature} from '../feature.js';
import {type Completion, completeFolderPath} from './complete-path.js';
import {createFolderWatch} from './folder-watch.js';
import {
	completeFolder,
	editPrompt,
	type FolderView,
	moveField,
	newPromptIn,
	type PromptFieldName,
	type PromptForm,
	promptFields,
	promptForm,
	promptProblem,
	showFolder,
	typeIntoPrompt,
} from './prompt-form.js';
import {PromptFormView} from './prompt-view.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		prompt: {form: PromptForm};
	}
}

declare module '../../state/event.js' {
	interface Events {
		/** What is in a folder that was typed. */
		'folder-seen': {folder: string; view: FolderView};
		'path-completed': {text: string} & Completion;
		'prompt-made': {prompt: Prompt};
		/** `field`: the one that the refusal is about, where that is known. */
		'prompt-refused': {message: string; field?: PromptFieldName};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'create-prompt': {prompt: NewPrompt};
		'complete-path': {text: string};
	}
}

const context: Context = {name: 'prompt-form', title: 'New prompt', order: 33};

type Form = OverlayOf<'prompt'>;

const changing =
	(change: (form: PromptForm) => PromptForm) =>
	(state: DashboardState, {form}: Form): Step =>
		show(state, {kind: 'prompt', form: change(form)});

const next = changing(form => moveField(form, 1));

/** Creates the prompt, or shows what it lacks. */
function create(state: DashboardState, {form}: Form): Step {
	const problem = promptProblem(form);
	if (problem) {
		return show(state, {kind: 'prompt', form: {...form, focus: problem.field, pressed: true}});
	}

	const saving: Form = {kind: 'prompt', form: {...form, saving: true}};
	return form.saving
		? [state]
		: [
				{...state, overlay: saving},
				{kind: 'create-prompt', prompt: newPromptIn(form)},
			];
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
			'create a prompt from a text and a folder of videos',
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
							overlay.form.focus === promptFields.at(-1)
								? create(state, overlay)
								: next(state, overlay),
					],
					['create-now', 'ctrl-s', 'create', 'create the prompt', create],
					[
						'complete-or-next',
						'tab',
						'',
						'complete the folder, or next field',
						(state, overlay) =>
							overlay.form.focus === 'folder'
								? [state, {kind: 'complete-path', text: overlay.form.fields.folder.text}]
								: next(state, overlay),
					],
					['form-next', 'down', '', 'next field', next],
					[
						'form-previous',
						'shift-tab up',
						'',
						'previous field',
						changing(form => moveField(form, -1)),
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
				...textKeys('prompt', (state, overlay, edit) =>
					changing(form => editPrompt(form, edit))(state, overlay),
				),
			],
			type: (state, overlay, text) => changing(form => typeIntoPrompt(form, text))(state, overlay),
			view: PromptFormView,
			showsKeys: true,
		},
	},
	answers: {
		'folder-seen': (state, {folder, view}) =>
			withForm(state, form => showFolder(form, folder, view)),
		'path-completed': (state, event) => withForm(state, form => completeFolder(form, event)),
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
				...form,
				saving: false,
				refusal: message,
				focus: field ?? form.focus,
			})),
	},
	work(world) {
		const folder = createFolderWatch(text => void inspect(world, text));
		return {
			perform: {
				'create-prompt': ({prompt}) => createPrompt(world, prompt),
				async 'complete-path'({text}) {
					const completion = await completeFolderPath(text);
					world.dispatch({type: 'path-completed', text, ...completion});
				},
			},
			follow: folder.follow,
			close: folder.close,
		};
	},
	lasting: ['create-prompt'],
} satisfies Feature;

async function createPrompt(world: World, prompt: NewPrompt): Promise<void> {
	const {workflow, dispatch, notice} = world;
	try {
		const videoDir = expandHome(prompt.videoDir ?? '');
		const made = await workflow.createPrompt({...prompt, videoDir});
		dispatch({type: 'prompt-made', prompt: made});
		notice('good', `Created prompt ${made.name}`, `${keyOf(world.state(), 'launch')} launches it`);
	} catch (error) {
		const hint = hintOf(error);
		dispatch({
			type: 'prompt-refused',
			message: hint ? `${messageOf(error)}. ${hint}` : messageOf(error),
			...((hasCode(error, 'invalid-name') || hasCode(error, 'already-exists')) && {
				field: 'name' as const,
			}),
		});
	}
}

async function inspect({workflow, dispatch}: World, folder: string): Promise<void> {
	try {
		const inputs = await workflow.inspectVideoDir(expandHome(folder.trim()));
		dispatch({type: 'folder-seen', folder, view: {state: 'good', inputs}});
	} catch (error) {
		const view = {state: 'bad', message: messageOf(error), hint: hintOf(error)} as const;
		dispatch({type: 'folder-seen', folder, view});
	}
}
