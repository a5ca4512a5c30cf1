import type {DashboardState} from './dashboard-state.js';
import {discard} from './forms/discard.js';
import {handsIn} from './forms/hand-in.js';
import {
	editFieldText,
	eraseInField,
	type LaunchForm,
	moveField,
	stepField,
	toggleField,
	typeIntoField,
} from './forms/launch-form.js';
import {presetForm, reducePresetForm, typeIntoPresetForm} from './forms/preset-form.js';
import {
	editPrompt,
	movePromptField,
	type PromptForm,
	promptFields,
	promptProblem,
	typeIntoPrompt,
} from './forms/prompt-form.js';
import {editText, insertText, type TextEdit} from './forms/text-field.js';
import {neighbourHost} from './host/host-look.js';
import type {CommandName} from './keys/bindings.js';
import {findStarted} from './log/log-commands.js';
import type {Overlay} from './overlay.js';
import {scrolledPage} from './page-scroll.js';
import {reducePalette, typeIntoPalette} from './palette/reduce-palette.js';
import {reduceBatching} from './queue/batching.js';
import {reduceRecord, typeIntoRecord} from './records/reduce-record.js';

/** Commands inside an overlay. The overlay is left open unless it says otherwise. */
export function reduceOverlay(
	state: DashboardState,
	overlay: Overlay,
	command: CommandName,
): DashboardState {
	const show = (next: Overlay | undefined) => ({...state, overlay: next});
	if (overlay.kind === 'launch' || overlay.kind === 'plan') {
		if (overlay.form.sent) {
			return state;
		}

		if (handsIn(overlay, command)) {
			return show({...overlay, form: {...overlay.form, sent: true, refusal: ''}});
		}
	}

	switch (overlay.kind) {
		case 'host':
			return command === 'host-next' || command === 'host-previous'
				? show({
						...overlay,
						host: neighbourHost(state, overlay.host, command === 'host-next' ? 1 : -1),
						scroll: 0,
					})
				: show(command === 'page-close' ? undefined : scrolledPage(state, overlay, command));
		case 'help':
		case 'notices':
		case 'stats':
			return show(command === 'page-close' ? undefined : scrolledPage(state, overlay, command));
		case 'filter':
			return reduceFilter(state, overlay, command);
		case 'batching':
			return reduceBatching(state, scrolledPage(state, overlay, command), command);
		case 'find':
			if (command === 'find-start') {
				return findStarted(state, overlay);
			}

			return command === 'find-cancel'
				? show(undefined)
				: show({...overlay, field: editText(overlay.field, command as TextEdit)});
		case 'launch':
			return command === 'form-close'
				? show(overlay.form.typed ? discard(overlay) : undefined)
				: command === 'preset-save'
					? show(presetForm(overlay.form))
					: command === 'show-plan'
						? show({kind: 'plan', form: overlay.form, view: {state: 'making'}, scroll: 0})
						: show({...overlay, form: reduceLaunch(overlay.form, command)});
		case 'plan':
			return command === 'page-close'
				? show({kind: 'launch', form: overlay.form})
				: show(scrolledPage(state, overlay, command));
		case 'prompt':
			return command === 'form-close'
				? show(overlay.form.typed ? discard(overlay) : undefined)
				: show({...overlay, form: reducePrompt(overlay.form, command)});
		case 'preset':
			return show(reducePresetForm(overlay, command));
		case 'rate':
		case 'record':
		case 'delete':
		case 'edited':
			return reduceRecord(state, overlay, command);
		case 'palette':
			return show(reducePalette(overlay, command));
		case 'confirm':
			return show(command === 'confirm-no' ? overlay.under : undefined);
		case 'quit':
			return command === 'quit-stay'
				? show(overlay.under)
				: show({...overlay, stopping: overlay.stopping || command === 'quit-stop'});
	}
}

/** Typed or pasted text inside an overlay. */
export function typeIntoOverlay(state: DashboardState, text: string): DashboardState {
	const {overlay} = state;
	switch (overlay?.kind) {
		case 'filter':
			return filterBy(state, {...overlay, field: insertText(overlay.field, text, false)});
		case 'find':
			return {...state, overlay: {...overlay, field: insertText(overlay.field, text, false)}};
		case 'launch':
			return overlay.form.sent
				? state
				: {...state, overlay: {...overlay, form: typeIntoField(overlay.form, text)}};
		case 'prompt':
			return {...state, overlay: {...overlay, form: typeIntoPrompt(overlay.form, text)}};
		case 'preset':
			return {...state, overlay: typeIntoPresetForm(overlay, text)};
		case 'record':
			return {...state, overlay: typeIntoRecord(overlay, text)};
		case 'palette':
			return {...state, overlay: typeIntoPalette(overlay, text)};
		default:
			return state;
	}
}

function reduceFilter(
	state: DashboardState,
	overlay: Extract<Overlay, {kind: 'filter'}>,
	command: CommandName,
): DashboardState {
	switch (command) {
		case 'keep-filter':
			return {...state, overlay: undefined};
		case 'drop-filter': {
			const filters = {...state.filters, [overlay.list]: overlay.before};
			return {...state, filters, overlay: undefined};
		}

		default:
			return filterBy(state, {...overlay, field: editText(overlay.field, command as TextEdit)});
	}
}

function filterBy(
	state: DashboardState,
	overlay: Extract<Overlay, {kind: 'filter'}>,
): DashboardState {
	return {
		...state,
		overlay,
		filters: {...state.filters, [overlay.list]: overlay.field.text.trim()},
	};
}

function reduceLaunch(form: LaunchForm, command: CommandName): LaunchForm {
	switch (command) {
		case 'form-next':
			return moveField(form, 1);
		case 'form-previous':
			return moveField(form, -1);
		case 'value-up':
			return stepField(form, 1);
		case 'value-down':
			return stepField(form, -1);
		case 'value-toggle':
			return toggleField(form);
		case 'value-erase':
			return eraseInField(form, false);
		case 'value-clear':
			return eraseInField(form, true);
		case 'form-submit':
			return form.focus === 'more' ? toggleField(form) : form;
		default:
			return editFieldText(form, command as TextEdit);
	}
}

function reducePrompt(form: PromptForm, command: CommandName): PromptForm {
	switch (command) {
		case 'form-next':
			return movePromptField(form, 1);
		case 'form-previous':
			return movePromptField(form, -1);
		case 'complete-or-next':
			return form.focus === 'folder' ? form : movePromptField(form, 1);
		case 'form-submit':
		case 'create-now': {
			if (command === 'form-submit' && form.focus !== promptFields.at(-1)) {
				return movePromptField(form, 1);
			}

			const problem = promptProblem(form);
			return problem ? {...form, focus: problem.field, pressed: true} : {...form, saving: true};
		}

		case 'new-line':
			return typeIntoPrompt(form, '\n');
		default:
			return editPrompt(form, command as TextEdit);
	}
}
