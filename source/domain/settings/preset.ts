import {CosmosError} from '../errors.js';
import {nearestWord} from '../nearest-word.js';
import type {Operation, SettingsOf} from './settings.js';

/** Settings of one operation under a name; the others have their defaults. */
export type Preset<O extends Operation = Operation> = {
	name: string;
	operation: O;
	/** The family of a transfer; absent for the first one. */
	model?: string;
	/** Its mode; absent for the family's first. */
	mode?: string;
	settings: Partial<SettingsOf<O>>;
};

/** @throws CosmosError (usage) that names the nearest preset there is */
export function getPreset(presets: readonly Preset[], name: string): Preset {
	const found = presets.find(preset => preset.name === name);
	if (!found) {
		const names = presets.map(preset => preset.name);
		const nearest = nearestWord(name, names);
		throw new CosmosError('not-found', `there is no preset "${name}"`, {
			hint:
				names.length === 0
					? 'Create one: cosmos presets save NAME --steps 20 …'
					: nearest
						? `Did you mean "${nearest}"?`
						: `Expected one of: ${names.join(', ')}.`,
		});
	}

	return found;
}
