import {parseDecimal} from '../../domain/decimal.js';
import type {Endpoint} from '../../domain/hosts/endpoint.js';
import {
	familyOf,
	missingRoles,
	modelNames,
	modeOf,
	unnamedModel,
} from '../../domain/models/families.js';
import type {Preset} from '../../domain/settings/preset.js';
import {problemWith} from '../../domain/settings/setting-problem.js';
import type {
	Kind,
	OperationSettings,
	Setting,
	Settings,
	SettingValue,
} from '../../domain/settings/settings.js';
import {conflictIn} from '../../domain/settings/settings-check.js';
import {type SettingsInForce, tableOfKind} from '../../domain/settings/settings-tables.js';
import {describePoint} from '../../domain/sweep/combine.js';
import {expandRequest} from '../../domain/sweep/expand.js';
import type {TextField} from '../../state/text-field.js';
import type {LaunchRequest} from '../../workflow/workflow-types.js';
import {
	defaultsName,
	type FormPreset,
	type FormValues,
	formPresets,
	type ValuesByKey,
	valuesOf,
} from './form-presets.js';
import {axesOf, firstNumber, listIn, sizeProblem} from './form-sweep.js';
import {
	type FormTarget,
	targetInputs,
	targetMode,
	targetNames,
	targetRequests,
	targetSettings,
} from './form-target.js';

/**
 * A setting's key, or `preset`, `model` and `mode` of a transfer, `recipe`, `text` for the upscaler
 * alone, `host`, `more`.
 */
export type LaunchFieldName = string;

/** The form of every operation; its fields are the rows of the operation's settings table. */
export type LaunchForm = {
	target: FormTarget;
	/** The id of the run that is run again. */
	again?: string;
	/** Names of the configured hosts and groups, and `any`. */
	hosts: readonly string[];
	/** Those of them that can run a recipe with an image. */
	imageHosts: readonly string[];
	host: string;
	/** The family of models, or the recipe's name; the first family for what is neither. */
	model: string;
	/** What the family does, or how it enhances a text; absent where it can do one thing only. */
	mode: string | undefined;
	/** The family of each of `hosts`. */
	hostModels: Readonly<Record<string, string>>;
	/** The endpoint that the host of its name stands for. */
	endpoint?: Endpoint;
	/** All presets, and how the form began. */
	kept: readonly Preset[];
	first?: FormPreset & {model: string; mode?: string};
	/** Settings that can be loaded: how the form began, the defaults, the presets. */
	presets: readonly FormPreset[];
	/** The one that the values are of; empty once they were changed. */
	preset: string;
	/**
	 * What was entered: numbers as they are typed, choices as words, switches. A field that is not in
	 * it has its default, whatever that becomes by a change of another field.
	 */
	values: FormValues;
	/** Where the cursor is in the text that has the focus. */
	cursor: number;
	focus: LaunchFieldName;
	/** The next typed character replaces the number instead of extending it. */
	fresh: boolean;
	/** The rare settings are unfolded. */
	more: boolean;
	/** Something was typed, so closing asks first. */
	typed: boolean;
	/** Why the launch was refused. */
	refusal: string;
	/** It is being checked; keys do nothing until the answer. */
	submitted: boolean;
};

type FormKind = Pick<LaunchForm, 'target' | 'model' | 'mode'>;

export const kindOfForm = ({target, model, mode}: FormKind): Kind => ({
	operation: target.operation,
	model,
	...(mode !== undefined && {mode}),
	...(target.operation === 'recipe' && {recipe: target.recipe}),
});

type Entered = FormKind & Pick<LaunchForm, 'values'>;

/**
 * The settings in force for one thing of the form: rows with their defaults, values, what does
 * nothing and why.
 */
export function inForce(form: Entered, at = 0): SettingsInForce {
	return targetSettings(form.target, kindOfForm(form), enteredBy(form), at);
}

/** The settings of a form, with the defaults that they have beside the values that were entered. */
export const rowsOf = (form: Entered): readonly Setting[] => inForce(form).rows;

/** What was entered, as a request has it; a text that should be a number and is none stays a text. */
function enteredBy(form: Entered): ValuesByKey {
	return Object.fromEntries(
		tableOfKind(kindOfForm(form)).flatMap(({key, kind}) => {
			const {[key]: value} = form.values;
			const number = kind === 'number' || kind === 'integer' ? firstNumber(value) : Number.NaN;
			return value === undefined ? [] : [[key, Number.isNaN(number) ? value : number]];
		}),
	);
}

export function launchForm(given: {
	target: FormTarget;
	hosts: readonly string[];
	imageHosts?: readonly string[];
	host: string;
	/** Default: the first family. */
	model?: string;
	/** Default: the one that the inputs of the prompts are for. */
	mode?: string;
	hostModels?: Readonly<Record<string, string>>;
	endpoint?: Endpoint;
	/** Settings that are offered before the defaults, and whether the form begins with them. */
	first?: FormPreset & {model?: string; mode?: string; begins?: boolean};
	presets?: readonly Preset[];
	text?: string;
}): LaunchForm {
	const {target, model = unnamedModel} = given;
	const mode = given.mode ?? targetMode(target, model);
	const first = given.first && {
		name: given.first.name,
		settings: given.first.settings,
		model: given.first.model ?? model,
		mode: given.first.model === undefined ? mode : given.first.mode,
	};
	const form: LaunchForm = {
		model,
		mode,
		hostModels: given.hostModels ?? {},
		...(given.endpoint && {endpoint: given.endpoint}),
		kept: given.presets ?? [],
		first,
		presets: formPresets({target, model, mode}, given.presets ?? [], first),
		preset: given.first?.begins ? given.first.name : defaultsName,
		target,
		hosts: given.hosts,
		imageHosts: given.imageHosts ?? given.hosts,
		host: given.host,
		values: given.text ? {text: given.text} : {},
		cursor: 0,
		focus: '',
		fresh: true,
		more: false,
		typed: false,
		refusal: '',
		submitted: false,
	};
	const begun = given.first?.begins
		? {...form, values: {...form.values, ...valuesOf(given.first.settings)}}
		: form;
	const rows = rowsOf(begun);
	return {
		...begun,
		focus: choosesRecipe(target) ? 'recipe' : firstSetting(begun),
		more: rows.some(row => !row.main && isChanged(begun, row)),
	};
}

/** The first setting that does something. */
function firstSetting(form: LaunchForm): LaunchFieldName {
	const {rows, unused} = inForce(form);
	return rows.find(({key}) => !(key in unused))?.key ?? 'host';
}

const choosesRecipe = (target: FormTarget) =>
	target.operation === 'recipe' && target.recipes.length > 1;

/**
 * The fields in the order of the form; those that are folded away are left out: the rare ones, and
 * the weights of controls that the prompt cannot have.
 */
export function fieldsOf(form: LaunchForm): LaunchFieldName[] {
	const {rows, unused} = inForce(form);
	const isFirst = (row: Setting) =>
		row.main && !(isWeight(row) && row.key in unused && !row.default);
	const rare = rows.filter(row => !isFirst(row)).map(row => row.key);
	const {operation} = form.target;
	return [
		...(operation === 'transfer' && modelNames.length > 1 ? ['model'] : []),
		// How a text is enhanced, the host decides.
		...(form.mode === undefined || operation !== 'transfer' ? [] : ['mode']),
		...(operation === 'recipe' ? ['recipe'] : []),
		'preset',
		...rows.filter(isFirst).map(row => row.key),
		...(operation === 'upscale' ? ['text'] : []),
		'host',
		...(rare.length === 0 ? [] : ['more']),
		...(form.more ? rare : []),
	];
}

/** Whether a setting is shown as a bar: a number from 0 to 1. */
export const isWeight = (row: Setting): boolean =>
	row.kind === 'number' && row.min === 0 && row.max === 1;

/** The modes that the family of a form has, where it can do several things. */
export function modesOf({target, model}: FormKind): readonly string[] {
	const modes = target.operation === 'transfer' ? familyOf(model).modes : [];
	return modes.length > 1 ? modes.map(({name}) => name) : [];
}

/** What a field has now, as the form keeps it: what was entered, else the default. */
export function shownValue(form: LaunchForm, row: Setting): string | boolean {
	const {[row.key]: entered} = form.values;
	const usual = row.kind === 'switch' ? row.default : String(row.default);
	return entered === undefined || whyUnused(form, row.key) !== undefined ? usual : entered;
}

/** Why a setting does nothing here; undefined when it does something. */
export const whyUnused = (form: LaunchForm, key: string): string | undefined =>
	inForce(form).unused[key];

/** Whether a field has another value than its default. */
export function isChanged(form: LaunchForm, row: Setting): boolean {
	const {[row.key]: value} = enteredIn(form);
	return value !== undefined && value !== row.default;
}

/** All settings as the form has them now. */
export function settingsIn(form: LaunchForm, at = 0): OperationSettings['settings'] {
	const {rows, values, unused} = inForce(form, at);
	return Object.fromEntries(
		rows.map(row => [row.key, row.key in unused ? row.default : values[row.key]]),
	) as OperationSettings['settings'];
}

/** The settings that were entered: each launch completes them with the defaults of its own. */
export function enteredIn(form: LaunchForm): ValuesByKey {
	const {rows, unused} = inForce(form);
	// The weight of a single control does nothing, but it says which control that is.
	const chosen = rows.filter(row => row.key in unused && enteredBy(form)[row.key] === row.default);
	return Object.fromEntries(
		Object.entries(enteredBy(form)).filter(
			([key]) => !(key in unused) || chosen.some(row => row.key === key),
		),
	);
}

/** The settings that differ from their defaults, for a preset. */
export function changedIn(form: LaunchForm): ValuesByKey {
	const changed = rowsOf(form).filter(row => isChanged(form, row));
	const entered = enteredIn(form);
	return Object.fromEntries(changed.map(({key}) => [key, entered[key] as SettingValue]));
}

/** The defaults that a setting has for the prompts of the form, where they differ. */
export function defaultsByPrompt(form: LaunchForm, key: string): readonly SettingValue[] {
	const {target, values} = form;
	if (target.operation !== 'transfer' || values[key] !== undefined) {
		return [];
	}

	const all = new Set(target.prompts.map((_, at) => inForce(form, at).values[key]));
	return all.size > 1 ? ([...all] as SettingValue[]) : [];
}

/** What is wrong with the fields, in words that fit beside them. */
export function problemsIn(form: LaunchForm): Partial<Record<LaunchFieldName, string>> {
	const settings = settingsIn(form);
	const problems: Partial<Record<LaunchFieldName, string>> = {};
	for (const row of rowsOf(form)) {
		const listed = listIn(row, form.values[row.key]);
		const problem = listed
			? 'problem' in listed && listed.problem
			: problemWith(row, (settings as ValuesByKey)[row.key]);
		if (problem) {
			problems[row.key] = problem;
		}
	}

	Object.assign(problems, sizeProblem(axesIn(form), unsweptRequests(form), 'host'));
	return {
		...(Object.keys(problems).length === 0 ? promptProblem(form) : problems),
		...inputProblem(form),
	};
}

/** What is wrong between valid settings and the inputs of a prompt: the first that is found. */
function promptProblem(form: LaunchForm): Partial<Record<string, string>> {
	const {target, model, mode} = form;
	if (target.operation !== 'transfer') {
		return {};
	}

	for (const [at, {name}] of target.prompts.entries()) {
		const settings = settingsIn(form, at) as Settings;
		const inputs = targetInputs(target, model, at);
		const who = target.prompts.length > 1 ? `${name}: ` : '';
		const conflict = conflictIn(settings, model, mode, inputs);
		if (conflict) {
			return {[conflict.key]: who + conflict.problem};
		}

		const refusal = modeOf({model, mode}).refusedInput?.(settings, inputs);
		if (refusal) {
			return {[inputsField(form)]: who + refusal};
		}
	}

	return {};
}

/** An input that the mode needs and one of the prompts lacks. */
function inputProblem(form: LaunchForm): Partial<Record<string, string>> {
	const {target, model, mode} = form;
	if (target.operation !== 'transfer') {
		return {};
	}

	for (const [at, {name}] of target.prompts.entries()) {
		const there = targetInputs(target, model, at).map(({role}) => role);
		const [missing] = missingRoles(modeOf({model, mode}), there);
		if (missing !== undefined) {
			const who = target.prompts.length > 1 ? name : 'this prompt';
			return {[inputsField(form)]: `needs ${missing}, and ${who} has none`};
		}
	}

	return {};
}

/** The field that what a prompt has is for. */
const inputsField = ({mode}: LaunchForm) => (mode === undefined ? 'model' : 'mode');

/** Whether a value is wrong. */
export const hasProblems = (form: LaunchForm) => Object.keys(problemsIn(form)).length > 0;

/**
 * What the form launches, each with its name: one for each prompt or video and, where a setting has several
 * values or a prompt's text alternatives, for each combination of them.
 */
export function launchesOf(form: LaunchForm): Array<{name: string; request: LaunchRequest}> {
	const names = targetNames(form.target);
	return unsweptRequests(form).flatMap((one, at) =>
		expandRequest(one, axesIn(form)).map(request => {
			const point = request.sweep ? ` (${describePoint(request.sweep.axes)})` : '';
			return {name: `${names[at]}${point}`, request};
		}),
	);
}

const axesIn = (form: LaunchForm) => axesOf(rowsOf(form), form.values);

function unsweptRequests(form: LaunchForm): LaunchRequest[] {
	const {target, values} = form;
	const text = typeof values.text === 'string' ? values.text : '';
	return targetRequests(target, enteredIn(form), {...form, text});
}

/** The requests of what it launches. */
export const requestsOf = (form: LaunchForm): LaunchRequest[] =>
	launchesOf(form).map(({request}) => request);

/** The text that has the focus; undefined where no text is typed. */
export function focusedText(form: LaunchForm): TextField | undefined {
	const {focus, cursor} = form;
	const row = rowsOf(form).find(({key}) => key === focus);
	if (focus !== 'text' && row?.kind !== 'text') {
		return undefined;
	}

	const text = textIn(form, focus);
	return {text, cursor: Math.min(cursor, text.length)};
}

/** What stands in a field of a text. */
export function textIn(form: LaunchForm, name: LaunchFieldName): string {
	const row = rowsOf(form).find(({key}) => key === name);
	return String(row ? shownValue(form, row) : (form.values[name] ?? ''));
}

/** A typed number; NaN for what is none. */
export function toNumber(value: string | boolean | undefined): number {
	return typeof value === 'string' ? parseDecimal(value) : Number.NaN;
}
