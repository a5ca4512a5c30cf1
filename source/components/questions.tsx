import {cleanText} from '../domain/log-lines.js';
import {type Line, span} from '../state/content/line.js';
import {wrap} from '../state/content/text-layout.js';
import type {EditedText} from '../state/forms/record-form.js';
import type {Confirm, Overlay} from '../state/overlay.js';
import {Dialog, dialogWidth} from './dialog.js';
import {paintLine} from './rows.js';

type Size = {columns: number; rows: number};

/** A yes-or-no question. */
export function ConfirmView({question, size}: {question: Confirm; size: Size}) {
	const {title, lines, yes, no} = question;
	return (
		<Question
			size={size}
			title={title}
			lines={lines.map(line => [line])}
			answers={[
				['y', yes],
				['n', no],
			]}
		/>
	);
}

/** A text that finished runs used: their videos would seem to be of the new one. */
export function EditedView({edited, size}: {edited: EditedText; size: Size}) {
	return (
		<Question
			size={size}
			title={`The text of ${cleanText(edited.name)}`}
			lines={[
				[cleanText(edited.why)],
				[],
				['Replaced, their videos would seem to be of the new text. The history keeps the old one.'],
			]}
			answers={[
				['n', 'new prompt'],
				['r', 'replace'],
				['esc', 'drop the new text'],
			]}
		/>
	);
}

type QuitProps = {
	overlay: Extract<Overlay, {kind: 'quit'}>;
	runs: ReadonlyArray<{name: string; host: string}>;
	size: Size;
};

/** Leaving while runs of this program are going. */
export function QuitView({overlay, runs, size}: QuitProps) {
	const it = runs.length === 1 ? 'it' : 'them';
	const lines: Line[] = [
		...runs.map(({name, host}): Line => [span('strong', name), ` on ${host}`]),
		[],
		[
			span(
				'dim',
				`Left, ${runs.length === 1 ? 'it goes' : 'they go'} on; the next start takes ${it} up.`,
			),
		],
	];
	if (overlay.stopping) {
		return (
			<Question
				size={size}
				title="Quit"
				lines={[...lines.slice(0, runs.length + 1), [span('accent', 'stopping, then quitting …')]]}
				answers={[]}
			/>
		);
	}

	return (
		<Question
			size={size}
			title={`Quit with ${runs.length === 1 ? 'a run' : `${runs.length} runs`} going?`}
			lines={lines}
			answers={[
				['s', `stop ${it} and quit`],
				['l', `leave ${it} and quit`],
				['esc', 'stay'],
			]}
		/>
	);
}

type QuestionProps = {
	size: Size;
	title: string;
	lines: readonly Line[];
	/** Key and what it does. */
	answers: ReadonlyArray<readonly [string, string]>;
};

function Question({size, title, lines, answers}: QuestionProps) {
	const width = dialogWidth(size.columns, 72);
	const inner = width - 2;
	const wrapped = lines.flatMap(line => wrapLine(line, inner - 4));
	const rows = [
		[],
		...wrapped,
		...(answers.length === 0 ? [] : [[]]),
		...(answers.length === 0
			? []
			: [answers.flatMap(([key, text]) => [span('accent', key), ` ${text}    `])]),
	].map(line => paintLine(['  ', ...line], inner));
	return <Dialog size={size} title={[span('accent', title)]} width={width} rows={rows} />;
}

/** Sentences, which are one span, take as many rows as they need. */
function wrapLine(line: Line, width: number): Line[] {
	const [only] = line;
	if (line.length !== 1 || only === undefined) {
		return [line];
	}

	return typeof only === 'string'
		? wrap(only, width).map(row => [row])
		: wrap(only.text, width).map(row => [span(only.role, row)]);
}
