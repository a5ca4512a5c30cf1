import type {DeleteRequest} from '../../domain/deletion.js';
import type {DashboardState} from '../dashboard-state.js';
import {discard} from '../forms/discard.js';
import {type RecordForm, recordProblem} from '../forms/record-form.js';
import {editText, insertText, type TextEdit} from '../forms/text-field.js';
import type {CommandName} from '../keys/bindings.js';
import type {Overlay} from '../overlay.js';
import {scrolledPage} from '../page-scroll.js';
import {selectedIndex, visibleIds} from '../selectors.js';
import type {RecordEvent} from './record-deed.js';
import {changedRequest, deleteView} from './record-overlay.js';

type RecordOverlay = Extract<Overlay, {kind: 'rate' | 'record' | 'delete' | 'edited'}>;

/** A key in one of the dialogs for records. */
export function reduceRecord(
	state: DashboardState,
	overlay: RecordOverlay,
	command: CommandName,
): DashboardState {
	const show = (next: Overlay | undefined) => ({...state, overlay: next});
	if (command === 'record-close') {
		// A note is long enough to be missed.
		const missed = overlay.kind === 'record' && overlay.purpose === 'note' && overlay.typed;
		return show(missed ? discard(overlay) : undefined);
	}

	switch (overlay.kind) {
		case 'rate':
		case 'edited':
			return show(undefined);
		case 'record':
			return show(reduceForm(overlay, command));
		case 'delete': {
			if (command === 'delete-yes') {
				return {...beside(state, overlay.request.ids), overlay: undefined};
			}

			const request = changedRequest(overlay.request, command);
			return show(
				request === overlay.request ? scrolledPage(state, overlay, command) : deleteView(request),
			);
		}
	}
}

/** Selects the row after those that go, so that the list does not jump to its beginning. */
function beside(state: DashboardState, going: readonly string[]): DashboardState {
	const list = state.subject;
	const ids = visibleIds(state, list);
	const at = selectedIndex(state, list);
	const stays = (id: string) => !going.includes(id);
	const next = ids.slice(at).find(stays) ?? ids.slice(0, at).findLast(stays);
	return {...state, selected: {...state.selected, [list]: next}};
}

function reduceForm(form: RecordForm, command: CommandName): RecordForm | undefined {
	switch (command) {
		case 'record-save': {
			const refusal = recordProblem(form);
			return refusal === undefined ? undefined : {...form, refusal};
		}

		case 'new-line':
			return typeIntoRecord(form, '\n');
		default: {
			const field = editText(form.field, command as TextEdit);
			return {...form, field, typed: form.typed || field.text !== form.field.text};
		}
	}
}

export function typeIntoRecord(form: RecordForm, text: string): RecordForm {
	const field = insertText(form.field, text, form.purpose === 'note');
	return {...form, field, typed: true, refusal: ''};
}

/** How an action on records went. */
export function reduceRecordEvent(state: DashboardState, event: RecordEvent): DashboardState {
	const {overlay} = state;
	switch (event.now) {
		case 'previewed':
			return overlay?.kind === 'delete' && same(overlay.request, event.request)
				? {...state, overlay: {...overlay, view: event.view}}
				: state;
		case 'text-in-use':
			return {...state, overlay: event.edited};
	}
}

function same(one: DeleteRequest, other: DeleteRequest): boolean {
	return (
		one.withRuns === other.withRuns &&
		one.outputsOnly === other.outputsOnly &&
		one.ids.join() === other.ids.join()
	);
}
