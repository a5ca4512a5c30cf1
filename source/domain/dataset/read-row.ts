import {parseDecimal} from '../decimal.js';
import type {InputRole} from '../inputs/media.js';
import {roleNamed} from '../models/roles.js';
import {flagName, type Setting, type SettingValue} from '../settings/settings.js';

/** The fields of a row that are neither a setting nor the role of an input. */
export const rowFields = {
	id: 'identifies the row; default: its number',
	name: "the prompt's name; default: from the text",
	text: 'what the video shows; may be a template',
	negative: 'what it must not show',
	tags: 'tags of the prompt: a list, or words with commas between',
	model: 'the family of models',
	mode: 'what the model does',
	folder: 'a folder with the inputs, or a pattern such as clips/*: a clip for each folder',
	files: 'the inputs one by one: a list, or one file; FILE or ROLE=FILE',
} as const;
export type RowField = keyof typeof rowFields;

/** A row of a manifest, its fields read. */
export type RowSpec = Partial<Record<Exclude<RowField, 'tags' | 'files'>, string>> & {
	tags?: string[];
	files?: string[];
	/** Files and patterns by the role of the input. */
	roles: Record<InputRole, string>;
	settings: Record<string, SettingValue>;
	/** The others, as they are. */
	columns: Record<string, unknown>;
};

/** What is wrong with a row. */
export type RowProblem = {
	/** The column of the manifest; absent for the row as a whole. */
	column?: string;
	/** `must be a whole number, not "x"`. */
	rule: string;
};

export type RowRules = {
	/** The settings that a row can have, of all kinds of jobs that it may be. */
	settings: readonly Setting[];
	/** Roles that recipes name. */
	roles: readonly InputRole[];
	/** The column of a field, setting or role that has another name in the manifest. */
	map: Readonly<Record<string, string>>;
};

/** Sorts the values of a row into fields, settings, roles and what is carried through. */
export function readRow(
	values: Readonly<Record<string, unknown>>,
	rules: RowRules,
): {spec: RowSpec; problems: RowProblem[]} {
	const spec: RowSpec = {roles: {}, settings: {}, columns: {}};
	const problems: RowProblem[] = [];
	const meant = new Map(Object.entries(rules.map).map(([name, column]) => [column, name]));
	for (const [column, value] of Object.entries(values)) {
		if (value === undefined || value === null || value === '') {
			continue;
		}

		const rule = place(spec, meant.get(column) ?? column, column, value, rules);
		if (rule !== undefined) {
			problems.push({column, rule});
		}
	}

	return {spec, problems};
}

/** @returns the rule that the value breaks */
function place(
	spec: RowSpec,
	name: string,
	column: string,
	value: unknown,
	rules: RowRules,
): string | undefined {
	if (name === 'tags' || name === 'files') {
		const list = listOf(value, name === 'tags');
		spec[name] = list;
		return list ? undefined : 'must be a text or a list of texts';
	}

	if (Object.hasOwn(rowFields, name)) {
		const text = textOf(value, name === 'text' || name === 'id');
		spec[name as 'text'] = text;
		return text === undefined ? 'must be a text' : undefined;
	}

	if (name === 'settings' && typeof value === 'object' && !Array.isArray(value)) {
		for (const [key, one] of Object.entries(value as object)) {
			const rule = placeSetting(spec, key, one, rules) ?? undefined;
			if (rule !== undefined) {
				return `${key} ${rule}`;
			}
		}

		return undefined;
	}

	const role = roleNamed(name) ?? (rules.roles.includes(name) ? name : undefined);
	// A weight is called as the control that it weighs.
	const isNumber = typeof value === 'number' || !Number.isNaN(parseDecimal(String(value)));
	if (role !== undefined && !isNumber) {
		const text = textOf(value, false);
		spec.roles[role] = text ?? '';
		return text === undefined ? 'must be the path of a file' : undefined;
	}

	if (settingsNamed(name, rules).length > 0) {
		return placeSetting(spec, name, value, rules);
	}

	spec.columns[column] = value;
	return undefined;
}

/** The settings of a name: as in code, as the flag is called, or with `_` between its words. */
function settingsNamed(name: string, {settings}: RowRules): Setting[] {
	const flag = flagName(name);
	return settings.filter(({key}) => flagName(key) === flag);
}

function placeSetting(
	spec: RowSpec,
	name: string,
	value: unknown,
	rules: RowRules,
): string | undefined {
	const rows = settingsNamed(name, rules);
	const [first] = rows;
	if (!first) {
		return 'is not a setting';
	}

	const values = rows.map(({kind}) => settingValue(kind, value));
	const read = values.find(one => one !== undefined);
	if (read === undefined) {
		const wanted = {
			integer: 'must be a whole number',
			number: 'must be a number',
			switch: 'must be true or false',
			choice: 'must be a word',
			text: 'must be a text',
		};
		return `${wanted[first.kind]}, not ${JSON.stringify(value)}`;
	}

	spec.settings[first.key] = read;
	return undefined;
}

const switchWords: Readonly<Record<string, boolean>> = {
	...{true: true, yes: true, on: true, '1': true},
	...{false: false, no: false, off: false, '0': false},
};

function settingValue(kind: Setting['kind'], value: unknown): SettingValue | undefined {
	switch (kind) {
		case 'switch':
			return switchWords[String(value).toLowerCase()];
		case 'integer':
		case 'number': {
			const number = typeof value === 'number' ? value : parseDecimal(String(value));
			const fits = Number.isFinite(number) && (kind === 'number' || Number.isInteger(number));
			return fits ? number : undefined;
		}
		default:
			return typeof value === 'object' ? undefined : String(value);
	}
}

/** @param isJson an object or array is the text of it: a structured prompt */
function textOf(value: unknown, isJson: boolean): string | undefined {
	return typeof value === 'string'
		? value
		: typeof value === 'number'
			? String(value)
			: isJson && typeof value === 'object'
				? JSON.stringify(value)
				: undefined;
}

function listOf(value: unknown, isSplit: boolean): string[] | undefined {
	if (Array.isArray(value)) {
		return value.every(one => typeof one === 'string') ? value : undefined;
	}

	if (typeof value !== 'string') {
		return undefined;
	}

	return isSplit
		? value
				.split(',')
				.map(word => word.trim())
				.filter(Boolean)
		: [value];
}

/** `manifest.csv:7: column "seed": must be a whole number, not "x"`. */
export function describeProblem(
	file: string,
	line: number | undefined,
	{column, rule}: RowProblem,
): string {
	const place = line === undefined ? file : `${file}:${line}`;
	return `${place}: ${column === undefined ? '' : `column "${column}": `}${rule}`;
}
