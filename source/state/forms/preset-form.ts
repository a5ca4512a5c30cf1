import {hintOf, messageOf} from '../../domain/errors.js';
import {defaultModel} from '../../domain/models/families.js';
import {checkPresetName} from '../../domain/preset.js';
import type {DashboardState} from '../dashboard-state.js';
import type {Effect} from '../effect.js';
import type {CommandName} from '../keys/bindings.js';
import type {Overlay} from '../overlay.js';
import {defaultsName, formPresets, type PresetForm} from './form-presets.js';
import {type LaunchForm, settingsIn} from './launch-form.js';
import {editText, insertText, type TextEdit, textField} from './text-field.js';

type NameForm = PresetForm<LaunchForm>;

/** Names of what is offered beside the presets. */
const reserved = [defaultsName, 'last used', 'as it ran'];

export function presetForm(form: LaunchForm): NameForm {
	const name = reserved.includes(form.preset) ? '' : form.preset;
	return {kind: 'preset', form, field: textField(name), refusal: '', replaces: ''};
}

/** A key while a preset is named. */
export function reducePresetForm(overlay: NameForm, command: CommandName): Overlay {
	switch (command) {
		case 'record-close':
			return {kind: 'launch', form: overlay.form};
		case 'record-save': {
			const name = overlay.field.text.trim();
			const refusal = problemOf(overlay);
			return refusal === undefined
				? {kind: 'launch', form: {...overlay.form, preset: name}}
				: {...overlay, refusal, replaces: name};
		}

		default:
			return {...overlay, field: editText(overlay.field, command as TextEdit), refusal: ''};
	}
}

export function typeIntoPresetForm(overlay: NameForm, text: string): NameForm {
	return {...overlay, field: insertText(overlay.field, text, false), refusal: ''};
}

/** What enter asks of the world. */
export function presetEffect(overlay: NameForm, command: CommandName): Effect | undefined {
	if (command !== 'record-save' || problemOf(overlay) !== undefined) {
		return undefined;
	}

	const {form} = overlay;
	const preset = {
		name: overlay.field.text.trim(),
		operation: form.target.operation,
		...(form.model !== defaultModel && {model: form.model}),
		settings: settingsIn(form),
	};
	return {kind: 'save-preset', preset, replace: overlay.replaces === preset.name};
}

function problemOf({field, form, replaces}: NameForm): string | undefined {
	const name = field.text.trim();
	try {
		checkPresetName(name);
	} catch (error) {
		return `${messageOf(error)}. ${hintOf(error)}`;
	}

	if (name === defaultsName) {
		return 'the defaults stay what they are: take another name';
	}

	const taken = form.presets.some(preset => preset.name === name);
	return taken && replaces !== name
		? `${name} is there already: save once more to replace it`
		: undefined;
}

/** Presets have been read: an open form offers them. */
export function withPresets(
	state: DashboardState,
	presets: DashboardState['presets'],
): DashboardState {
	const {overlay} = state;
	if (overlay?.kind !== 'launch' && overlay?.kind !== 'preset') {
		return {...state, presets};
	}

	const {form} = overlay;
	const first = form.presets.find(({name}) => name !== defaultsName && reserved.includes(name));
	const offered = formPresets(form, presets, first);
	const changed = {...form, kept: presets ?? [], presets: offered};
	return {...state, presets, overlay: {...overlay, form: changed}};
}
