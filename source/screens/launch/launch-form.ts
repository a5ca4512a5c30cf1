import {parseDecimal} from '../../domain/decimal.js';
import {defaultModel, modelNames} from '../../domain/models/families.js';
import type {Preset} from '../../domain/preset.js';
import {problemWith} from '../../domain/setting-problem.js';
import type {Kind, OperationSettings, Setting, Settings} from '../../domain/settings.js';
import {conflictIn} from '../../domain/settings-check.js';
import {carryOver, tableOfKind} from '../../domain/settings-tables.js';
import {
	editText,
	insertText,
	type TextEdit,
	type TextField,
	textField,
} from '../../state/text-field.js';
import type {LaunchRequest} from '../../workflow/workflow-types.js';
import {neighbour, stepNumber} from './field-steps.js';
import {
	defaultsName,
	type FormPreset,
	formPresets,
	type ValuesByKey,
	valuesOf,
} from './form-presets.js';
import {besideRecipe, type FormTarget, targetDefaults, targetRequests} from './form-target.js';

/**
 * A setting's key, or `preset`, `model` of a transfer, `recipe`, `text` for the upscaler alone, `host`,
 * `more`.
 */
export type LaunchFieldName = string;

/** The form of every operation; its fields are the rows of the operation's settings table. */
export type LaunchForm = {
	target: FormTarget;
	/** Names of the configured hosts and groups, and `any`. */
	hosts: readonly string[];
	host: string;
	/** The family of models, or the recipe's name; the first family for what is neither. */
	model: string;
	/** The family of each host that has a certain one. */
	hostModels: Readonly<Record<string, string>>;
	/** All presets, and how the form began. */
	kept: readonly Preset[];
	first?: FormPreset & {model: string};
	/** Settings that can be loaded: how the form began, the defaults, the presets. */
	presets: readonly FormPreset[];
	/** The one that the values are of; empty once they were changed. */
	preset: string;
	/** Numbers as they are typed, choices as words, switches. */
	values: Readonly<Partial<Record<string, string | boolean>>>;
	text: TextField;
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

/** Characters of a number: the longest seed has ten. */
const longestNumber = 10;

type FormKind = Pick<LaunchForm, 'target' | 'model'>;

export const kindOfForm = ({target: {operation}, model}: FormKind): Kind => ({operation, model});
export const tableOf = (form: FormKind): readonly Setting[] => tableOfKind(kindOfForm(form));

export function launchForm(given: {
	target: FormTarget;
	hosts: readonly string[];
	host: string;
	/** Default: the first family. */
	model?: string;
	hostModels?: Readonly<Record<string, string>>;
	/** How it begins, and what that is called; else with the defaults. */
	first?: FormPreset;
	presets?: readonly Preset[];
	text?: string;
}): LaunchForm {
	const {target, model = defaultModel} = given;
	const kind = kindOfForm({target, model});
	const table = tableOfKind(kind);
	const defaults = targetDefaults(target, model);
	const settings: ValuesByKey = given.first?.settings ?? defaults;
	return {
		model,
		hostModels: given.hostModels ?? {},
		kept: given.presets ?? [],
		first: given.first && {...given.first, model},
		presets: formPresets({target, model}, given.presets ?? [], given.first),
		preset: given.first?.name ?? defaultsName,
		target,
		hosts: given.hosts,
		host: given.host,
		values: valuesOf(table, settings),
		text: textField(given.text),
		focus: choosesRecipe(target) ? 'recipe' : (table[0]?.key ?? 'host'),
		fresh: true,
		more: table.some(({key, main}) => !main && settings[key] !== defaults[key]),
		typed: false,
		refusal: '',
		submitted: false,
	};
}

const choosesRecipe = (target: FormTarget) =>
	target.operation === 'recipe' && target.recipes.length > 1;

/** The fields in the order of the form; those that are folded away are left out. */
export function fieldsOf(form: LaunchForm): LaunchFieldName[] {
	const keys = (main: boolean) =>
		tableOf(form)
			.filter(row => row.main === main)
			.map(row => row.key);
	const rare = keys(false);
	return [
		...(form.target.operation === 'transfer' && modelNames.length > 1 ? ['model'] : []),
		...(form.target.operation === 'recipe' ? ['recipe'] : []),
		'preset',
		...keys(true),
		...(form.target.operation === 'upscale' ? ['text'] : []),
		'host',
		...(rare.length === 0 ? [] : ['more']),
		...(form.more ? rare : []),
	];
}

/** The settings as the form has them now; a text that is no number stays a text. */
export function settingsIn(form: LaunchForm): OperationSettings['settings'] {
	return Object.fromEntries(
		tableOf(form).map(({key, kind}) => {
			const value = form.values[key];
			const number = kind === 'number' || kind === 'integer' ? toNumber(value) : Number.NaN;
			return [key, Number.isNaN(number) ? value : number];
		}),
	) as OperationSettings['settings'];
}

/** What is wrong with the fields, in words that fit beside them. */
export function problemsIn(form: LaunchForm): Partial<Record<LaunchFieldName, string>> {
	const settings = settingsIn(form);
	const problems: Partial<Record<LaunchFieldName, string>> = {};
	for (const row of tableOf(form)) {
		const problem = problemWith(row, (settings as ValuesByKey)[row.key]);
		if (problem) {
			problems[row.key] = problem;
		}
	}

	const conflict =
		form.target.operation === 'transfer' && Object.keys(problems).length === 0
			? conflictIn(settings as Settings, form.model)
			: undefined;
	return conflict ? {[conflict.key]: conflict.problem} : problems;
}

/** Whether a value is wrong. */
export const hasProblems = (form: LaunchForm) => Object.keys(problemsIn(form)).length > 0;

/** One request for each thing that the form launches. */
export function requestsOf(form: LaunchForm): LaunchRequest[] {
	return targetRequests(form.target, settingsIn(form), form);
}

export function moveField(form: LaunchForm, by: 1 | -1): LaunchForm {
	const fields = fieldsOf(form);
	const at = fields.indexOf(form.focus);
	const focus = fields[(at + by + fields.length) % fields.length] as string;
	return {...form, focus, fresh: true};
}

/** Left and right: a step of a number, the next choice, the other state of a switch. */
export function stepField(form: LaunchForm, by: 1 | -1): LaunchForm {
	const {focus} = form;
	if (focus === 'more') {
		return {...form, more: by > 0};
	}

	if (focus === 'preset') {
		const names = form.presets.map(({name}) => name);
		const name = neighbour(names, form.preset, by);
		const settings = form.presets.find(preset => preset.name === name)?.settings;
		return settings
			? {...form, values: valuesOf(tableOf(form), settings), preset: name, refusal: ''}
			: form;
	}

	if (focus === 'host') {
		const host = neighbour(form.hosts, form.host, by);
		const moved = {...form, host, refusal: ''};
		return withModel(moved, form.hostModels[host] ?? form.model);
	}

	if (focus === 'model') {
		return withModel(form, neighbour(modelNames, form.model, by));
	}

	if (focus === 'recipe') {
		return withRecipe(form, by);
	}

	const row = tableOf(form).find(({key}) => key === focus);
	if (!row || focus === 'text') {
		return form;
	}

	const value = form.values[focus];
	switch (row.kind) {
		case 'switch':
			return withValue(form, focus, !value);
		case 'choice':
			return withValue(form, focus, neighbour(row.choices, String(value), by));
		default:
			return withValue(form, focus, stepNumber(row, toNumber(value), by));
	}
}

/** Space: unfolds, toggles, takes the next choice. */
export function toggleField(form: LaunchForm): LaunchForm {
	if (form.focus === 'more') {
		return {...form, more: !form.more};
	}

	return isNumber(form, form.focus) ? form : stepField(form, 1);
}

/** Digits extend the number, or begin a new one. Other keys type nothing. */
export function typeIntoField(form: LaunchForm, text: string): LaunchForm {
	const {focus} = form;
	if (focus === 'text') {
		return {...form, text: insertText(form.text, text, false), typed: true, refusal: ''};
	}

	// A comma is kept, so that `7,5` is refused in words instead of becoming 75.
	const digits = text.replace(/[^\d.,-]/g, '');
	if (digits === '' || !isNumber(form, focus)) {
		return form;
	}

	const before = form.fresh ? '' : String(form.values[focus]);
	return {
		...withValue(form, focus, (before + digits).slice(0, longestNumber)),
		fresh: false,
		typed: true,
	};
}

export function eraseInField(form: LaunchForm, all: boolean): LaunchForm {
	if (!isNumber(form, form.focus)) {
		return form;
	}

	const key = form.focus;
	const rest = all ? '' : String(form.values[key]).slice(0, -1);
	return {...withValue(form, key, rest), fresh: false, typed: true};
}

/** Moves in the text for the upscaler, or erases there. */
export function editFieldText(form: LaunchForm, edit: TextEdit): LaunchForm {
	return form.focus === 'text' ? {...form, text: editText(form.text, edit)} : form;
}

/** Another family: what both have and the other allows stays, the rest has its defaults. */
function withModel(form: LaunchForm, model: string): LaunchForm {
	if (model === form.model || form.target.operation !== 'transfer') {
		return form;
	}

	const before = {...kindOfForm(form), settings: settingsIn(form)};
	const carried = carryOver(before, model);
	return begun({...form, model}, carried);
}

/** A form of another kind than before: with its defaults and what is carried over. */
function begun(form: LaunchForm, carried: ValuesByKey = {}): LaunchForm {
	const first = form.first?.model === form.model ? form.first : undefined;
	const settings = {...targetDefaults(form.target, form.model), ...carried};
	return {
		...form,
		values: valuesOf(tableOf(form), settings),
		presets: formPresets(form, form.kept, first),
		preset: Object.keys(carried).length === 0 ? defaultsName : '',
		refusal: '',
	};
}

function withRecipe(form: LaunchForm, by: 1 | -1): LaunchForm {
	const target = besideRecipe(form.target, by);
	return target.operation === 'recipe' ? begun({...form, target, model: target.recipe.name}) : form;
}

function withValue(form: LaunchForm, key: string, value: string | boolean): LaunchForm {
	return {...form, values: {...form.values, [key]: value}, preset: '', fresh: true, refusal: ''};
}

function isNumber(form: LaunchForm, name: LaunchFieldName): boolean {
	const kind = tableOf(form).find(({key}) => key === name)?.kind;
	return kind === 'number' || kind === 'integer';
}

/** A typed number; NaN for what is none. */
export function toNumber(value: string | boolean | undefined): number {
	return typeof value === 'string' ? parseDecimal(value) : Number.NaN;
}
