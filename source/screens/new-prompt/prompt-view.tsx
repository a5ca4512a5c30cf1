import {Dialog, dialogWidth} from '../../components/dialog.js';
import {paintLine} from '../../components/rows.js';
import {inputRows} from '../../components/text-input.js';
import {paint} from '../../components/theme.js';
import {familyOf} from '../../domain/models/families.js';
import {type Line, span} from '../../state/content/line.js';
import {pad, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import {
	fieldText,
	inputAt,
	inputField,
	type PromptFieldName,
	type PromptForm,
	promptProblem,
} from './prompt-form.js';
import {hostModels, inputLines, modelLine, roleCell, textLines} from './prompt-lines.js';

const labelWidth = 10;
const roleColumns = 12;
/** Rows of the inputs and what is said of them: so many at least, so that little jumps. */
const inputRoom = 6;

/** The form for a new prompt: text, inputs with a look at them, name, negative text, model. */
export function PromptFormView({
	state,
	overlay: {form},
}: {
	state: DashboardState;
	overlay: OverlayOf<'prompt'>;
}) {
	const {size} = state;
	const width = dialogWidth(size.columns, 90);
	const inner = width - 2;
	const small = size.rows < 28;
	const problem = form.pressed ? promptProblem(form, hostModels(state)) : undefined;
	const below = (line: Line) => paintLine([' '.repeat(labelWidth + 2), ...line], inner);
	const room = inner - labelWidth - 4;
	const columns = inner - labelWidth - 2;
	const field = (name: PromptFieldName, rows: number) =>
		typedRows(state, form, name, {rows, width: columns}).map(
			(row, index) => labelled(form, name, index) + row,
		);
	const texts =
		problem?.field === 'text'
			? [[span('bad', `✖ ${problem.problem}`)] as Line]
			: textLines(form, room);
	const rest = [
		...texts.map(below),
		...filled(
			[
				...form.inputs.map((_, at) => inputRow(state, form, at, columns)),
				...inputLines(state, form, problem, {width: room, room: inputRoom}).map(below),
			],
			inner,
		),
		...field('name', 1),
		...field('negative', small ? 1 : 2),
		modelRow(state, form, columns),
		...(form.refusal === '' ? [] : wrap(form.refusal, inner - 3)).map((text, at) =>
			paintLine([span('bad', `${at === 0 ? ' ✖ ' : '   '}${text}`)], inner),
		),
		' '.repeat(inner),
		paintLine(['  ', span('accent', form.saving ? 'creating the prompt …' : '')], inner),
	];
	// Two rows are borders; the text gets by with what the rest leaves it.
	const textRows = Math.min(small ? 4 : 6, Math.max(1, size.rows - 2 - rest.length));
	const rows = [...field('text', textRows), ...rest];
	return <Dialog size={size} title={[span('accent', 'New prompt')]} width={width} rows={rows} />;
}

function filled(rows: readonly string[], width: number): string[] {
	const missing = Math.max(0, inputRoom - rows.length);
	return [...rows, ...Array<string>(missing).fill(' '.repeat(width))];
}

function placeholder(state: DashboardState, form: PromptForm, name: PromptFieldName): string {
	const tab = keyOf(state, 'complete-or-next');
	switch (name) {
		case 'text':
			return 'what the result shows, in a few sentences; or @FILE, or JSON';
		case 'name':
			return 'made from the text when left empty';
		case 'negative':
			return 'what it must not show; optional';
		default:
			return form.inputs.length > 1 ? 'another file; optional' : `folder or file; ${tab} completes`;
	}
}

/** A text that is typed, without its label. */
function typedRows(
	state: DashboardState,
	form: PromptForm,
	name: PromptFieldName,
	{rows, width}: {rows: number; width: number},
): string[] {
	const focused = form.focus === name;
	const field = fieldText(form, name);
	return field
		? inputRows(field, {width, rows, focused, placeholder: placeholder(state, form, name)})
		: [];
}

/** A folder, or a file with what it is for. */
function inputRow(state: DashboardState, form: PromptForm, at: number, width: number): string {
	const cell = roleCell(form, at);
	const columns = cell.length === 0 ? 0 : roleColumns;
	const place = {rows: 1, width: width - columns};
	const [row = ''] = typedRows(state, form, inputField(at), place);
	return labelled(form, inputField(at), 0) + paintLine(cell, columns) + row;
}

function modelRow(state: DashboardState, form: PromptForm, width: number): string {
	const focused = form.focus === 'model';
	const value = form.model === '' ? "the host's" : familyOf(form.model).name;
	const shown: Line = focused
		? [span('accent', '‹ '), span('strong', value), span('accent', ' ›')]
		: [value];
	return (
		labelled(form, 'model', 0) + paintLine([...shown, '   ', ...modelLine(state, form)], width)
	);
}

function labelled(form: PromptForm, name: PromptFieldName, row: number): string {
	const focused = form.focus === name;
	const mark = focused ? paint('accent', row === 0 ? '>' : ' ') : ' ';
	const label = pad(row === 0 ? labelOf(name) : '', labelWidth);
	return `${mark} ${focused ? paint('strong', label) : paint('dim', label)}`;
}

/** The inputs have one label for all. */
function labelOf(name: PromptFieldName): string {
	const at = inputAt(name);
	return at === undefined ? name : at === 0 ? 'inputs' : '';
}
