import {flagName, type Operation, settingsTables} from '../domain/settings.js';
import {settingFlags, settingsFrom, weightsFlag, weightsFrom} from './setting-flags.js';
import type {Flag, Words} from './verb.js';

const operations = Object.keys(settingsTables) as Operation[];

/** The flags of every setting of every operation, each once: for verbs that learn which one later. */
export const allSettingFlags: readonly Flag[] = [
	weightsFlag,
	...operations
		.flatMap(operation => settingFlags(operation).map(flag => ({operation, flag})))
		.filter(({flag}, index, all) => all.findIndex(one => one.flag.key === flag.key) === index)
		.map(({flag, operation}) => ({...flag, help: helpFor(flag, operation)})),
];

/** Says whose setting it is; a default that may differ between operations is left out. */
function helpFor({key, help}: Flag, operation: Operation): string {
	return operationsWith(key).length > 1
		? help.replace(/; default [^)]*\)$/, ')')
		: `${operation}: ${help}`;
}

function operationsWith(key: string): readonly Operation[] {
	return operations.filter(operation => settingsTables[operation].some(row => row.key === key));
}

/** The first flag given that sets nothing in an operation, as the user wrote it. */
export function unfitFlag(words: Words, operation: Operation): string | undefined {
	const isGiven = (key: string) => words.text(key) !== undefined || words.on(key) || words.off(key);
	if (operation !== 'transfer' && isGiven('weights')) {
		return '--weights';
	}

	const key = allSettingFlags
		.map(flag => flag.key)
		.filter(one => one !== 'weights' && !operationsWith(one).includes(operation))
		.find(isGiven);
	return key && flagName(key);
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
