import {CosmosError} from './errors.js';
import {
	controlNames,
	flagName,
	type Operation,
	type Setting,
	type SettingKey,
	type Settings,
	type SettingsOf,
	settingsTables,
} from './settings.js';

/** What is wrong with one value, in words that fit beside its field; undefined when nothing is. */
export function problemWith(row: Setting, value: unknown): string | undefined {
	if (row.kind === 'switch') {
		return typeof value === 'boolean' ? undefined : 'is on or off';
	}

	if (row.kind === 'choice') {
		return row.choices.includes(value as string)
			? undefined
			: `is one of ${row.choices.join(', ')}`;
	}

	if (typeof value !== 'number' || !Number.isFinite(value)) {
		return 'is a number';
	}

	if (row.kind === 'integer' && !Number.isInteger(value)) {
		return 'is a whole number';
	}

	return value < row.min || value > row.max ? `is from ${row.min} to ${row.max}` : undefined;
}

/** What is wrong between settings that are each right: the key to blame, and why. */
export function conflictIn(settings: Settings): {key: SettingKey; problem: string} | undefined {
	if (controlNames.every(name => settings[name] === 0)) {
		return {key: 'vis', problem: 'all four weights are 0: give at least one control a weight'};
	}

	const others = controlNames.filter(name => name !== 'edge' && settings[name] > 0);
	if (settings.distilled && others.length > 0) {
		return {key: 'distilled', problem: `works with edge alone: set ${others.join(', ')} to 0`};
	}

	return undefined;
}

/**
 * Completes settings with the defaults and checks them.
 * @param given the values that differ; undefined ones are left out
 * @throws CosmosError (usage) that names the first wrong setting, its value and its range
 */
export function completeSettings<O extends Operation>(
	operation: O,
	given: Readonly<Record<string, unknown>>,
): SettingsOf<O> {
	const settings: Record<string, unknown> = {};
	for (const row of settingsTables[operation]) {
		const value = given[row.key] ?? row.default;
		const problem = problemWith(row, value);
		if (problem) {
			throw new CosmosError('usage', `${flagName(row.key)} ${problem}, not ${String(value)}`, {
				hint: `The default is ${String(row.default)}.`,
			});
		}

		settings[row.key] = value;
	}

	const conflict = operation === 'transfer' ? conflictIn(settings as Settings) : undefined;
	if (conflict) {
		throw new CosmosError('usage', `${flagName(conflict.key)}: ${conflict.problem}`);
	}

	return settings as SettingsOf<O>;
}
