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

/** Stands for whichever recipe, where only the operation matters. */
export const anyRecipe = 'recipe';

/** Every kind of job: a transfer by each family of models, a recipe, and what one model alone does. */
export const kinds = operations.flatMap((operation): Kind[] =>
	operation === 'transfer'
		? modelNames.map(model => ({operation, model}))
		: [{operation, model: operation === 'recipe' ? anyRecipe : defaultModel}],
);

/** Whether it is done by one of several, each with a name of its own. */
function hasNames(operation: Operation): boolean {
	return operation === 'transfer' || operation === 'recipe';
}

/** The settings of a kind. Every one has a time limit. */
export function tableOfKind({operation, model}: Kind): readonly Setting[] {
	return operation === 'transfer' ? familyOf(model).settings : operationTables[operation];
}

/**
 * For people: `transfer2.5` for a transfer by a family that is not the first, the name of a recipe,
 * else the operation.
 */
export function kindName({operation, model}: Kind): string {
	return hasNames(operation) && model !== defaultModel ? model : operation;
}

/** Whose settings a kind has, for people: the family of a transfer, the recipe, else the operation. */
export function ownerName({operation, model}: Kind): string {
	return hasNames(operation) ? model : operation;
}

export function defaultsOf<O extends Operation>(operation: O, model = defaultModel): SettingsOf<O> {
	return Object.fromEntries(
		tableOfKind({operation, model}).map(row => [row.key, row.default]),
	) as SettingsOf<O>;
}

export type SettingInForce = {row: Setting; value: SettingValue; changed: boolean};

/**
 * Every setting of a run in the order of its table, for a person to read.
 * @param run.recipe its time limit is the default of its runs
 */
export function settingValues(
	run: OperationSettings & {recipe?: {timeLimit: number}},
): SettingInForce[] {
	const values: Readonly<Record<string, SettingValue>> = run.settings;
	return tableOfKind(run).map(given => {
		const own = given.key === 'timeLimit' ? run.recipe?.timeLimit : undefined;
		const row = own === undefined ? given : ({...given, default: own} as Setting);
		const value = values[row.key] as SettingValue;
		return {row, value, changed: value !== row.default};
	});
}

/**
 * The settings of a run for another family: those stay that both have and the other allows.
 * @returns all of them for the same family
 */
export function carryOver(
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

type Asked = {operation?: Operation; model?: string; recipe?: string | {name: string}};

/** The family or the recipe that a request names; undefined where it leaves that to others. */
export function modelOfRequest({model, recipe}: Asked): string | undefined {
	return typeof recipe === 'object' ? recipe.name : (recipe ?? model);
}

/** The kind of job that a request asks for, as far as the request itself says. */
export function kindOfRequest(request: Asked): string {
	const {operation = 'transfer'} = request;
	return kindName({operation, model: modelOfRequest(request) ?? defaultModel});
}
