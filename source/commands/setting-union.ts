import {defaultModel} from '../domain/models/families.js';
import {flagName, type Kind, type Operation} from '../domain/settings.js';
import {unknownSettingError} from '../domain/settings-check.js';
import {kinds, tableOfKind} from '../domain/settings-tables.js';
import {modeFlags, modelFlag} from './model-flag.js';
import {settingFlags, settingsFrom, weightsFlag, weightsFrom} from './setting-flags.js';
import type {Flag, Words} from './verb.js';

/** The flags of every setting of every kind, each once: for verbs that learn which one later. */
export const allSettingFlags: readonly Flag[] = [
	modelFlag(`default: that of the run, else ${defaultModel}`),
	...modeFlags,
	weightsFlag,
	...settingFlags(kinds),
];

/**
 * @param besides flags that the verb itself uses for such jobs
 * @throws CosmosError (usage) that names the first flag given that sets nothing in such jobs
 */
export function checkFit(words: Words, kind: Kind, besides: readonly string[] = []): void {
	const has = (key: string) => tableOfKind(kind).some(row => row.key === key);
	const key = allSettingFlags
		.map(flag => flag.key)
		.filter(one => !besides.includes(one))
		.filter(one =>
			one === 'weights' || one === 'model' || one === 'mode'
				? kind.operation !== 'transfer'
				: !has(one),
		)
		.find(one => words.text(one) !== undefined || words.on(one) || words.off(one));
	if (key !== undefined) {
		throw unknownSettingError(flagName(key), kind);
	}
}

/**
 * The settings of an operation that a call names.
 * @throws CosmosError (usage) for what is no number
 */
export function settingsFor(operation: Operation, words: Words): Record<string, unknown> {
	return {
		...settingsFrom(operation, words),
		...(operation === 'transfer' && weightsFrom(words)),
	};
}
