import {CosmosError} from '../errors.js';
import {inputsFor, modeForInputs, modelNames} from '../models/families.js';
import {flagName} from '../settings/settings.js';
import {completeSettings} from '../settings/settings-check.js';
import type {AnyInput} from './media.js';
import type {Spec} from './spec-file.js';

/** The flags that give a launch the mode and the settings of a file, without those that it would refuse. */
export function launchFlags(
	{settings, mode, model}: Pick<Spec, 'settings' | 'mode' | 'model'>,
	inputs: readonly AnyInput[],
): string[] {
	const kinds = (model === undefined ? modelNames : [model]).map(one => {
		const usual = modeForInputs(
			one,
			inputs.map(({role}) => role),
		).name;
		return {model: one, usual, mode: mode ?? usual};
	});
	const given: Record<string, unknown> = {};
	const flags = kinds.every(kind => kind.mode === kind.usual) ? [] : ['--mode', String(mode)];
	// Twice: a weight that is refused by itself is taken once the file's other weights are there.
	for (const [key, value] of [...settings, ...settings]) {
		const isNew = value !== undefined && !(key in given);
		if (isNew && kinds.some(kind => isTaken({...given, [key]: value}, kind, inputs))) {
			given[key] = value;
			flags.push(...flagWords(key, value));
		}
	}

	return flags;
}

const flagWords = (key: string, value: unknown) =>
	typeof value === 'boolean'
		? [flagName(value ? key : `no_${key}`)]
		: [flagName(key), String(value)];

function isTaken(
	given: Readonly<Record<string, unknown>>,
	{model, mode}: {model: string; mode: string},
	inputs: readonly AnyInput[],
): boolean {
	try {
		completeSettings('transfer', given, model, mode, inputsFor(model, inputs));
		return true;
	} catch (error) {
		if (error instanceof CosmosError) {
			return false;
		}

		throw error;
	}
}
