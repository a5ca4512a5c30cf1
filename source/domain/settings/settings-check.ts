import {CosmosError} from '../errors.js';
import {familyOf, modeOf, unnamedModel} from '../models/families.js';
import type {Conflict, Inputs} from '../models/family.js';
import {problemWith} from './setting-problem.js';
import {
	flagName,
	type Kind,
	type Operation,
	type SettingsOf,
	type SettingValue,
	type TransferSettings,
} from './settings.js';
import {
	kinds,
	ownerName,
	removedOf,
	resolveSettings,
	rowsFor,
	type SettingsInForce,
	tableOfKind,
} from './settings-tables.js';

/** Conflicts between settings that are valid on their own: the key to blame, and why. */
export function conflictIn(
	settings: TransferSettings,
	model = unnamedModel,
	mode?: string,
	inputs?: Inputs,
): Conflict | undefined {
	return modeOf({model, mode}).conflictIn(settings, inputs);
}

/**
 * Completes settings with the defaults and checks them.
 * @param given the values that differ; undefined ones are left out
 * @param model the family of a transfer
 * @param mode its mode; default the family's first
 * @param inputs those of its prompt, from which defaults follow; absent where none is known
 * @throws CosmosError (usage) that names the first wrong setting, its value and its range
 */
export function completeSettings<O extends Operation>(
	operation: O,
	given: Readonly<Record<string, unknown>>,
	model = unnamedModel,
	mode?: string,
	inputs?: Inputs,
): SettingsOf<O> {
	// A family of one mode is called by its own name.
	const isOnly = operation !== 'transfer' || familyOf(model).modes.length === 1;
	const kind = {operation, model, mode: isOnly ? undefined : mode};
	return completeKind(kind, given, inputs) as SettingsOf<O>;
}

/** The same for a kind of job, which may be a recipe with settings of its own. */
export function completeKind(
	kind: Kind,
	given: Readonly<Record<string, unknown>>,
	inputs?: Inputs,
): Record<string, SettingValue> {
	const {operation, model, mode} = kind;
	const table = tableOfKind(kind);
	const known = [...table, ...removedOf(kind)];
	const unknown = Object.keys(given).find(
		key => given[key] !== undefined && !known.some(row => row.key === key),
	);
	if (unknown !== undefined) {
		throw unknownSettingError(flagName(unknown), kind);
	}

	checkRemoved(kind, given);
	const rows = rowsFor(kind, given, inputs);
	const settings: Record<string, unknown> = {};
	for (const row of rows) {
		const value = given[row.key] ?? row.default;
		const problem = problemWith(row, value);
		if (problem) {
			const isNumber = row.kind === 'number' || row.kind === 'integer';
			const said = isNumber ? JSON.stringify(value) : String(value);
			throw new CosmosError('invalid-setting', `${flagName(row.key)} ${problem}, not ${said}`, {
				hint: `The default is ${String(row.default)}.`,
			});
		}

		settings[row.key] = value;
	}

	const conflict =
		operation === 'transfer'
			? (conflictIn(settings as TransferSettings, model, mode, inputs) ??
				(inputs && unusedIn(given, resolveSettings(kind, given, inputs))))
			: undefined;
	if (conflict) {
		throw new CosmosError('invalid-setting', `${flagName(conflict.key)}: ${conflict.problem}`);
	}

	return settings as Record<string, SettingValue>;
}

/** @throws CosmosError (usage) for a setting of an earlier version that would be missing in the result */
function checkRemoved(kind: Kind, given: Readonly<Record<string, unknown>>): void {
	const removed = removedOf(kind).find(
		({key, problem, default: usual}) => problem && (given[key] ?? usual) !== usual,
	);
	if (removed) {
		const text = `${flagName(removed.key)} is no longer a setting of ${ownerName(kind)}: ${removed.problem}`;
		throw new CosmosError('invalid-setting', text, {
			hint: 'Launch the prompt again without it: `cosmos inference`.',
		});
	}
}

/** A value that a person has given and that would do nothing. */
function unusedIn(
	given: Readonly<Record<string, unknown>>,
	{rows, unused}: SettingsInForce,
): Conflict | undefined {
	const row = rows.find(({key, ...one}) => {
		const value = given[key];
		return key in unused && value !== undefined && value !== one.default;
	});
	return row && {key: row.key, problem: unused[row.key] as string};
}

/** A setting that a kind of job does not have. */
export function unknownSettingError(flag: string, kind: Kind): CosmosError {
	const key = flag.replace(/^--(?:no-)?/, '');
	const others = kinds.filter(one =>
		tableOfKind(one).some(row => flagName(row.key) === `--${key}`),
	);
	return new CosmosError('invalid-setting', `${flag} is not a setting of ${ownerName(kind)}`, {
		hint: others.length > 0 ? `It belongs to ${others.map(ownerName).join(', ')}.` : '',
	});
}
