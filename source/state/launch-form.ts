import type {Preset} from '../domain/preset.js';
import {
	controlNames,
	defaultsOf,
	type Operation,
	type OperationSettings,
	type Setting,
	type Settings,
	type SettingsOf,
	settingsTables,
} from '../domain/settings.js';
import {conflictIn, problemWith} from '../domain/settings-check.js';
import type {LaunchRequest} from '../workflow/workflow-types.js';
import {defaultsName, type FormPreset, formPresets} from './form-presets.js';
import {type FormTarget, targetRequests} from './form-target.js';
import {editText, insertText, type TextEdit, type TextField, textField} from './text-field.js';

type SettingName = {[O in Operation]: keyof SettingsOf<O>}[Operation];
/** `text` is for the upscaler alone. */
export type LaunchFieldName = SettingName | 'preset' | 'text' | 'host' | 'more';

/** The form of every operation; its fields are the rows of the operation's settings table. */
export type LaunchForm = {
	target: FormTarget;
	/** Names of the configured hosts. */
	hosts: readonly string[];
	host: string;
	/** Settings that can be taken over: how the form began, the defaults, those kept under names. */
	presets: readonly FormPreset[];
	/** The one that the values are of; empty once they were changed. */
	preset: string;
	/** Numbers as they are typed, choices as words, switches. */
	values: Readonly<Partial<Record<SettingName, string | boolean>>>;
	text: TextField;
	focus: LaunchFieldName;
	/** The next typed character replaces the number instead of going on with it. */
	fresh: boolean;
	/** The rare settings are unfolded. */
	more: boolean;
	/** Something was typed, so closing asks first. */
	typed: boolean;
	/** Why the launch was refused. */
	refusal: string;
	/** It has been handed in and is being checked; keys do nothing until the answer. */
	sent: boolean;
};

/** Characters of a number: the longest seed has ten. */
const longestNumber = 10;

export const tableOf = ({target}: Pick<LaunchForm, 'target'>): readonly Setting[] =>
	settingsTables[target.operation];

export function launchForm(given: {
	target: FormTarget;
	hosts: readonly string[];
	host: string;
	/** How it begins, and what that is called; else with the defaults. */
	first?: FormPreset;
	presets?: readonly Preset[];
	text?: string;
}): LaunchForm {
	const table = tableOf(given);
	const {operation} = given.target;
	const defaults: ValuesByKey = defaultsOf(operation);
	const settings: ValuesByKey = given.first?.settings ?? defaults;
	return {
		presets: formPresets(operation, given.presets ?? [], given.first),
		preset: given.first?.name ?? defaultsName,
		target: given.target,
		hosts: given.hosts,
		host: given.host,
		values: valuesOf(table, settings),
		text: textField(given.text),
		focus: table[0]?.key as SettingName,
		fresh: true,
		more: table.some(({key, main}) => !main && settings[key] !== defaults[key]),
		typed: false,
		refusal: '',
		sent: false,
	};
}

function valuesOf(table: readonly Setting[], settings: ValuesByKey): LaunchForm['values'] {
	return Object.fromEntries(
		table.map(({key, kind}) => [key, kind === 'switch' ? settings[key] : String(settings[key])]),
	);
}

type ValuesByKey = Readonly<Record<string, string | number | boolean>>;

/** The fields in the order of the form; those that are folded away are left out. */
export function fieldsOf(form: LaunchForm): LaunchFieldName[] {
	const keys = (main: boolean) =>
		tableOf(form)
			.filter(row => row.main === main)
			.map(row => row.key as SettingName);
	const rare = keys(false);
	return [
		'preset',
		...keys(true),
		...(form.target.operation === 'upscale' ? (['text'] as const) : []),
		'host',
		...(rare.length === 0 ? [] : (['more'] as const)),
		...(form.more ? rare : []),
	];
}

/** The settings as the form has them now; wrong texts become NaN. */
export function settingsIn(form: LaunchForm): OperationSettings['settings'] {
	return Object.fromEntries(
		tableOf(form).map(({key, kind}) => {
			const value = form.values[key as SettingName];
			return [key, kind === 'number' || kind === 'integer' ? toNumber(value) : value];
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
			problems[row.key as SettingName] = problem;
		}
	}

	const conflict =
		form.target.operation === 'transfer' && Object.keys(problems).length === 0
			? conflictIn(settings as Settings)
			: undefined;
	return conflict ? {[conflict.key]: conflict.problem} : problems;
}

/** One request for each thing that the form launches. */
export function requestsOf(form: LaunchForm): LaunchRequest[] {
	return targetRequests(form.target, settingsIn(form), form.host, form.text.text);
}

/** What the value of a field means now, where that is more than its help says. */
export function meaningOf(form: LaunchForm, key: LaunchFieldName): string | undefined {
	switch (key) {
		case 'createNew':
			return form.values.createNew ? 'a new prompt gets the text' : 'this prompt gets the text';
		case 'force':
			return form.values.createNew
				? 'counts only without a new prompt'
				: 'also when finished runs used the old text';
		default:
			return sourceOf(form, key);
	}
}

/** What a control's weight works on: a file of the prompt, or the model computes it. */
function sourceOf({target, values}: LaunchForm, key: LaunchFieldName): string | undefined {
	const control = controlNames.find(name => name === key);
	if (!control || target.operation !== 'transfer') {
		return undefined;
	}

	if (toNumber(values[control]) === 0) {
		return 'off';
	}

	const files = target.prompts.map(({inputs}) => inputs.find(({role}) => role === control)?.path);
	const given = files.filter(file => file !== undefined);
	if (files.length === 1 && given[0]) {
		return `from ${given[0].split(/[\\/]/).at(-1)}`;
	}

	if (given.length === 0) {
		return 'computed from the video';
	}

	return given.length === files.length
		? 'from a file each'
		: `from a file in ${given.length} of ${files.length}`;
}

export function moveField(form: LaunchForm, by: 1 | -1): LaunchForm {
	const fields = fieldsOf(form);
	const at = fields.indexOf(form.focus);
	const focus = fields[(at + by + fields.length) % fields.length] as LaunchFieldName;
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
		return {...form, host: neighbour(form.hosts, form.host, by), refusal: ''};
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

/** Space: unfolds, switches, takes the next choice. */
export function toggleField(form: LaunchForm): LaunchForm {
	if (form.focus === 'more') {
		return {...form, more: !form.more};
	}

	return isNumber(form, form.focus) ? form : stepField(form, 1);
}

/** Digits go on with the number, or begin a new one. Other keys type nothing. */
export function typeIntoField(form: LaunchForm, text: string): LaunchForm {
	const {focus} = form;
	if (focus === 'text') {
		return {...form, text: insertText(form.text, text, false), typed: true, refusal: ''};
	}

	const digits = text.replace(/[^\d.-]/g, '');
	if (digits === '' || !isNumber(form, focus)) {
		return form;
	}

	const before = form.fresh ? '' : String(form.values[focus as SettingName]);
	return {
		...withValue(form, focus as SettingName, (before + digits).slice(0, longestNumber)),
		fresh: false,
		typed: true,
	};
}

export function eraseInField(form: LaunchForm, all: boolean): LaunchForm {
	if (!isNumber(form, form.focus)) {
		return form;
	}

	const key = form.focus as SettingName;
	const rest = all ? '' : String(form.values[key]).slice(0, -1);
	return {...withValue(form, key, rest), fresh: false, typed: true};
}

/** Moves in the text for the upscaler, or erases there. */
export function editFieldText(form: LaunchForm, edit: TextEdit): LaunchForm {
	return form.focus === 'text' ? {...form, text: editText(form.text, edit)} : form;
}

function withValue(form: LaunchForm, key: SettingName, value: string | boolean): LaunchForm {
	return {...form, values: {...form.values, [key]: value}, preset: '', fresh: true, refusal: ''};
}

function isNumber(form: LaunchForm, name: LaunchFieldName): boolean {
	const kind = tableOf(form).find(({key}) => key === name)?.kind;
	return kind === 'number' || kind === 'integer';
}

function stepNumber(
	row: Extract<Setting, {kind: 'number' | 'integer'}>,
	value: number,
	by: number,
): string {
	const from = Number.isFinite(value) ? value : row.default;
	// Onto the grid of steps: 0.27 + 0.05 is 0.3, and binary dust is rounded away.
	const steps = from / row.step;
	const next = (by > 0 ? Math.floor(steps + 1e-9) + 1 : Math.ceil(steps - 1e-9) - 1) * row.step;
	return String(Number(Math.min(row.max, Math.max(row.min, next)).toFixed(6)));
}

function toNumber(value: string | boolean | undefined): number {
	return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

function neighbour(words: readonly string[], word: string, by: number): string {
	const from = words.indexOf(word);
	// Of no known word, the first one is next.
	const at = from < 0 ? 0 : (from + by + words.length) % words.length;
	return words[at] ?? word;
}
