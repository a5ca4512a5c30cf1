/**
 * What a value is said for: `process`, for everything that one process of the model does, so that
 * all runs of a batch have it alike; or `sample`, for each run of a batch by itself.
 */
export type Scope = 'process' | 'sample';

/**
 * One launch setting. The form, the command line's flags, `--help`, the spec files and the store
 * read tables of them: those below, and one in each family of models (`models/`).
 */
export type Setting = {
	key: string;
	label: string;
	help: string;
	/** Shown with the first settings of the form; the others are under "more". */
	main: boolean;
	scope: Scope;
	/** It follows from the inputs, or means something else than in other families: it is not taken over from them. */
	own?: true;
} & (
	| {
			kind: 'number' | 'integer';
			default: number;
			min: number;
			max: number;
			step: number;
			unit?: string;
	  }
	| {kind: 'choice'; default: string; choices: readonly string[]}
	/** One line, which may be empty. */
	| {kind: 'text'; default: string}
	| {kind: 'switch'; default: boolean}
);

/** The controls whose weights `--weights` gives, in its order. */
export const weightNames = ['vis', 'edge', 'depth', 'seg'] as const;
export type WeightName = (typeof weightNames)[number];
/** A setting of an earlier version: runs that have it are shown with it. */
export type RemovedSetting = Setting & {
	/** Why a run with another value than the default cannot be made again. @default it had no effect */
	problem?: string;
};

/** The controls that a user's folder can have: a family has settings for those that it knows. */
export const controlNames = [...weightNames, 'wsm'] as const;
export type ControlName = (typeof controlNames)[number];

type Range = readonly [min: number, max: number, step: number];

/** What a row says beside the rest. @default the label is the key, and it is shown with the first settings */
type MoreOfRow = Partial<Pick<Setting, 'label' | 'main' | 'own'>>;

/** The row of a number. `usual` is its default. */
export function numberRow<K extends string, S extends Scope>(
	key: K,
	scope: S,
	usual: number,
	[min, max, step]: Range,
	help: string,
	more: MoreOfRow & {unit?: string} = {},
) {
	const range = {default: usual, min, max, step};
	return {
		key,
		label: key as string,
		help,
		main: true,
		scope,
		kind: 'number',
		...range,
		...more,
	} as const;
}

/** The row of a whole number. */
export function integerRow<K extends string, S extends Scope>(
	...row: Parameters<typeof numberRow<K, S>>
) {
	return {...numberRow(...row), kind: 'integer'} as const;
}

/** The row of one of some words. */
export function choiceRow<K extends string, S extends Scope, const C extends readonly string[]>(
	key: K,
	scope: S,
	usual: C[number],
	choices: C,
	help: string,
	more: MoreOfRow = {},
) {
	const words = {default: usual, choices};
	return {
		key,
		label: key as string,
		help,
		main: true,
		scope,
		kind: 'choice',
		...words,
		...more,
	} as const;
}

/** The row of what is on or off. */
export function switchRow<K extends string, S extends Scope>(
	key: K,
	scope: S,
	usual: boolean,
	help: string,
	more: MoreOfRow = {},
) {
	return {
		key,
		label: key as string,
		help,
		main: true,
		scope,
		kind: 'switch',
		default: usual,
		...more,
	} as const;
}

/** The row that every table ends with: a batch has the sum of its runs' limits. */
export const timeLimit = (seconds: number) =>
	integerRow(
		'timeLimit',
		'sample',
		seconds,
		[10, 172_800, 60],
		'seconds after which the job is stopped',
		{
			label: 'time limit',
			unit: 's',
		},
	);

/** The largest seed that the programs take. */
const largestSeed = 4_294_967_295;

/** The row of the seed. */
export const seedRow = <S extends Scope>(scope: S, usual: number, help: string) =>
	integerRow('seed', scope, usual, [0, largestSeed, 1], help);

const upscaleTable = [
	numberRow('weight', 'sample', 0.5, [0, 1, 0.05], 'how closely the result follows the video'),
	// As for one clip; a longer video has more.
	timeLimit(15_600),
] as const satisfies readonly Setting[];

const enhanceTable = [
	switchRow(
		'createNew',
		'sample',
		true,
		'put the text into a new prompt; off replaces the text of this prompt',
		{
			label: 'create new',
		},
	),
	switchRow('force', 'sample', false, 'replace the text even if finished runs used it'),
	timeLimit(1800),
] as const satisfies readonly Setting[];

/** What every recipe has; its own time limit takes the place of the default. */
const recipeTable = [
	seedRow('sample', 1, 'the value of {seed} in the command'),
	timeLimit(3600),
] as const satisfies readonly Setting[];

/** The settings that each operation has whoever does it; a family may have more for its enhancements. */
export const operationTables = {
	upscale: upscaleTable,
	enhance: enhanceTable,
	recipe: recipeTable,
} as const;

/** What a run can do; a transfer is what a launch without another word is. */
export type Operation = 'transfer' | keyof typeof operationTables;
export const operations = ['transfer', ...Object.keys(operationTables)] as readonly Operation[];

export type SettingValue = string | number | boolean;
type ValueOf<R> = R extends {kind: 'switch'}
	? boolean
	: R extends {kind: 'choice'; choices: readonly (infer C)[]}
		? C
		: R extends {kind: 'text'}
			? string
			: number;

/** Every setting of a table with its value. */
export type ValuesOf<T extends readonly Setting[]> = {[R in T[number] as R['key']]: ValueOf<R>};

/** The keys of a table's settings of one scope. */
export type KeyOfScope<T extends readonly Setting[], S extends Scope> = Extract<
	T[number],
	{scope: S}
>['key'];

/** The settings of a transfer: the weights that its family has, and whatever else it has. */
export type TransferSettings = Partial<Record<ControlName, number>> & {timeLimit: number} & {
	[key: string]: SettingValue;
};

/** Every setting of an operation with its value: what a run is launched with. */
export type SettingsOf<O extends Operation> = O extends keyof typeof operationTables
	? ValuesOf<(typeof operationTables)[O]> &
			(O extends 'recipe' | 'enhance' ? {[key: string]: SettingValue} : unknown)
	: TransferSettings;
export type Settings = TransferSettings;

/**
 * What decides which settings a run has: a transfer or an enhancement has those of its model's family. For a
 * recipe `model` is its name. `mode` is absent for what has one only.
 */
export type Kind = {
	operation: Operation;
	model: string;
	mode?: string;
	/** The recipe itself, where it is known: it may have settings of its own. */
	recipe?: {timeLimit: number; settings?: readonly Setting[]};
};

/** Settings of one operation, whichever it is. */
export type OperationSettings = {
	[O in Operation]: {operation: O; model: string; mode?: string; settings: SettingsOf<O>};
}[Operation];

/** Every setting of a table: what is given, else its default. */
export function withTableDefaults(
	rows: readonly Setting[],
	given: Readonly<Record<string, SettingValue>>,
): TransferSettings {
	const defaults = Object.fromEntries(rows.map(row => [row.key, row.default]));
	return {...defaults, ...given} as TransferSettings;
}

/** The controls that a run uses. */
export function activeControls(settings: Partial<Record<ControlName, unknown>>): ControlName[] {
	return controlNames.filter(name => Number(settings[name] ?? 0) > 0);
}

/** The flag of a setting on the command line: `sigmaMax` is `--sigma-max`. */
export function flagName(key: string): string {
	return `--${key.replaceAll('_', '-').replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}
