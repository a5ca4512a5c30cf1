import {defaultModel} from '../../domain/models/families.js';
import type {Preset} from '../../domain/preset.js';
import type {OperationSettings, Setting, SettingValue} from '../../domain/settings.js';
import {type FormTarget, targetDefaults} from './form-target.js';

/** Settings that a form can load at once. */
export type FormPreset = {name: string; settings: OperationSettings['settings']};

export const defaultsName = 'defaults';

/** What a form offers: how it began, the defaults, the presets of its kind. */
export function formPresets(
	{target, model}: {target: FormTarget; model: string},
	presets: readonly Preset[],
	first: FormPreset | undefined,
): FormPreset[] {
	const {operation} = target;
	const defaults = targetDefaults(target, model) as OperationSettings['settings'];
	return [
		...(first ? [first] : []),
		{name: defaultsName, settings: defaults},
		...presets
			.filter(preset => preset.operation === operation && (preset.model ?? defaultModel) === model)
			.map(({name, settings}) => ({
				name,
				settings: {...defaults, ...settings} as OperationSettings['settings'],
			})),
	];
}

export type ValuesByKey = Readonly<Record<string, SettingValue>>;

/** Settings as the fields of a form have them: numbers as they are typed. */
export function valuesOf(
	table: readonly Setting[],
	settings: ValuesByKey,
): Readonly<Partial<Record<string, string | boolean>>> {
	return Object.fromEntries(
		table.map(({key, kind}) => [
			key,
			kind === 'switch' ? settings[key] === true : String(settings[key]),
		]),
	);
}
