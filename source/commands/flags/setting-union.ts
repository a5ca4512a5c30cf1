import {flagName, type Kind, type Operation} from '../../domain/settings/settings.js';
import {unknownSettingError} from '../../domain/settings/settings-check.js';
import {kinds, tableOfKind} from '../../domain/settings/settings-tables.js';
import type {Recipe} from '../../domain/types.js';
import type {Flag, Words} from '../verb.js';
import {modeFlags, modelFlag} from './model-flag.js';
import {settingFlags, settingsFrom, weightsFlag, weightsFrom} from './setting-flags.js';

/** The flags of every setting of every kind, each once: for verbs that learn which one later. */
export const allSettingFlags: readonly Flag[] = [
	modelFlag("default: the run's, else the default host's"),
	...modeFlags,
	weightsFlag,
	...settingFlags(kinds),
];

/**
 * @param recipes those whose settings have flags
 * @param besides flags that the verb itself uses for such jobs
 * @throws CosmosError (usage) that names the first flag given that sets nothing in such jobs
 */
export function checkFit(
	words: Words,
	kind: Kind,
	recipes: readonly Recipe[],
	besides: readonly string[] = [],
): void {
	const has = (key: string) => tableOfKind(kind).some(row => row.key === key);
	const ofRecipes = recipes.flatMap(({settings = []}) => settings.map(one => one.key));
	const key = [...allSettingFlags.map(flag => flag.key), ...ofRecipes]
		.filter(one => !besides.includes(one))
		.filter(one =>
			one === 'weights' || one === 'model' || one === 'mode'
				? kind.operation !== 'transfer' && !(one === 'model' && kind.operation === 'enhance')
				: !has(one),
		)
		.find(one => words.text(one) !== undefined || words.on(one) || words.off(one));
	if (key !== undefined) {
		throw unknownSettingError(flagName(key), kind);
	}
}

/**
 * The settings of an operation that a call names.
 * @param recipe the one that it is of, with settings of its own
 * @throws CosmosError (usage) for what is no number
 */
export function settingsFor(
	operation: Operation,
	words: Words,
	recipe?: Recipe,
): Record<string, unknown> {
	const of = recipe && [{operation: 'recipe', model: recipe.name, recipe} as const];
	return {
		...settingsFrom(operation, words, of),
		...(operation === 'transfer' && weightsFrom(words)),
	};
}
