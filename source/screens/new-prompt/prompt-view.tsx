import {Dialog, dialogWidth} from '../../components/dialog.js';
import {keySpans} from '../../components/key-spans.js';
import {paintLine} from '../../components/rows.js';
import {inputRows} from '../../components/text-input.js';
import {paint} from '../../components/theme.js';
import {cleanText} from '../../domain/log-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {pad, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import {inputLine} from '../prompts/prompt-tab.js';
import {type PromptFieldName, type PromptForm, promptProblem} from './prompt-form.js';

const labelWidth = 10;
/** The input video and four controls. */
const mostInputs = 5;

const labels: Readonly<Record<PromptFieldName, string>> = {
	text: 'text',
	folder: 'folder',
	name: 'name',
	negative: 'negative',
};

const placeholders = (state: DashboardState): Readonly<Record<PromptFieldName, string>> => ({
	text: 'what the video shows, in a few sentences',
	folder: `the folder with color.mp4; ${keyOf(state, 'complete-or-next')} completes`,
	name: 'made from the text when left empty',
	negative: 'what it must not show; optional',
});

/** The form for a new prompt: text, folder with a look into it, name, negative text. */
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
	const problem = form.pressed ? promptProblem(form) : undefined;
	const field = (name: PromptFieldName, rows: number) =>
		inputRows(form.fields[name], {
			width: inner - labelWidth - 2,
			rows,
			focused: form.focus === name,
			placeholder: placeholders(state)[name],
		}).map((row, index) => labelled(form, name, index) + row);
	const below = (line: Line) => paintLine([' '.repeat(labelWidth + 2), ...line], inner);
	const rest = [
		...(problem?.field === 'text' ? [below([span('bad', `✖ ${problem.problem}`)])] : []),
		...field('folder', 1),
		...folderLines(form, problem, inner - labelWidth - 4, mostInputs).map(below),
		...field('name', 1),
		...field('negative', small ? 1 : 2),
		...wrap(form.refusal, inner - 2)
			.filter(text => text !== '')
			.map(text => paintLine([' ', span('bad', `✖ ${text}`)], inner)),
		' '.repeat(inner),
		form.saving
			? paintLine(['  ', span('accent', 'creating the prompt …')], inner)
			: paintLine(['  ', ...keySpans(state, inner - 2)], inner),
	];
	// Two rows are borders; the text gets by with what the rest leaves it.
	const textRows = Math.min(small ? 4 : 6, Math.max(1, size.rows - 2 - rest.length));
	const rows = [...field('text', textRows), ...rest];
	return <Dialog size={size} title={[span('accent', 'New prompt')]} width={width} rows={rows} />;
}

function labelled(form: PromptForm, name: PromptFieldName, row: number): string {
	const focused = form.focus === name;
	const mark = focused ? paint('accent', row === 0 ? '>' : ' ') : ' ';
	const label = pad(row === 0 ? labels[name] : '', labelWidth);
	return `${mark} ${focused ? paint('strong', label) : paint('dim', label)}`;
}

/** What is in the folder; always the same number of rows, so that nothing jumps. */
function folderLines(
	form: PromptForm,
	problem: ReturnType<typeof promptProblem>,
	width: number,
	rows: number,
): Line[] {
	// A folder that cannot be used says so itself.
	const isMissing = problem?.field === 'folder' && form.folder.state === 'empty';
	const lines = isMissing
		? [[span('bad', `✖ ${problem.problem}`)]]
		: folderView(form, width).slice(0, rows);
	while (lines.length < rows) {
		lines.push([]);
	}

	return lines;
}

function folderView({folder, candidates}: PromptForm, width: number): Line[] {
	if (candidates.length > 0) {
		const names = candidates.map(cleanText).join('  ');
		return wrap(names, width).map(row => [span('accent', row)]);
	}

	switch (folder.state) {
		case 'empty':
			return [[span('dim', 'controls are optional: depth, segmentation, edge, vis .mp4')]];
		case 'looking':
			return [[span('dim', 'looking …')]];
		case 'bad':
			return [
				...wrap(`✖ ${cleanText(folder.message)}`, width).map((row): Line => [span('bad', row)]),
				...wrap(cleanText(folder.hint), width).map((row): Line => [row]),
			];
		case 'good':
			return folder.inputs.map((input): Line => [span('good', '✔'), ...inputLine(input)]);
	}
}
