import {barOf, paintLine} from '../../components/rows.js';
import {inputRow} from '../../components/text-input.js';
import {paint} from '../../components/theme.js';

import {formatLocation, type Host} from '../../domain/hosts/host.js';
import {hostsFor} from '../../domain/hosts/host-choice.js';
import {familyOf, modelNames} from '../../domain/models/families.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import type {Setting} from '../../domain/settings/settings.js';
import {type Line, span} from '../../state/content/line.js';
import {pad, widthOf} from '../../state/content/text-layout.js';
import {textField} from '../../state/text-field.js';
import {meaningOf} from './field-meaning.js';
import {hostsOf} from './form-host.js';
import {
	defaultsByPrompt,
	focusedText,
	isChanged,
	isWeight,
	type LaunchFieldName,
	type LaunchForm,
	rowsOf,
	shownValue,
	textIn,
	whyUnused,
} from './launch-form.js';

/** The fields that a digit goes to. */
const lastNumber = 9;
const numberWidth = 2;
const labelWidth = 13;
const barWidth = 22;
/** Columns of a weight with its bar, and of every other value with its marks. */
const weightWidth = barWidth + 8;
const valueWidth = 18;
const noText = 'none; the upscaler needs no text';

export type LaunchFieldProps = {
	form: LaunchForm;
	hosts: readonly Host[];
	name: LaunchFieldName;
	/** Its place in the form, from 1. */
	number: number;
	/** What is wrong with the value. */
	problem: string | undefined;
	/** What a launch would wait for; may be empty. */
	ahead: string;
	/** Saves the settings as a preset. */
	keepKey: string;
	width: number;
};

/** One row of the launch form: number, label, value, and what is wrong with it or what it means. */
export function launchField(props: LaunchFieldProps): string {
	const {form, name, number, problem} = props;
	const focused = form.focus === name;
	const mark = focused ? paint('accent', '> ') : '  ';
	const start = mark + paint('dim', pad(number <= lastNumber ? String(number) : '', numberWidth));
	const width = props.width - 2 - numberWidth;
	if (name === 'more') {
		const text = form.more ? 'fewer settings' : 'more settings …';
		return start + paintLine([span(focused ? 'strong' : 'dim', text)], width);
	}

	const row = rowsOf(form).find(({key}) => key === name);
	const label = row?.label ?? name;
	if (name === 'text' || row?.kind === 'text') {
		const room = width - labelWidth;
		const text = focusedText(form) ?? textField(textIn(form, name));
		const input = inputRow(text, {width: room, focused, placeholder: row ? row.help : noText});
		return start + paint(focused ? 'strong' : 'plain', pad(label, labelWidth)) + input;
	}

	// Long labels stand only beside the short values of switches.
	const labelColumns = Math.max(labelWidth, widthOf(label) + 1);
	const columns = row && isWeight(row) ? weightWidth : valueWidth;
	const valueColumns = columns + labelWidth - labelColumns;
	const unused = whyUnused(form, name);
	const note: Line = problem
		? [span('bad', `✖ ${problem}`)]
		: unused !== undefined
			? [span('dim', `not used: ${unused}`)]
			: [...defaultWords(form, row), span('dim', noteOf(props, row, focused))];
	return (
		start +
		paint(unused !== undefined ? 'dim' : focused ? 'strong' : 'plain', pad(label, labelColumns)) +
		valueText(form, name, row, {focused, width: valueColumns}) +
		paintLine(note, Math.max(0, width - labelColumns - valueColumns))
	);
}

/** The default of a value that differs from it. */
function defaultWords(form: LaunchForm, row: Setting | undefined): Line {
	if (!row || !isChanged(form, row)) {
		return [];
	}

	const usual = row.kind === 'switch' ? (row.default ? 'on' : 'off') : String(row.default);
	return [span('warn', `default ${usual}`), '  '];
}

function valueText(
	form: LaunchForm,
	name: LaunchFieldName,
	row: Setting | undefined,
	{focused, width}: {focused: boolean; width: number},
): string {
	const value = row ? cleanedValue(shownValue(form, row)) : cleanText(headValue(form, name));
	if (row && whyUnused(form, name) !== undefined) {
		return paint('dim', pad(row.kind === 'switch' ? (value ? 'on' : 'off') : String(value), width));
	}

	const role = focused ? 'strong' : row && isChanged(form, row) ? 'warn' : 'plain';
	if (row?.kind === 'switch') {
		return paint(role, pad(value ? '[x] on' : '[ ] off', width));
	}

	if (row && isWeight(row)) {
		return `${barOf(Number(value) || 0, barWidth)} ${paint(role, pad(String(value), width - barWidth - 1))}`;
	}

	const unit = row && 'unit' in row && row.unit ? ` ${row.unit}` : '';
	const varied = row && defaultsByPrompt(form, name).length > 0;
	const text = varied ? 'by prompt' : `${String(value)}${unit}`;
	if (!focused) {
		return paint(role, pad(text, width));
	}

	// A typed number shows where the next digit goes; a fresh one can be stepped or replaced.
	const typing = !form.fresh && (row?.kind === 'number' || row?.kind === 'integer');
	const shown = typing ? `${String(value)}${paint('cursor', ' ')}${unit}` : text;
	const used = widthOf(text) + (typing ? 1 : 0) + 4;
	return `${paint('accent', '‹ ')}${paint('strong', shown)}${paint('accent', ' ›')}${' '.repeat(Math.max(0, width - used))}`;
}

/** What a field has that is no setting. */
function headValue(form: LaunchForm, name: LaunchFieldName): string {
	switch (name) {
		case 'host':
			return form.host;
		case 'mode':
			return form.mode ?? '';
		case 'preset':
			return form.preset || 'custom';
		default:
			return form.model;
	}
}

function noteOf(
	{form, hosts, name, ahead, keepKey}: LaunchFieldProps,
	row: Setting | undefined,
	focused: boolean,
): string {
	if (name === 'preset') {
		return form.presets.length > 1
			? `one of ${form.presets.length}`
			: `${keepKey} saves the settings as a preset`;
	}

	if (name === 'model') {
		return `${familyOf(form.model).title}, one of ${modelNames.length}`;
	}

	if (name === 'host') {
		const host = hosts.find(one => one.name === form.host);
		// A recipe's command is no simulator, whichever host it runs on.
		const runs = form.target.operation === 'recipe' ? 'a command' : 'simulator';
		const what = host?.endpoint
			? formatLocation(host)
			: host?.simulated
				? `${runs} on this machine`
				: host?.ssh;
		const free = `first free slot of ${hostsFor(hosts, form.host).map(one => one.name)}`;
		const {length} = hostsOf(form);
		const words = length > 1 ? `${what ?? free}, one of ${length}` : (what ?? free);
		return cleanText(ahead === '' ? words : `(${ahead})  ${words}`);
	}

	const range = focused && row && 'min' in row ? `, ${row.min} to ${row.max}` : '';
	return `${meaningOf(form, name) ?? row?.help ?? ''}${range}`;
}

/** Names of hosts and presets are somebody's texts. */
const cleanedValue = <T>(value: T) => (typeof value === 'string' ? cleanText(value) : value);
