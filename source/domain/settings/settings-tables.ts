import type {PromptInput} from '../inputs/media.js';
import {
	enhancerOf,
	enhancers,
	enhancingFamily,
	familyOf,
	modelNames,
	modeOf,
	namedMode,
	unnamedModel,
} from '../models/families.js';
import type {Inputs, Values, WordsByKey} from '../models/family.js';
import type {RunInput} from '../types.js';
import {problemWith} from './setting-problem.js';
import {
	controlNames,
	type Kind,
	type Operation,
	operations,
	operationTables,
	type RemovedSetting,
	type Setting,
	type SettingsOf,
	type SettingValue,
	type TransferSettings,
} from './settings.js';

/** Stands for whichever recipe, where only the operation matters. */
export const anyRecipe = 'recipe';

/** Every kind of job: transfers and enhancements as each family does them, a recipe, and what one model alone does. */
export const kinds = operations.flatMap((operation): Kind[] => {
	switch (operation) {
		case 'transfer':
			return modelNames.flatMap(model =>
				familyOf(model).modes.map(({name}) => ({operation, model, ...namedMode(model, name)})),
			);
		case 'enhance':
			return enhancers.map(({model, enhancer: {name}}) => ({
				...{operation, model},
				...(name !== undefined && {mode: name}),
			}));
		default:
			return [{operation, model: operation === 'recipe' ? anyRecipe : unnamedModel}];
	}
});

/** Whether it is done by one of several, each with a name of its own. */
function hasNames(operation: Operation): boolean {
	return operation === 'transfer' || operation === 'recipe';
}

/** The settings of a kind. Every one has a time limit. */
export function tableOfKind(kind: Kind): readonly Setting[] {
	const {operation, recipe} = kind;
	if (operation === 'recipe' && recipe) {
		return recipeTable(recipe);
	}

	if (operation === 'enhance') {
		return enhancerOf(kind).settings;
	}

	return operation === 'transfer' ? modeOf(kind).settings : operationTables[operation];
}

/** Settings that a kind had in earlier versions. */
export function removedOf(kind: Kind): readonly RemovedSetting[] {
	return kind.operation === 'transfer' ? (modeOf(kind).removed ?? []) : [];
}

/** What every recipe has, with its own settings between, and its own time limit. */
function recipeTable({timeLimit, settings = []}: NonNullable<Kind['recipe']>): readonly Setting[] {
	const [seed, limit] = operationTables.recipe;
	return [seed, ...settings, {...limit, default: timeLimit}];
}

/**
 * For people: `transfer2.5` for a transfer by a family that is not the first, the name of a recipe,
 * else the operation.
 */
export function kindName({operation, model, mode}: Kind): string {
	const name = hasNames(operation) && model !== unnamedModel ? model : operation;
	return mode === undefined ? name : `${name} ${mode}`;
}

/** Whose settings a kind has, for people: the family of a transfer, the recipe, else the operation. */
export function ownerName({operation, model, mode}: Kind): string {
	const name = hasNames(operation) ? model : operation;
	return mode === undefined ? name : `${name} ${mode}`;
}

export function defaultsOf<O extends Operation>(
	operation: O,
	model = unnamedModel,
	mode?: string,
): SettingsOf<O> {
	return Object.fromEntries(
		tableOfKind({operation, model, mode}).map(row => [row.key, row.default]),
	) as SettingsOf<O>;
}

/**
 * A kind's rows with the defaults in force: of the checkpoint that the settings name, or of the usual
 * one, and those that follow from the inputs.
 * @param given what differs from the defaults
 * @param inputs those of the prompt; absent where none is known
 */
export function rowsFor(
	kind: Kind,
	given: Readonly<Record<string, unknown>>,
	inputs?: Inputs,
): readonly Setting[] {
	const table = tableOfKind(kind);
	if (kind.operation !== 'transfer') {
		return table;
	}

	const {checkpoints = []} = familyOf(kind.model);
	const wanted = given.checkpoint ?? table.find(({key}) => key === 'checkpoint')?.default;
	const ofCheckpoint = checkpoints.find(({name}) => name === wanted)?.defaults ?? {};
	const rows = withDefaults(table, ofCheckpoint);
	const own = inputs && modeOf(kind).defaultsFor;
	return own ? withDefaults(rows, own(inputs, valuesIn(rows, given))) : rows;
}

/** Rows with other defaults, by key. */
export function withDefaults(rows: readonly Setting[], values: Values): readonly Setting[] {
	return rows.map(row =>
		row.key in values ? ({...row, default: values[row.key]} as Setting) : row,
	);
}

/** The given values that can be used: a wrong one decides nothing about others. */
function valuesIn(rows: readonly Setting[], given: Readonly<Record<string, unknown>>): Values {
	return Object.fromEntries(
		rows.flatMap(row => {
			const value = given[row.key];
			return value === undefined || problemWith(row, value)
				? []
				: [[row.key, value as SettingValue]];
		}),
	);
}

/** A launch's settings as they are, for a form or a plan. */
export type SettingsInForce = {
	/** The rows with the defaults that apply here. */
	rows: readonly Setting[];
	/** Every setting: what is given, else its default. Unchecked. */
	values: Values;
	/** What does nothing here, and why: a form shows it disabled, with its default. */
	unused: WordsByKey;
	/** What values come to, to be shown beside them. */
	meanings: WordsByKey;
};

/**
 * All settings that a launch of a kind would have with these inputs. It never throws, so that a form
 * can ask while it is filled in.
 * @param given only what a person has set, so that all else can follow from it
 */
export function resolveSettings(
	kind: Kind,
	given: Readonly<Record<string, unknown>>,
	inputs: Inputs,
): SettingsInForce {
	const rows = rowsFor(kind, given, inputs);
	const all = Object.fromEntries(rows.map(row => [row.key, given[row.key] ?? row.default]));
	const values = all as TransferSettings;
	const mode = kind.operation === 'transfer' ? modeOf(kind) : undefined;
	const isValid = rows.every(row => !problemWith(row, values[row.key]));
	return {
		rows,
		values,
		unused: (isValid && mode?.unused?.(values, inputs)) || {},
		meanings: (isValid && mode?.meanings?.(values, inputs)) || {},
	};
}

export type SettingInForce = {row: Setting; value: SettingValue; changed: boolean};

/** The settings of a run, and what it was made from. */
export type SetRun = Kind & {settings: object; inputs?: readonly RunInput[]};

/**
 * Every setting of a run in the order of its table, for a person to read. What follows from the inputs
 * is a default; runs of earlier versions do not say enough of theirs.
 */
export function settingValues(run: SetRun): SettingInForce[] {
	const values = run.settings as Values;
	const gone = removedOf(run).filter(({key, default: usual}) => (values[key] ?? usual) !== usual);
	const inputs = knownInputs(run.inputs);
	// The controls that a run has used are no reason for themselves.
	const isControl = (key: string) => controlNames.some(name => name === key);
	const others = Object.fromEntries(Object.entries(values).filter(([key]) => !isControl(key)));
	const withoutControls = rowsFor(run, others, inputs);
	const rows = rowsFor(run, values, inputs).map((row, at) =>
		inputs && isControl(row.key) ? (withoutControls[at] ?? row) : row,
	);
	return [...rows, ...gone].map(row => {
		const value = values[row.key] ?? row.default;
		return {row, value, changed: value !== row.default};
	});
}

/** The inputs of a run with what the families know them by; undefined where it has not stored that. */
function knownInputs(inputs: readonly RunInput[] | undefined): Inputs | undefined {
	const known = inputs?.flatMap(({frames, fps, width, height, ...input}): PromptInput[] =>
		width === undefined || height === undefined
			? []
			: frames === undefined || fps === undefined
				? [{...input, width, height, kind: 'image'}]
				: [{...input, width, height, frames, fps}],
	);
	return known?.length === inputs?.length ? known : undefined;
}

/** The settings of a run that somebody has set to another value than the default. */
export function changedSettings(run: SetRun): Record<string, SettingValue> {
	const changed = settingValues(run).filter(one => one.changed);
	return Object.fromEntries(changed.map(({row, value}) => [row.key, value]));
}

/**
 * The settings of a run for another family or mode: those stay that both have and the other allows.
 * @param toMode absent where the prompt's inputs will decide: then what every mode has
 * @returns all of them for the same family and mode
 */
export function carryOver(
	run: SetRun,
	to: string,
	toMode = run.model === to ? run.mode : undefined,
): Record<string, SettingValue> {
	const {operation, model, mode, settings} = run;
	if ((operation !== 'transfer' && operation !== 'enhance') || (model === to && mode === toMode)) {
		return {...(settings as Values)};
	}

	if (operation === 'enhance') {
		// Which of a family's ways it will be, its host decides.
		const tables = kinds
			.filter(one => one.operation === operation && one.model === enhancingFamily(to))
			.map(tableOfKind);
		const isKnown = (key: string) => tables.every(rows => rows.some(row => row.key === key));
		return Object.fromEntries(Object.entries(settings as Values).filter(([key]) => isKnown(key)));
	}

	const changed = changedSettings(run);
	const modes = toMode === undefined ? familyOf(to).modes : [modeOf({model: to, mode: toMode})];
	const rows = (modes[0]?.settings ?? [])
		.filter(({key, own}) => key in changed && !(own && model !== to))
		.filter(({key}) => modes.every(one => one.settings.some(row => row.key === key)));
	return Object.fromEntries(
		rows.flatMap(row => {
			const value = changed[row.key];
			return value === undefined || problemWith(row, value) ? [] : [[row.key, value]];
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
	return kindName({operation, model: modelOfRequest(request) ?? unnamedModel, mode});
}
