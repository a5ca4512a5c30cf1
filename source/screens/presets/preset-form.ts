import {hintOf, messageOf} from '../../domain/errors.js';
import {unnamedModel} from '../../domain/models/families.js';
import {checkName} from '../../domain/prompts/prompt-name.js';
import type {DashboardState, Step} from '../../state/dashboard-state.js';
import {show} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {textField} from '../../state/text-field.js';
import {defaultsName, formPresets, ownPresets} from '../launch/form-presets.js';
import {changedIn, type LaunchForm} from '../launch/launch-form.js';

/** The dialog that asks for a name, over the form. */
export function presetForm(form: LaunchForm): OverlayOf<'preset'> {
	const name = ownPresets.includes(form.preset) ? '' : form.preset;
	return {kind: 'preset', form, field: textField(name), refusal: '', replaces: ''};
}

/** Enter: saves the settings; a name that is taken is replaced by saving once more. */
export function savePreset(state: DashboardState, overlay: OverlayOf<'preset'>): Step {
	const {form} = overlay;
	const name = overlay.field.text.trim();
	const refusal = problemOf(overlay);
	if (refusal !== undefined) {
		return show(state, {...overlay, refusal, replaces: name});
	}

	const preset = {
		name,
		operation: form.target.operation,
		...(form.model !== unnamedModel && {model: form.model}),
		...(form.mode !== undefined && {mode: form.mode}),
		settings: changedIn(form),
	};
	return [
		{...state, overlay: {kind: 'launch', form: {...form, preset: name}}},
		{kind: 'save-preset', preset, replace: overlay.replaces === name},
	];
}

function problemOf({field, form, replaces}: OverlayOf<'preset'>): string | undefined {
	const name = field.text.trim();
	try {
		checkName(name, 'preset');
	} catch (error) {
		return `${messageOf(error)}. ${hintOf(error)}`;
	}

	if (name === defaultsName) {
		return 'the defaults cannot be replaced: choose another name';
	}

	const taken = form.presets.some(preset => preset.name === name);
	return taken && replaces !== name
		? `${name} already exists: save again to replace it`
		: undefined;
}

/** The presets have been read: an open form offers them. */
export function withPresets(
	state: DashboardState,
	presets: DashboardState['presets'],
): DashboardState {
	const {overlay} = state;
	if (overlay?.kind !== 'launch' && overlay?.kind !== 'preset') {
		return {...state, presets};
	}

	const {form} = overlay;
	const offered = formPresets(form, presets, form.first);
	const changed = {...form, kept: presets ?? [], presets: offered};
	return {...state, presets, overlay: {...overlay, form: changed}};
}
