import {cleanText} from '../domain/log-lines.js';
import {type Line, span} from '../state/content/line.js';
import {wrap} from '../state/content/text-layout.js';
import type {DashboardState} from '../state/dashboard-state.js';
import type {PresetForm} from '../state/forms/form-presets.js';
import {type RecordForm, thingsName} from '../state/forms/record-form.js';
import type {TextField} from '../state/forms/text-field.js';
import {Dialog, dialogWidth} from './dialog.js';
import {keySpans} from './footer.js';
import {paintLine} from './rows.js';
import {inputRows} from './text-input.js';

const titles: Readonly<Record<RecordForm['purpose'], string>> = {
	tags: 'Tags: ',
	note: 'Note: ',
	rename: 'Rename: ',
};

/** Typing tags, a note or a name. */
export function RecordFormView({form, state}: {form: RecordForm; state: DashboardState}) {
	return (
		<Typing
			title={[span('accent', titles[form.purpose]), cleanText(thingsName(form.things))]}
			rows={form.purpose === 'note' ? 5 : 1}
			placeholder={placeholderOf(form)}
			form={form}
			state={state}
		/>
	);
}

/** Typing the name under which settings are kept. */
export function PresetFormView({form, state}: {form: PresetForm<unknown>; state: DashboardState}) {
	return (
		<Typing
			title={[span('accent', 'Keep the settings as a preset')]}
			rows={1}
			placeholder="a name: letters, digits, dots, dashes"
			form={form}
			state={state}
		/>
	);
}

type TypingProps = {
	title: Line;
	rows: number;
	placeholder: string;
	form: {field: TextField; refusal: string};
	state: DashboardState;
};

function Typing({title, rows, placeholder, form, state}: TypingProps) {
	const {size} = state;
	const width = dialogWidth(size.columns, 72);
	const inner = width - 2;
	const input = inputRows(form.field, {width: inner - 4, rows, focused: true, placeholder});
	const refusal = form.refusal === '' ? [] : wrap(`✖ ${cleanText(form.refusal)}`, inner - 4);
	const lines = [
		' '.repeat(inner),
		...input.map(row => `  ${row}  `),
		...refusal.map(text => paintLine(['  ', span('bad', text)], inner)),
		' '.repeat(inner),
		paintLine(['  ', ...keySpans(state, inner - 2)], inner),
	];
	return <Dialog size={size} title={title} width={width} rows={lines} />;
}

function placeholderOf({purpose, things}: RecordForm): string {
	switch (purpose) {
		case 'tags':
			return things.length === 1
				? 'words with blanks between them, such as: keeper rain'
				: 'keeper -draft puts keeper on each and takes draft off';
		case 'note':
			return things.length === 1 ? 'what is worth remembering' : 'the same note for each';
		case 'rename':
			return 'letters, digits, blanks, dots, dashes';
	}
}
