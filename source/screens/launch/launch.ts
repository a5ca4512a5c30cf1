import {unnamedModel} from '../../domain/models/families.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import type {EventOf} from '../../state/event.js';
import {home, text} from '../../state/keys/contexts.js';
import {homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import {keyOf} from '../../state/keys/keymap.js';
import {addNotice} from '../../state/notices.js';
import type {OverlayOf} from '../../state/overlay.js';
import {shownRunOf} from '../../state/selectors.js';
import {closeForm} from '../confirm/discard.js';
import type {Feature} from '../feature.js';
import {withMarks} from '../home/marks.js';
import {presetForm} from '../presets/preset-form.js';
import {
	canReset,
	drawnSeed,
	editFieldText,
	eraseInField,
	hasSeed,
	moveField,
	nextSeed,
	resetField,
	stepField,
	toggleField,
	typeIntoField,
} from './form-edits.js';
import {type FormTarget, targetTitle} from './form-target.js';
import {enteredIn, focusedText, hasProblems, type LaunchForm, requestsOf} from './launch-form.js';
import {LaunchFormView} from './launch-view.js';
import {formFor, type LaunchCommand, rerunForm, targetProblem, targets} from './open-form.js';
import {isTogether, submit} from './submit.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		launch: {form: LaunchForm};
	}
}

declare module '../../state/event.js' {
	interface Events {
		/** The launch was refused before anything was started. */
		'launch-refused': {message: string; hint: string};
		'launch-accepted': {queued?: boolean; at: number};
		/** From 0 to 1, without 1. */
		'seed-drawn': {part: number};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'draw-seed': object;
	}
}

const formKeys: Context = {
	name: 'launch-form',
	title: 'Launch form',
	order: 30,
	isActive: ({overlay}) => overlay?.kind === 'launch' && !focusedText(overlay.form),
	apart: ['form-text', 'text'],
};
const inText = ({overlay}: DashboardState) =>
	overlay?.kind === 'launch' && focusedText(overlay.form) !== undefined;
const formText: Context = {
	name: 'form-text',
	title: 'Text in the launch form',
	order: 31,
	isActive: inText,
};

/** Opens the form of a launch; the command line may have saved presets since the last one. */
function open(state: DashboardState, form: LaunchForm | undefined): Step {
	return form ? [{...state, overlay: {kind: 'launch', form}}, {kind: 'read-presets'}] : [state];
}

const opening = (command: LaunchCommand) => ({
	run(state: DashboardState): Step {
		const target: FormTarget | string = targets[command](state);
		return typeof target === 'string' ? [state] : open(state, formFor(state, target));
	},
	disabled: (state: DashboardState) => targetProblem(command, state),
});

/** Changes the form, unless it has been submitted and its answer is awaited. */
const changing =
	(change: (form: LaunchForm) => LaunchForm) =>
	(state: DashboardState, overlay: OverlayOf<'launch'>): Step =>
		overlay.form.submitted ? [state] : show(state, {...overlay, form: change(overlay.form)});

const next = changing(form => moveField(form, 1));
const previous = changing(form => moveField(form, -1));

function close(state: DashboardState, overlay: OverlayOf<'launch'>): Step {
	return overlay.form.submitted ? [state] : show(state, closeForm(overlay, overlay.form.typed));
}

const seedProblem = (form: LaunchForm) => (hasSeed(form) ? undefined : 'it has no seed');

/** Enter: launches; on the row that unfolds the rare settings it unfolds them. */
function enter(state: DashboardState, overlay: OverlayOf<'launch'>): Step {
	return overlay.form.focus === 'more'
		? changing(toggleField)(state, overlay)
		: submit(state, overlay, 'launch');
}

/** The launch form of every operation. */
export const launch = {
	keys: homeKeys(home, [
		[
			'launch',
			'i',
			'infer',
			'launch the selected prompt, or the marked ones',
			opening('launch').run,
			{disabled: opening('launch').disabled, changes: true, verb: 'inference'},
		],
		[
			'batch',
			'b',
			'batch',
			'launch the marked prompts in one container',
			opening('batch').run,
			{
				disabled: state => (state.subject === 'prompts' ? opening('batch').disabled(state) : ''),
				changes: true,
				verb: 'inference (batch)',
			},
		],
		[
			'upscale',
			'u',
			'upscale',
			'upscale the video of a completed run',
			opening('upscale').run,
			{disabled: opening('upscale').disabled, changes: true},
		],
		[
			'enhance',
			'e',
			'enhance',
			'have the model write a richer text',
			opening('enhance').run,
			{disabled: opening('enhance').disabled, changes: true, verb: 'prompt-enhance'},
		],
		[
			'recipe',
			'c',
			'recipe',
			'run a command of your own from the configuration',
			opening('recipe').run,
			{disabled: opening('recipe').disabled, changes: true},
		],
		[
			'rerun',
			'r',
			'rerun',
			'run again, with the same or other settings',
			state => open(state, rerunForm(state)),
			{
				disabled(state) {
					if (!shownRunOf(state)) {
						return 'select a run first';
					}

					return rerunForm(state) ? undefined : 'the prompt of this run no longer exists';
				},
				changes: true,
			},
		],
	]),
	overlays: {
		launch: {
			keys: [
				...overlayKeys('launch', formKeys, [
					['form-submit', 'enter', 'launch', 'launch', enter],
					['form-next', 'tab down j', 'next', 'next field', next],
					['form-previous', 'shift-tab up k', '', 'previous field', previous],
					[
						'value-up',
						'right l +',
						'← →:change',
						'one step up, or the next choice',
						changing(form => stepField(form, 1)),
					],
					[
						'value-down',
						'left h',
						'',
						'one step down, or the previous choice',
						changing(form => stepField(form, -1)),
					],
					['value-toggle', 'space', '', 'toggle, or the next choice', changing(toggleField)],
					[
						'value-erase',
						'backspace delete',
						'',
						'delete the last digit',
						changing(form => eraseInField(form, false)),
					],
					[
						'value-clear',
						'ctrl-u ctrl-w',
						'',
						'clear the number',
						changing(form => eraseInField(form, true)),
					],
					[
						'value-reset',
						'=',
						'default',
						'back to the default',
						changing(resetField),
						{disabled: (_, {form}) => (canReset(form) ? undefined : 'it has its default')},
					],
					[
						'seed-next',
						'N',
						'N R:seed',
						'the next seed',
						changing(nextSeed),
						{disabled: (_, {form}) => seedProblem(form)},
					],
					[
						'seed-random',
						'R',
						'',
						'a random seed',
						(state, {form}) => (form.submitted ? [state] : [state, {kind: 'draw-seed'}]),
						{disabled: (_, {form}) => seedProblem(form)},
					],
					[
						'form-queue',
						'Q',
						'queue',
						'add it to the queue instead of launching it now',
						(state, overlay) => submit(state, overlay, 'queue'),
					],
					[
						'show-plan',
						'D',
						'what runs',
						'show the spec and the command',
						(state, {form}) =>
							form.submitted
								? [state]
								: [
										{
											...state,
											overlay: {kind: 'plan', form, view: {state: 'making'}, scroll: 0},
										},
										{kind: 'plan', requests: requestsOf(form), together: isTogether(form)},
									],
					],
					[
						'preset-save',
						'P',
						'save',
						'save the settings as a preset',
						(state, {form}) => (form.submitted ? [state] : show(state, presetForm(form))),
						{
							disabled: (_, {form}) =>
								hasProblems(form) ? 'correct the settings before you save them' : undefined,
							changes: true,
						},
					],
					['form-close', 'esc', 'cancel', 'close the form', close],
				]),
				...overlayKeys('launch', formText, [
					['form-submit', 'enter', 'launch', 'launch', enter],
					['form-next', 'tab down', 'next', 'next field', next],
					['form-previous', 'shift-tab up', '', 'previous field', previous],
					['form-close', 'esc', 'cancel', 'close the form', close],
				]),
				...textKeys(
					'launch',
					(state, overlay, edit) => changing(form => editFieldText(form, edit))(state, overlay),
					{...text, isActive: inText},
				),
			],
			type: (state, overlay, text) => changing(form => typeIntoField(form, text))(state, overlay),
			view: LaunchFormView,
		},
	},
	answers: {
		'launch-refused': (state, {message, hint}) => {
			const {overlay} = state;
			if (overlay?.kind !== 'launch' && overlay?.kind !== 'plan') {
				return [state];
			}

			const refusal = hint === '' ? message : `${message}. ${hint}`;
			return show(state, {kind: 'launch', form: {...overlay.form, submitted: false, refusal}});
		},
		'launch-accepted': accept,
		'seed-drawn': (state, {part}) =>
			state.overlay?.kind === 'launch'
				? changing(form => drawnSeed(form, part))(state, state.overlay)
				: [state],
	},
	work: ({dispatch}) => ({
		perform: {
			async 'draw-seed'() {
				dispatch({type: 'seed-drawn', part: Math.random()});
			},
		},
	}),
} satisfies Feature;

/** The launch has begun, or is in the queue: the form closes, and its settings are the last used. */
function accept(state: DashboardState, {at, queued}: EventOf<'launch-accepted'>): Step {
	const {overlay} = state;
	if (overlay?.kind !== 'launch' && overlay?.kind !== 'plan') {
		return [state];
	}

	const {form} = overlay;
	const {what, of} = targetTitle(form.target, state);
	const closed: DashboardState = {
		...withMarks(state, state.subject, []),
		overlay: undefined,
		focus: state.focus === 'detail' ? state.subject : state.focus,
		zoomed: false,
		bare: false,
		lastForms: {
			...state.lastForms,
			[form.target.operation]: {
				settings: enteredIn(form),
				host: form.host,
				...(form.model !== unnamedModel && {model: form.model}),
				...(form.mode !== undefined && {mode: form.mode}),
			},
		},
	};
	return [
		addNotice(
			closed,
			queued
				? {
						tone: 'good',
						text: `Added to the queue: ${what} ${of}`,
						hint: `${keyOf(state, 'to-queue')} shows it`,
						at,
					}
				: {tone: 'info', text: `${what}: ${of}, on ${form.host} …`, hint: '', at},
		),
	];
}
