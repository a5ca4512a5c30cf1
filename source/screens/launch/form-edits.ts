/** What the keys of the launch form do to it. */
import {modelNames} from '../../domain/models/families.js';
import type {Setting} from '../../domain/settings/settings.js';
import {carryOver} from '../../domain/settings/settings-tables.js';
import {editText, insertText, type TextEdit, type TextField} from '../../state/text-field.js';
import {neighbour, stepNumber} from './field-steps.js';
import {hostsOf, isRemoteForm, withPossibleHost} from './form-host.js';
import {
	defaultsName,
	type FormValues,
	formPresets,
	type ValuesByKey,
	valuesOf,
} from './form-presets.js';
import {besideRecipe, enhanceKindOf, targetInputs, targetMode} from './form-target.js';
import {
	enteredIn,
	fieldsOf,
	focusedText,
	inForce,
	isChanged,
	kindOfForm,
	type LaunchFieldName,
	type LaunchForm,
	modesOf,
	rowsOf,
	shownValue,
	textIn,
	toNumber,
	whyUnused,
} from './launch-form.js';

/** Characters of a number, or of a list of them. */
const longestList = 40;

/** To the next field that does something. */
export function moveField(form: LaunchForm, by: 1 | -1): LaunchForm {
	const fields = usableFields(form);
	const at = fields.indexOf(form.focus);
	return focusOn(form, fields[(at + by + fields.length) % fields.length] as string);
}

function usableFields(form: LaunchForm): readonly LaunchFieldName[] {
	const {unused} = inForce(form);
	return fieldsOf(form).filter(name => name === form.focus || !(name in unused));
}

/** A text is entered at its end. */
function focusOn(form: LaunchForm, focus: LaunchFieldName): LaunchForm {
	return {...form, focus, fresh: true, cursor: textIn(form, focus).length};
}

/** Left and right: a step of a number, the next choice, the other state of a switch. */
export function stepField(form: LaunchForm, by: 1 | -1): LaunchForm {
	const {focus} = form;
	switch (focus) {
		case 'more':
			return {...form, more: by > 0};
		case 'preset':
			return withPreset(
				form,
				neighbour(
					form.presets.map(({name}) => name),
					form.preset,
					by,
				),
			);
		case 'host': {
			const host = neighbour(hostsOf(form), form.host, by);
			const moved = {...form, host, refusal: ''};
			return form.target.operation === 'enhance'
				? withWay(moved)
				: withModel(moved, form.hostModels[host] ?? form.model);
		}
		case 'model':
			return withModel(form, neighbour(modelNames, form.model, by));
		case 'mode':
			return withMode(form, neighbour(modesOf(form), form.mode ?? '', by));
		case 'recipe':
			return withRecipe(form, by);
		case 'text':
			return form;
		default: {
			const row = rowNamed(form, focus);
			return row && !whyUnused(form, focus)
				? withValue(form, focus, stepped(row, shownValue(form, row), by))
				: form;
		}
	}
}

function stepped(row: Setting, value: string | boolean, by: 1 | -1): string | boolean {
	switch (row.kind) {
		case 'switch':
			return !value;
		case 'choice':
			return neighbour(row.choices, String(value), by);
		case 'text':
			return value;
		default:
			return stepNumber(row, toNumber(value), by);
	}
}

/** Space: unfolds, toggles, takes the next choice. */
export function toggleField(form: LaunchForm): LaunchForm {
	if (form.focus === 'more') {
		return {...form, more: !form.more};
	}

	return isNumber(form, form.focus) ? form : stepField(form, 1);
}

/**
 * Types into the text or the number that has the focus. Where neither is, a digit goes to the field
 * with that number; a letter goes to the next field that begins with it.
 */
export function typeIntoField(form: LaunchForm, typed: string): LaunchForm {
	const text = focusedText(form);
	if (text) {
		return withText(form, insertText(text, typed, false));
	}

	// Several values: `3,5,7`, `1..8`, `0:1:0.25`.
	const digits = typed.replace(/[^\d.,:-]/g, '');
	if (digits === '' || !isNumber(form, form.focus)) {
		return jumpTo(form, typed);
	}

	const row = rowNamed(form, form.focus);
	const before = form.fresh || !row ? '' : String(shownValue(form, row));
	return {
		...withValue(form, form.focus, (before + digits).slice(0, longestList)),
		fresh: false,
		typed: true,
	};
}

/** A word that is pasted goes nowhere. */
function jumpTo(form: LaunchForm, key: string): LaunchForm {
	if (/^[1-9]$/.test(key)) {
		const field = fieldsOf(form)[Number(key) - 1];
		return field === undefined ? form : focusOn(form, field);
	}

	if (!/^\p{L}$/u.test(key)) {
		return form;
	}

	const fields = usableFields(form);
	const at = fields.indexOf(form.focus);
	const others = [...fields.slice(at + 1), ...fields.slice(0, at + 1)];
	const label = (name: string) => rowNamed(form, name)?.label ?? name;
	const found = others.find(name => label(name).toLowerCase().startsWith(key.toLowerCase()));
	return found === undefined ? form : focusOn(form, found);
}

export function eraseInField(form: LaunchForm, all: boolean): LaunchForm {
	const row = rowNamed(form, form.focus);
	if (!row || !isNumber(form, form.focus)) {
		return form;
	}

	const rest = all ? '' : String(shownValue(form, row)).slice(0, -1);
	return {...withValue(form, row.key, rest), fresh: false, typed: true};
}

/** Moves in the text that has the focus, or erases there. */
export function editFieldText(form: LaunchForm, edit: TextEdit): LaunchForm {
	const text = focusedText(form);
	return text ? withText(form, editText(text, edit)) : form;
}

function withText(form: LaunchForm, {text, cursor}: TextField): LaunchForm {
	return text === textIn(form, form.focus)
		? {...form, cursor}
		: {...withValue(form, form.focus, text), cursor, typed: true};
}

/** Back to what the field has when nothing is entered. */
export function resetField(form: LaunchForm): LaunchForm {
	const {[form.focus]: value, ...values} = form.values;
	switch (form.focus) {
		case 'preset':
			return withPreset(form, defaultsName);
		case 'mode':
			return withMode(form, targetMode(form.target, form.model) ?? '');
		default:
			return value === undefined
				? form
				: {...form, values, preset: presetOf(values), cursor: 0, fresh: true, refusal: ''};
	}
}

/** Whether a key has something to reset in the field that has the focus. */
export function canReset(form: LaunchForm): boolean {
	switch (form.focus) {
		case 'preset':
			return form.preset !== defaultsName;
		case 'mode':
			return form.mode !== targetMode(form.target, form.model);
		default: {
			const row = rowNamed(form, form.focus);
			return row ? isChanged(form, row) : form.values[form.focus] !== undefined;
		}
	}
}

const seedKey = 'seed';

export const hasSeed = (form: LaunchForm): boolean => rowNamed(form, seedKey) !== undefined;

/** The seed after the one that the form has. */
export function nextSeed(form: LaunchForm): LaunchForm {
	const row = rowNamed(form, seedKey);
	return row ? withSeed(form, stepped(row, shownValue(form, row), 1)) : form;
}

/** @param part from 0 to 1, without 1: which seed of all */
export function drawnSeed(form: LaunchForm, part: number): LaunchForm {
	const row = rowNamed(form, seedKey);
	return row?.kind === 'integer'
		? withSeed(form, String(row.min + Math.floor(part * (row.max - row.min + 1))))
		: form;
}

function withSeed(form: LaunchForm, value: string | boolean): LaunchForm {
	const changed = withValue(form, seedKey, value);
	return fieldsOf(changed).includes(seedKey) ? focusOn(changed, seedKey) : changed;
}

function withPreset(form: LaunchForm, name: string): LaunchForm {
	const found = form.presets.find(preset => preset.name === name);
	if (!found) {
		return form;
	}

	const {text} = form.values;
	const values = {...valuesOf(found.settings), ...(text !== undefined && {text})};
	return {...form, values, preset: name, refusal: ''};
}

/** Another family: what both have and the other allows stays, the rest has its defaults. */
function withModel(form: LaunchForm, model: string): LaunchForm {
	if (model === form.model || form.target.operation !== 'transfer') {
		return form;
	}

	return withKind(form, model, targetMode(form.target, model));
}

/** An enhancement as it is done on the form's host. */
function withWay(form: LaunchForm): LaunchForm {
	if (form.target.operation !== 'enhance') {
		return form;
	}

	const {target, hostModels, host} = form;
	const {model, mode} = enhanceKindOf(target.prompts, hostModels[host], isRemoteForm(form));
	return model === form.model && mode === form.mode ? form : withKind(form, model, mode);
}

function withMode(form: LaunchForm, mode: string): LaunchForm {
	return mode === form.mode || mode === '' ? form : withKind(form, form.model, mode);
}

function withKind(form: LaunchForm, model: string, mode: string | undefined): LaunchForm {
	const inputs = targetInputs(form.target, form.model);
	const entered = {...kindOfForm(form), settings: enteredIn(form), inputs};
	const carried = carryOver(entered, model, mode);
	return begun({...form, model, mode}, carried);
}

/** A form of another kind than before: with its defaults and what is carried over. */
function begun(form: LaunchForm, carried: ValuesByKey = {}): LaunchForm {
	const values = valuesOf(carried);
	return {
		...form,
		values,
		presets: formPresets(form, form.kept, form.first),
		preset: presetOf(values),
		refusal: '',
	};
}

/** Where nothing is entered there are the defaults; other presets are known by their choice alone. */
const presetOf = (values: FormValues): string =>
	Object.keys(values).every(key => key === 'text') ? defaultsName : '';

function withRecipe(form: LaunchForm, by: 1 | -1): LaunchForm {
	const target = besideRecipe(form.target, by);
	return target.operation === 'recipe'
		? withPossibleHost(begun({...form, target, model: target.recipe.name}))
		: form;
}

function withValue(form: LaunchForm, key: string, value: string | boolean): LaunchForm {
	const preset = key === 'text' ? form.preset : '';
	return {...form, values: {...form.values, [key]: value}, preset, fresh: true, refusal: ''};
}

function rowNamed(form: LaunchForm, name: LaunchFieldName): Setting | undefined {
	return rowsOf(form).find(({key}) => key === name);
}

function isNumber(form: LaunchForm, name: LaunchFieldName): boolean {
	const kind = whyUnused(form, name) === undefined ? rowNamed(form, name)?.kind : undefined;
	return kind === 'number' || kind === 'integer';
}
