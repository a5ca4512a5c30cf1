import {paintLine} from '../../components/rows.js';
import {Typing} from '../../components/typing.js';
import {type AnnotationChange, undoAnnotation} from '../../domain/runs/annotations.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import type {Run} from '../../domain/types.js';
import {span} from '../../state/content/line.js';
import {cut} from '../../state/content/text-layout.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import type {Effect} from '../../state/effect.js';
import {home, lists} from '../../state/keys/contexts.js';
import {homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import {shownPromptName} from '../../state/prompt-names.js';
import {
	shownJobOf,
	shownRunOf,
	targetJobs,
	targetPrompt,
	targetPrompts,
	targetRuns,
} from '../../state/selectors.js';
import {editText, insertText, type TextEdit, textField} from '../../state/text-field.js';
import {closeForm} from '../confirm/discard.js';
import type {Feature} from '../feature.js';
import {copySequence} from './clipboard.js';
import {recordContext} from './record-context.js';
import {
	placeholderOf,
	type RecordForm,
	recordProblem,
	type Thing,
	tagChanges,
	thingsName,
} from './record-form.js';
import {starsOf} from './stars.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Choosing stars for prompts or runs. */
		rate: {things: readonly Thing[]};
		record: RecordForm;
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		/** `done`: what the notice says afterwards. */
		annotate: {
			changes: ReadonlyArray<{id: string; change: AnnotationChange}>;
			done: string;
		};
		rename: {promptId: string; name: string};
		/** `what` names it in the notice. */
		copy: {text: string; what: string};
	}
}

const rateContext: Context = {name: 'rate', title: 'Rating', order: 41, fixed: true};
const titles: Readonly<Record<RecordForm['purpose'], string>> = {
	tags: 'Tags: ',
	note: 'Note: ',
	rename: 'Rename: ',
};

/** The marked prompts or runs, or the selected one where none are marked. */
export function targetThings(state: DashboardState): Thing[] {
	return state.subject === 'runs'
		? targetRuns(state).map(({run}) => ({
				...{id: run.id, annotations: run},
				name: shownPromptName(state, run.promptName, run.promptId),
			}))
		: targetPrompts(state).map(prompt => ({
				...{id: prompt.id, annotations: prompt},
				name: shownPromptName(state, prompt.name, prompt.id),
			}));
}

export const noThing = (state: DashboardState) =>
	targetThings(state).length > 0 ? undefined : 'select a prompt or a run first';
const noId = (state: DashboardState) =>
	targetThings(state).length > 0 || shownJobOf(state) ? undefined : 'nothing is selected';

const noPrompt = (state: DashboardState) => (state.subject === 'prompts' ? noThing(state) : '');
const pathHelp = "copy the path of the outputs, or of the prompt's videos";

const askRating = (state: DashboardState) =>
	show(state, {kind: 'rate', things: targetThings(state)});

function editTags(state: DashboardState): Step {
	const things = targetThings(state);
	const tags = things.length === 1 ? (things[0]?.annotations.tags ?? []) : [];
	return show(state, recordForm('tags', things, tags.join(' ')));
}

function editNote(state: DashboardState): Step {
	const things = targetThings(state);
	const note = things.length === 1 ? things[0]?.annotations.note : undefined;
	return show(state, recordForm('note', things, note ?? ''));
}

function rename(state: DashboardState): Step {
	const prompt = targetPrompt(state);
	if (!prompt) {
		return [state];
	}

	return show(state, recordForm('rename', targetThings(state), prompt.name));
}

/** Rating, tagging, noting and renaming prompts and runs; copying their ids and paths. */
export const records = {
	keys: [
		...homeKeys(
			home,
			[
				['rate', '*', 'rate', 'rate with 1 to 5 stars; 0 removes them', askRating],
				['tags', '#', '', 'add and remove tags', editTags, {verb: 'tag'}],
				['note', 'a', '', 'write a note', editNote],
			],
			{disabled: noThing, changes: true},
		),
		...homeKeys(home, [
			['copy-id', 'y', '', 'copy the id, or the ids of the marked rows', copyId, {disabled: noId}],
			['copy-path', 'Y', '', pathHelp, copyPath, {disabled: noThing}],
		]),
		...homeKeys(lists, [
			['rename', 'N', '', 'rename the prompt', rename, {disabled: noPrompt, changes: true}],
		]),
	],
	overlays: {
		rate: {
			keys: overlayKeys('rate', rateContext, [
				['rate-1', '1', '1–5:stars', 'one star', rate(1)],
				['rate-2', '2', '', 'two stars', rate(2)],
				['rate-3', '3', '', 'three stars', rate(3)],
				['rate-4', '4', '', 'four stars', rate(4)],
				['rate-5', '5', '', 'five stars', rate(5)],
				['rate-0', '0', 'none', 'remove the stars', rate(0)],
				['record-close', 'esc q', 'cancel', 'change nothing', state => show(state, undefined)],
			]),
			footer(_, {things}, columns) {
				const now = things.length === 1 ? starsOf(things[0]?.annotations.rating) : '';
				const name = cut(cleanText(thingsName(things)), 40);
				const text = [' ', span('strong', name), `  ${now}   `];
				return paintLine(text, Math.min(columns, name.length + now.length + 6));
			},
		},
		record: {
			keys: [
				...overlayKeys('record', recordContext, [
					['record-save', 'enter', 'save', 'save', save],
					[
						'new-line',
						'ctrl-j alt-enter',
						'',
						'start a new line in a note',
						(state, overlay) => type(state, overlay, '\n'),
						{disabled: (_, {purpose}) => (purpose === 'note' ? undefined : '')},
					],
					[
						'record-close',
						'esc',
						'cancel',
						'change nothing; asks first when a note was typed',
						// A note is long enough to be missed.
						(state, overlay) =>
							show(state, closeForm(overlay, overlay.purpose === 'note' && overlay.typed)),
					],
				]),
				...textKeys('record', edit),
			],
			type,
			view: ({state, overlay}) => (
				<Typing
					title={[span('accent', titles[overlay.purpose]), cleanText(thingsName(overlay.things))]}
					rows={overlay.purpose === 'note' ? 5 : 1}
					placeholder={placeholderOf(overlay)}
					form={overlay}
					state={state}
				/>
			),
		},
	},
	work({workflow, dispatch, readAgain, notice, terminal, state}) {
		return {
			perform: {
				copy({text, what}) {
					const sequence = copySequence(text, Boolean(terminal.env.TMUX));
					if (sequence === undefined) {
						const hint = `${keyOf(state(), 'log-save')} saves a log to a file`;
						notice('bad', `${what}: too large for the clipboard`, hint);
					} else {
						terminal.write(sequence);
						notice('info', `Copied ${what}`, 'if your terminal allows OSC 52');
					}
				},
				async annotate({changes, done}) {
					const before: typeof changes = await Promise.all(
						changes.map(async ({id, change}) => {
							const document = id.startsWith('ps_')
								? await workflow.findPrompt(id)
								: (await workflow.findRun(id)).run;
							return {id, change: undoAnnotation(document, change)};
						}),
					);
					for (const {id, change} of changes) {
						await workflow.annotate(id, change);
					}

					dispatch({type: 'undoable', what: done, back: {kind: 'annotate', changes: before}});
					await readAgain();
					notice('good', done);
				},
				async rename({promptId, name}) {
					const {name: before} = await workflow.findPrompt(promptId);
					await workflow.renamePrompt(promptId, name);
					const back = {kind: 'rename', promptId, name: before} as const;
					if (before !== name) {
						dispatch({type: 'undoable', what: `the name ${name}`, back});
					}

					await readAgain();
					notice('good', `Renamed the prompt to ${name}`, promptId);
				},
			},
		};
	},
	lasting: ['annotate', 'rename'],
} satisfies Feature;

function recordForm(
	purpose: RecordForm['purpose'],
	things: readonly Thing[],
	text: string,
): OverlayOf<'record'> {
	return {kind: 'record', purpose, things, field: textField(text), typed: false, refusal: ''};
}

function rate(rating: number) {
	return (state: DashboardState, {things}: OverlayOf<'rate'>): Step => [
		{...state, overlay: undefined},
		{
			kind: 'annotate',
			changes: things.map(({id}) => ({id, change: {rating}})),
			done: `${thingsName(things)}: ${rating === 0 ? 'not rated' : '★'.repeat(rating)}`,
		},
	];
}

function edit(state: DashboardState, overlay: OverlayOf<'record'>, how: TextEdit): Step {
	const field = editText(overlay.field, how);
	const typed = overlay.typed || field.text !== overlay.field.text;
	return show(state, {...overlay, field, typed});
}

function type(state: DashboardState, overlay: OverlayOf<'record'>, text: string): Step {
	const field = insertText(overlay.field, text, overlay.purpose === 'note');
	return show(state, {...overlay, field, typed: true, refusal: ''});
}

function save(state: DashboardState, overlay: OverlayOf<'record'>): Step {
	const refusal = recordProblem(overlay);
	return refusal === undefined
		? [{...state, overlay: undefined}, saveEffect(overlay)]
		: show(state, {...overlay, refusal});
}

function saveEffect(form: RecordForm): Effect {
	const {purpose, things, field} = form;
	const text = field.text.trim();
	switch (purpose) {
		case 'tags':
			return {
				kind: 'annotate',
				changes: tagChanges(form),
				done: `${thingsName(things)}: tags saved`,
			};
		case 'note':
			return {
				kind: 'annotate',
				changes: things.map(({id}) => ({id, change: {note: text}})),
				done: `${thingsName(things)}: ${text === '' ? 'note removed' : 'note saved'}`,
			};
		case 'rename':
			return {kind: 'rename', promptId: things[0]?.id ?? '', name: text};
	}
}

function copyId(state: DashboardState): Step {
	const jobs = state.subject === 'queue' ? targetJobs(state) : [];
	const ids = [...targetThings(state), ...jobs.map(({job}) => job)].map(({id}) => id);
	const what = ids.length === 1 ? (ids[0] ?? '') : `${ids.length} ids`;
	return [state, {kind: 'copy', text: ids.join('\n'), what}];
}

function copyPath(state: DashboardState): Step {
	const run = shownRunOf(state)?.run;
	const text = run ? outputPath(state, run) : (targetPrompt(state)?.videoDir ?? '');
	return [state, {kind: 'copy', text, what: 'the path'}];
}

function outputPath(state: DashboardState, run: Run): string {
	const folder = state.runFolderOf(run.id);
	return 'outputs' in run && run.outputs ? `${folder}/outputs` : folder;
}
