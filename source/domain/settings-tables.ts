import {defaultModel, familyOf, modelNames, modeOf, namedMode} from './models/families.js';
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
		? modelNames.flatMap(model =>
				familyOf(model).modes.map(({name}) => ({operation, model, ...namedMode(model, name)})),
			)
		: [{operation, model: operation === 'recipe' ? anyRecipe : defaultModel}],
);

/** Whether it is done by one of several, each with a name of its own. */
function hasNames(operation: Operation): boolean {
	return operation === 'transfer' || operation === 'recipe';
}

/** The settings of a kind. Every one has a time limit. */
export function tableOfKind(kind: Kind): readonly Setting[] {
	const {operation} = kind;
	return operation === 'transfer' ? modeOf(kind).settings : operationTables[operation];
}

/**
 * For people: `transfer2.5` for a transfer by a family that is not the first, the name of a recipe,
 * else the operation.
 */
export function kindName({operation, model, mode}: Kind): string {
	const name = hasNames(operation) && model !== defaultModel ? model : operation;
	return mode === undefined ? name : `${name} ${mode}`;
}

/** Whose settings a kind has, for people: the family of a transfer, the recipe, else the operation. */
export function ownerName({operation, model, mode}: Kind): string {
	const name = hasNames(operation) ? model : operation;
	return mode === undefined ? name : `${name} ${mode}`;
}

export function defaultsOf<O extends Operation>(
	operation: O,
	model = defaultModel,
	mode?: string,
): SettingsOf<O> {
	return Object.fromEntries(
		tableOfKind({operation, model, mode}).map(row => [row.key, row.default]),
	) as SettingsOf<O>;
}

/** A kind's rows with the defaults of the checkpoint that the settings name, or of the usual one. */
export function rowsFor(kind: Kind, given: Readonly<Record<string, unknown>>): readonly Setting[] {
	const table = tableOfKind(kind);
	const {checkpoints = []} = kind.operation === 'transfer' ? familyOf(kind.model) : {};
	const wanted = given.checkpoint ?? table.find(({key}) => key === 'checkpoint')?.default;
	const usual = checkpoints.find(({name}) => name === wanted)?.defaults ?? {};
	return table.map(row =>
		row.key in usual ? ({...row, default: usual[row.key]} as Setting) : row,
	);
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
	return rowsFor(run, values).map(given => {
		const own = given.key === 'timeLimit' ? run.recipe?.timeLimit : undefined;
		const row = own === undefined ? given : ({...given, default: own} as Setting);
		const value = values[row.key] as SettingValue;
		return {row, value, changed: value !== row.default};
	});
}

/**
 * The settings of a run for another family or mode: those stay that both have and the other allows.
 * @param toMode absent where the prompt's inputs will decide: then what every mode has
 * @returns all of them for the same family and mode
 */
export function carryOver(
	{operation, model, mode, settings}: Kind & {settings: object},
	to: string,
	toMode = model === to ? mode : undefined,
): Record<string, SettingValue> {
	const given = settings as Record<string, SettingValue>;
	if (operation !== 'transfer' || (model === to && mode === toMode)) {
		return {...given};
	}

	const defaults: Record<string, SettingValue> = defaultsOf('transfer', model, mode);
	const modes = toMode === undefined ? familyOf(to).modes : [modeOf({model: to, mode: toMode})];
	const rows = (modes[0]?.settings ?? []).filter(({key}) =>
		modes.every(one => one.settings.some(row => row.key === key)),
	);
	return Object.fromEntries(
		rows.flatMap(row => {
			const value = given[row.key];
			const kept = value !== undefined && value !== defaults[row.key] && !problemWith(row, value);
			return kept ? [[row.key, value]] : [];
		}),
	);
}

type Asked = {
	operation?: Operation;
	model?: string;
	mode?: string;
	recipe?: string | {name: string};
};

/** The family or the recipe that a request names; undefined where it leaves that to others. */
export function modelOfRequest({model, recipe}: Asked): string | undefined {
	return typeof recipe === 'object' ? recipe.name : (recipe ?? model);
}

/** The kind of job that a request asks for, as far as the request itself says. */
export function kindOfRequest(request: Asked): string {
	const {operation = 'transfer', mode} = request;
	return kindName({operation, model: modelOfRequest(request) ?? defaultModel, mode});
}
