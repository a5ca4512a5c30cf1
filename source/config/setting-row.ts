import type {RecipeSetting} from '../domain/types.js';

/** A recipe's setting as the configuration has it. */
export type SettingEntry = {label?: string; help: string} & (
	| {kind: 'integer' | 'number'; default: number; min: number; max: number; step?: number}
	| {kind: 'choice'; default: string; choices: string[]}
	| {kind: 'switch'; default: boolean; on?: string; off?: string}
	| {kind: 'text'; default: string}
);

/** Steps that the keys of a form take from one end of a range of numbers to the other. */
const usualSteps = 20;

/** A recipe's setting as a row of a table, like those of the models. */
export function settingRow(key: string, {label, ...given}: SettingEntry): RecipeSetting {
	const row = {
		...{key, label: label ?? key.replaceAll('_', ' ')},
		...({main: true, scope: 'sample'} as const),
	};
	switch (given.kind) {
		case 'integer':
			return {...row, ...given, step: given.step ?? 1};
		case 'number':
			return {...row, ...given, step: given.step ?? ((given.max - given.min) / usualSteps || 1)};
		default:
			return {...row, ...given};
	}
}
