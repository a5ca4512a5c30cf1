import {hintOf, messageOf} from '../../domain/errors.js';
import {defaultModel} from '../../domain/models/families.js';
import {checkPresetName} from '../../domain/preset.js';
import type {DashboardState, Step} from '../../state/dashboard-state.js';
import {show} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {textField} from '../../state/text-field.js';
import {defaultsName, formPresets} from '../launch/form-presets.js';
import {type LaunchForm, settingsIn} from '../launch/launch-form.js';

/** Names of what is offered beside the presets. */
const reserved = [defaultsName, 'last used', 'as it ran'];

/** The dialog that asks for a name, over the form. */
export function presetForm(form: LaunchForm): OverlayOf<'preset'> {
	const name = reserved.includes(form.preset) ? '' : form.preset;
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
		...(form.model !== defaultModel && {model: form.model}),
		settings: settingsIn(form),
	};
	return [
		{...state, overlay: {kind: 'launch', form: {...form, preset: name}}},
		{kind: 'save-preset', preset, replace: overlay.replaces === name},
	];
}

function problemOf({field, form, replaces}: OverlayOf<'preset'>): string | undefined {
	const name = field.text.trim();
	try {
		checkPresetName(name);
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
	const first = form.presets.find(({name}) => name !== defaultsName && reserved.includes(name));
	const offered = formPresets(form, presets, first);
	const changed = {...form, kept: presets ?? [], presets: offered};
	return {...state, presets, overlay: {...overlay, form: changed}};
}
