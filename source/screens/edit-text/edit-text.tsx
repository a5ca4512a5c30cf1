import {Question} from '../../components/question.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import type {EffectOf} from '../../state/effect.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {targetPrompt} from '../../state/selectors.js';
import type {Undoable} from '../../state/undoable.js';
import type {World} from '../../state/world.js';
import {isTextInUse} from '../../workflow/launch/enhancement.js';
import {editText as openEditor} from '../../workflow/prompts/edit-text.js';
import type {Feature} from '../feature.js';

/** A text from the editor that needs a decision before it replaces the old one. */
type EditedText = {
	promptId: string;
	name: string;
	text: string;
	/** The text that was edited. */
	basedOn: string;
	/** Why it is asked. */
	why: string;
};

declare module '../../state/overlay.js' {
	interface Overlays {
		edited: EditedText;
	}
}

declare module '../../state/event.js' {
	interface Events {
		'text-in-use': {edited: EditedText};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'edit-text': {promptId: string; name: string; text: string};
		'save-text': {edited: EditedText; how: 'new' | 'replace'};
	}
}

const context: Context = {
	name: 'edited',
	title: 'Text used by finished runs',
	order: 44,
	fixed: true,
};

/** Editing the text of a prompt in $EDITOR. */
export const editText = {
	keys: homeKeys(home, [
		[
			'edit-text',
			'E',
			'',
			"edit the prompt's text in $EDITOR",
			state => {
				const prompt = targetPrompt(state);
				return prompt
					? [state, {kind: 'edit-text', promptId: prompt.id, name: prompt.name, text: prompt.text}]
					: [state];
			},
			{
				disabled: state => (targetPrompt(state) ? undefined : 'select a prompt first'),
				changes: true,
				verb: 'edit',
			},
		],
	]),
	overlays: {
		edited: {
			keys: overlayKeys('edited', context, [
				[
					'text-new',
					'n',
					'new prompt',
					'create a new prompt with the text',
					(state, overlay) => save(state, overlay, 'new'),
				],
				[
					'text-replace',
					'r',
					'replace',
					'replace the text anyway; the history keeps the old one',
					(state, overlay) => save(state, overlay, 'replace'),
				],
				['record-close', 'esc', 'discard the text', 'discard the new text', close],
			]),
			view: ({state, overlay}) => (
				<Question
					size={state.size}
					title={`The text of ${cleanText(overlay.name)}`}
					lines={[
						[cleanText(overlay.why)],
						[],
						[
							'If you replace it, their videos will seem to be from the new text. The history keeps the old one.',
						],
					]}
					answers={[
						['n', 'new prompt'],
						['r', 'replace'],
						['esc', 'discard the new text'],
					]}
				/>
			),
			showsKeys: true,
		},
	},
	answers: {
		'text-in-use': (state, {edited}) => show(state, {kind: 'edited', ...edited}),
	},
	work: world => ({
		perform: {
			'edit-text': effect => edit(world, effect),
			'save-text': effect => saveText(world, effect),
		},
	}),
	lasting: ['save-text'],
} satisfies Feature;

function save(
	state: DashboardState,
	{kind: _, ...edited}: OverlayOf<'edited'>,
	how: 'new' | 'replace',
): Step {
	return [
		{...state, overlay: undefined},
		{kind: 'save-text', edited, how},
	];
}

/** An edit is taken back only while the text is what it has made of it. */
function undoEdit({promptId, name, text, basedOn}: Omit<EditedText, 'why'>): Undoable {
	const back = {kind: 'text', promptId, text: basedOn, basedOn: text} as const;
	return {what: `the new text of ${name}`, back};
}

async function edit(
	{workflow, dispatch, notice, readAgain, terminal}: World,
	{promptId, name, text}: EffectOf<'edit-text'>,
): Promise<void> {
	let changed = text;
	await terminal.suspend(async () => {
		changed = await openEditor(text, name, terminal.env);
	});
	if (changed === text) {
		notice('info', `${name}: nothing changed`);
		return;
	}

	try {
		await workflow.editPrompt(promptId, {text: changed, basedOn: text});
		dispatch({type: 'undoable', ...undoEdit({promptId, name, text: changed, basedOn: text})});
		await readAgain();
		notice('good', `Saved the new text of ${name}`, 'the history keeps the old one');
	} catch (error) {
		if (!isTextInUse(error)) {
			throw error;
		}

		const why = error.message;
		dispatch({
			type: 'text-in-use',
			edited: {promptId, name, text: changed, basedOn: text, why},
		});
	}
}

async function saveText(
	{workflow, dispatch, notice, readAgain}: World,
	{edited, how}: EffectOf<'save-text'>,
): Promise<void> {
	const {promptId, name, text, basedOn} = edited;
	const choice = how === 'new' ? {asNew: true} : {force: true};
	const prompt = await workflow.editPrompt(promptId, {text, basedOn, ...choice});
	if (how === 'replace') {
		dispatch({type: 'undoable', ...undoEdit(edited)});
	}

	await readAgain();
	notice(
		'good',
		how === 'new' ? `Created prompt ${prompt.name}` : `Saved the new text of ${name}`,
		how === 'new' ? prompt.id : 'the history keeps the old one',
	);
}
