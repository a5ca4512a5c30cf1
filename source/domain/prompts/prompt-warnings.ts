import {type AnyInput, isMedia} from '../inputs/media.js';
import {inputsFor, modeForInputs, outlookOf} from '../models/families.js';
import type {TransferSettings} from '../settings/settings.js';
import {resolveSettings} from '../settings/settings-tables.js';

/**
 * What a person should know of a new prompt, a line each: how its inputs fit each other, by the model that it
 * is for.
 */
export function promptWarnings(
	{text, negative, inputs}: {text: string; negative: string; inputs: readonly AnyInput[]},
	model: string,
): string[] {
	const usable = inputsFor(model, inputs);
	const mode = modeForInputs(
		model,
		usable.map(({role}) => role),
	);
	const kind = {operation: 'transfer', model, mode: mode.name} as const;
	const settings = resolveSettings(kind, {}, usable).values as TransferSettings;
	const launch = {promptText: text, negative, settings, inputs: inputs.filter(isMedia)};
	const {misfit, warnings} = outlookOf(kind, launch);
	return misfit ? [misfit, ...warnings] : [...warnings];
}
