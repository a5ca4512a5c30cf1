import type {DeleteRequest} from '../../domain/deletion.js';
import type {Run} from '../../domain/types.js';
import type {DashboardState} from '../dashboard-state.js';
import type {Effect} from '../effect.js';
import {
	type DeleteView,
	type RecordForm,
	recordProblem,
	type Thing,
	tagChanges,
	thingsName,
} from '../forms/record-form.js';
import {textField} from '../forms/text-field.js';
import type {CommandName} from '../keys/bindings.js';
import type {Overlay} from '../overlay.js';
import {
	canFinish,
	jobsAtHand,
	promptAtHand,
	promptsAtHand,
	runAtHand,
	runsAtHand,
} from '../selectors.js';
import type {RecordDeed} from './record-deed.js';

/** The marked prompts or runs, where some are marked; else the one at hand. */
export function thingsAtHand(state: DashboardState): Thing[] {
	return state.subject === 'runs'
		? runsAtHand(state).map(({run}) => ({id: run.id, name: run.promptName, annotations: run}))
		: promptsAtHand(state).map(prompt => ({
				id: prompt.id,
				name: prompt.name,
				annotations: prompt,
			}));
}

/** Actions on records that open something; undefined when it is another command. */
export function openRecordOverlay(
	state: DashboardState,
	command: CommandName,
): Overlay | undefined {
	const things = thingsAtHand(state);
	const [first] = things;
	if (!first) {
		return undefined;
	}

	const only = things.length === 1 ? first.annotations : {};
	switch (command) {
		case 'rate':
			return {kind: 'rate', things};
		case 'tags':
			return recordForm('tags', things, (only.tags ?? []).join(' '));
		case 'note':
			return recordForm('note', things, only.note ?? '');
		case 'rename': {
			const prompt = promptAtHand(state);
			return prompt
				? recordForm(
						'rename',
						[{id: prompt.id, name: prompt.name, annotations: prompt}],
						prompt.name,
					)
				: undefined;
		}

		case 'delete':
			return deleteView(requestFor(things));
		default:
			return undefined;
	}
}

function recordForm(
	purpose: RecordForm['purpose'],
	things: readonly Thing[],
	text: string,
): RecordForm {
	return {kind: 'record', purpose, things, field: textField(text), typed: false, refusal: ''};
}

const requestFor = (things: readonly Thing[]): DeleteRequest => ({
	ids: things.map(({id}) => id),
	outputsOnly: false,
	withRuns: false,
});

export function deleteView(request: DeleteRequest): DeleteView {
	return {kind: 'delete', request, view: {state: 'making'}, scroll: 0};
}

/** The request after a key of the deletion's dialog. */
export function changedRequest(request: DeleteRequest, command: CommandName): DeleteRequest {
	switch (command) {
		case 'delete-runs':
			return {...request, withRuns: !request.withRuns};
		case 'delete-outputs':
			return {...request, outputsOnly: !request.outputsOnly, withRuns: false};
		default:
			return request;
	}
}

/** What a key of the home screen asks of the world for records. */
export function recordHomeEffect(state: DashboardState, command: CommandName): Effect | undefined {
	const things = thingsAtHand(state);
	switch (command) {
		case 'delete':
			return things.length > 0 ? asDeed({do: 'preview', request: requestFor(things)}) : undefined;
		case 'edit-text': {
			const prompt = promptAtHand(state);
			return prompt
				? asDeed({do: 'edit', promptId: prompt.id, name: prompt.name, text: prompt.text})
				: undefined;
		}

		case 'open-video': {
			const run = runAtHand(state)?.run;
			return run && asDeed({do: 'open-video', runId: run.id});
		}

		case 'fetch':
			return {
				kind: 'fetch',
				runIds: runsAtHand(state)
					.filter(canFinish)
					.map(({run}) => run.id),
			};
		case 'copy-id': {
			const jobs = state.subject === 'queue' ? jobsAtHand(state) : [];
			const ids = [...things, ...jobs.map(({job}) => job)].map(({id}) => id);
			return {
				kind: 'copy',
				text: ids.join('\n'),
				what: ids.length === 1 ? (ids[0] ?? '') : `${ids.length} ids`,
			};
		}

		case 'copy-path': {
			const run = state.subject === 'runs' ? runAtHand(state)?.run : undefined;
			const text = run ? outputPath(state, run) : (promptAtHand(state)?.videoDir ?? '');
			return {kind: 'copy', text, what: 'the path'};
		}

		default:
			return undefined;
	}
}

function outputPath(state: DashboardState, run: Run): string {
	const folder = state.runFolderOf(run.id);
	return 'outputs' in run && run.outputs ? `${folder}/outputs` : folder;
}

/** What a key in one of the dialogs for records asks of the world. */
export function recordEffect(overlay: Overlay, command: CommandName): Effect | undefined {
	switch (overlay.kind) {
		case 'rate':
			return rateEffect(overlay.things, command);
		case 'record':
			return command === 'record-save' && recordProblem(overlay) === undefined
				? asDeed(saveDeed(overlay))
				: undefined;
		case 'delete': {
			if (command === 'delete-yes') {
				return asDeed({do: 'delete', request: overlay.request});
			}

			const request = changedRequest(overlay.request, command);
			return request === overlay.request ? undefined : asDeed({do: 'preview', request});
		}

		case 'edited':
			return command === 'text-new' || command === 'text-replace'
				? asDeed({
						do: 'save-text',
						edited: overlay,
						how: command === 'text-new' ? 'new' : 'replace',
					})
				: undefined;
		default:
			return undefined;
	}
}

const asDeed = (deed: RecordDeed): Effect => ({kind: 'record', deed});

function rateEffect(things: readonly Thing[], command: CommandName): Effect | undefined {
	const rating = Number(/^rate-(\d)$/.exec(command)?.[1] ?? Number.NaN);
	return Number.isNaN(rating)
		? undefined
		: asDeed({
				do: 'annotate',
				changes: things.map(({id}) => ({id, change: {rating}})),
				said: `${thingsName(things)}: ${rating === 0 ? 'not rated' : '★'.repeat(rating)}`,
			});
}

function saveDeed(form: RecordForm): RecordDeed {
	const {purpose, things, field} = form;
	const text = field.text.trim();
	switch (purpose) {
		case 'tags':
			return {do: 'annotate', changes: tagChanges(form), said: `${thingsName(things)}: tagged`};
		case 'note':
			return {
				do: 'annotate',
				changes: things.map(({id}) => ({id, change: {note: text}})),
				said: `${thingsName(things)}: ${text === '' ? 'no note' : 'noted'}`,
			};
		case 'rename':
			return {do: 'rename', promptId: things[0]?.id ?? '', name: text};
	}
}
