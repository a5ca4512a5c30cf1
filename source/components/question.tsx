import {type Line, span} from '../state/content/line.js';
import {wrap} from '../state/content/text-layout.js';
import {Dialog, dialogWidth} from './dialog.js';
import {paintLine} from './rows.js';

export type QuestionProps = {
	size: {columns: number; rows: number};
	title: string;
	lines: readonly Line[];
	/** Key and what it does. */
	answers: ReadonlyArray<readonly [string, string]>;
};

/** A question in the middle of the screen, with its answers below. */
export function Question({size, title, lines, answers}: QuestionProps) {
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
