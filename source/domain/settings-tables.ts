import {defaultModel, familyOf, modelNames} from './models/families.js';
import {problemWith} from './setting-problem.js';
import {
	type Kind,
	type Operation,
	type OperationSettings,
	operations,
	operationTables,
	type Setting,
	type SettingsOf,
	type SettingValue,
} from './settings.js';

/** Every kind of job: a transfer by each family of models, and what one model alone does. */
export const kinds = operations.flatMap((operation): Kind[] =>
	operation === 'transfer'
		? modelNames.map(model => ({operation, model}))
		: [{operation, model: defaultModel}],
);

/** The settings of a kind. Every one has a time limit. */
export function tableOfKind({operation, model}: Kind): readonly Setting[] {
	return operation === 'transfer' ? familyOf(model).settings : operationTables[operation];
}

/** `transfer2.5` for a transfer by a family that is not the first, else the operation: for people. */
export function kindName({operation, model}: Kind): string {
	return operation === 'transfer' && model !== defaultModel ? model : operation;
}

/** Whose settings a kind has, for people: the family of a transfer, else the operation. */
export function ownerName({operation, model}: Kind): string {
	return operation === 'transfer' ? model : operation;
}

export function defaultsOf<O extends Operation>(operation: O, model = defaultModel): SettingsOf<O> {
	return Object.fromEntries(
		tableOfKind({operation, model}).map(row => [row.key, row.default]),
	) as SettingsOf<O>;
}

export type SettingInForce = {row: Setting; value: SettingValue; changed: boolean};

/** Every setting of a run in the order of its table, for a person to read. */
export function settingValues(run: OperationSettings): SettingInForce[] {
	const values: Readonly<Record<string, SettingValue>> = run.settings;
	return tableOfKind(run).map(row => {
		const value = values[row.key] as SettingValue;
		return {row, value, changed: value !== row.default};
	});
}

/**
 * The settings of a run for another family: those stay that both have and the other allows.
 * @returns all of them for the same family
 */
export function carriedOver(
	{operation, model, settings}: {operation: Operation; model: string; settings: object},
	to: string,
): Record<string, SettingValue> {
	const given = settings as Record<string, SettingValue>;
	if (operation !== 'transfer' || model === to) {
		return {...given};
	}

	const defaults: Record<string, SettingValue> = defaultsOf('transfer', model);
	const rows = tableOfKind({operation, model: to});
	return Object.fromEntries(
		rows.flatMap(row => {
			const value = given[row.key];
			const kept = value !== undefined && value !== defaults[row.key] && !problemWith(row, value);
			return kept ? [[row.key, value]] : [];
		}),
	);
}

/** The kind of job that a request asks for, as far as the request itself says. */
export function kindOfRequest(request: {operation?: Operation; model?: string}): string {
	const {operation = 'transfer', model = defaultModel} = request;
	return kindName({operation, model});
}
