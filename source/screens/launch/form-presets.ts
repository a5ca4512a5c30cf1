import {modeOf, namedMode, unnamedModel} from '../../domain/models/families.js';
import type {Preset} from '../../domain/settings/preset.js';
import type {SettingValue} from '../../domain/settings/settings.js';
import type {FormTarget} from './form-target.js';

export type ValuesByKey = Readonly<Record<string, SettingValue>>;

/** Values as the fields of a form have them: numbers as they are typed, choices as words, switches. */
export type FormValues = Readonly<Partial<Record<string, string | boolean>>>;

/** Settings that a form can load at once; those that are not in it have their defaults. */
export type FormPreset = {name: string; settings: ValuesByKey};

export const defaultsName = 'defaults';
export const lastUsedName = 'last used';
export const ranName = 'as it ran';
/** Names of what is offered beside the presets. */
export const ownPresets: readonly string[] = [defaultsName, lastUsedName, ranName];

/** What a form offers: what it was given, the defaults, the presets of its kind. */
export function formPresets(
	{target, model, mode}: {target: FormTarget; model: string; mode?: string},
	presets: readonly Preset[],
	first: (FormPreset & {model: string; mode?: string}) | undefined,
): FormPreset[] {
	const {operation} = target;
	const isSame = (other: {model?: string; mode?: string}) => {
		const {model: itsModel = unnamedModel} = other;
		return itsModel === model && modeName(operation, itsModel, other.mode) === mode;
	};
	return [
		...(first && isSame(first) ? [{name: first.name, settings: first.settings}] : []),
		{name: defaultsName, settings: {}},
		...presets
			.filter(preset => preset.operation === operation && isSame(preset))
			.map(({name, settings}) => ({name, settings: settings as ValuesByKey})),
	];
}

/** A preset that names no mode is for its family's first. */
function modeName(operation: string, model: string, mode: string | undefined): string | undefined {
	switch (operation) {
		case 'transfer':
			return namedMode(model, modeOf({model, mode}).name).mode;
		case 'enhance':
			return mode;
		default:
			return undefined;
	}
}

export function valuesOf(settings: ValuesByKey): FormValues {
	return Object.fromEntries(
		Object.entries(settings).map(([key, value]) => [
			key,
			typeof value === 'boolean' ? value : String(value),
		]),
	);
}
