import {cleanText} from '../domain/runs/log-lines.js';
import {type Line, span} from '../state/content/line.js';
import {wrap} from '../state/content/text-layout.js';
import type {DashboardState} from '../state/dashboard-state.js';
import type {TextField} from '../state/text-field.js';
import {Dialog, dialogWidth} from './dialog.js';
import {paintLine} from './rows.js';
import {inputRows} from './text-input.js';

type TypingProps = {
	title: Line;
	rows: number;
	placeholder: string;
	form: {field: TextField; refusal: string};
	state: DashboardState;
};

/** A dialog with one text field, its refusal below it, and its keys. */
export function Typing({title, rows, placeholder, form, state}: TypingProps) {
	const {size} = state;
	const width = dialogWidth(size.columns, 72);
	const inner = width - 2;
	const input = inputRows(form.field, {width: inner - 4, rows, focused: true, placeholder});
	const refusal = form.refusal === '' ? [] : wrap(`✖ ${cleanText(form.refusal)}`, inner - 4);
	const lines = [
		' '.repeat(inner),
		...input.map(row => `  ${row}  `),
		...refusal.map(text => paintLine(['  ', span('bad', text)], inner)),
	];
	return <Dialog size={size} title={title} width={width} rows={lines} />;
}
