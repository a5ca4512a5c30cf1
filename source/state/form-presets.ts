import type {Preset} from '../domain/preset.js';
import {defaultsOf, type Operation, type OperationSettings} from '../domain/settings.js';
import type {TextField} from './text-field.js';

/** Settings that a form can take over at once. */
export type FormPreset = {name: string; settings: OperationSettings['settings']};

/** Typing the name under which a form's settings are kept. */
export type PresetForm<Form> = {
	kind: 'preset';
	/** The launch form that comes back. */
	form: Form;
	field: TextField;
	refusal: string;
	/** The name is taken, and the user has been told so: once more replaces. */
	replaces: string;
};

export const defaultsName = 'defaults';

/** What a form offers: how it began, the defaults, the presets of its operation. */
export function formPresets(
	operation: Operation,
	presets: readonly Preset[],
	first: FormPreset | undefined,
): FormPreset[] {
	const defaults = defaultsOf(operation) as OperationSettings['settings'];
	return [
		...(first ? [first] : []),
		{name: defaultsName, settings: defaults},
		...presets
			.filter(preset => preset.operation === operation)
			.map(({name, settings}) => ({
				name,
				settings: {...defaults, ...settings} as OperationSettings['settings'],
			})),
	];
}
