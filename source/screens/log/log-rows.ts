import sliceAnsi from 'slice-ansi';
import {isColoured, paint} from '../../components/theme.js';
import {widthOf} from '../../state/content/text-layout.js';
import {errorLine, type LogPattern, warningLine} from '../../state/log/log-pattern.js';
import {withoutPrefix} from '../../state/log/log-prefix.js';
import type {LogView} from '../../state/log/log-view.js';

const sgr = /\u001b\[[0-9;]*m/g;

/** Lines of a log as rows of exactly `width` columns. */
export function logRows(
	lines: readonly string[],
	{wrapped, whole}: Pick<LogView, 'wrapped' | 'whole'>,
	width: number,
	patterns: readonly LogPattern[] = [],
): string[] {
	const short = whole ? lines.map(coloured) : lines.map(shortened);
	const texts = short.map(text => patterns.reduce(highlighted, text));
	return wrapped
		? texts.flatMap(text => wrapLogLine(text, width))
		: texts.map(text => fitLogLine(text, width));
}

/** A line whose matches stand out, whatever colours it has. */
function highlighted(line: string, pattern: LogPattern): string {
	const plain = line.replaceAll(sgr, '');
	const matches = [...plain.matchAll(pattern.text)].filter(([text]) => text !== '');
	if (matches.length === 0) {
		return line;
	}

	const [begin, end] = ['\u001b[7m', '\u001b[27m'];
	const inside = (at: number) =>
		matches.some(({index, 0: text}) => at >= index && at < index + text.length);
	let result = '';
	let at = 0;
	let lit = false;
	// Colours and the text between them in turn; a colour may have ended the highlight.
	for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
		if (part.startsWith('\u001b')) {
			result += part + (lit ? begin : '');
			continue;
		}

		for (const unit of part) {
			const now = inside(at);
			result += now === lit ? unit : `${now ? begin : end}${unit}`;
			lit = now;
			at += unit.length;
		}
	}

	return lit ? result + end : result;
}

/** The time and the message; the level only when it is more than information. */
export function shortened(line: string): string {
	const short = withoutPrefix(line);
	if (!short) {
		return coloured(line);
	}

	const {time, level, message} = short;
	const role = /^(ERROR|CRITICAL)$/.test(level) ? 'bad' : 'warn';
	const mark = level === '' ? '' : `${paint(role, level)} `;
	return `${paint('dim', time)} ${mark}${message}`;
}

/** A line that says what went wrong stands out, unless its program has coloured it. */
function coloured(line: string): string {
	const role = errorLine.test(line) ? 'bad' : warningLine.test(line) ? 'warn' : undefined;
	return role && !line.includes('\u001b') ? paint(role, line) : line;
}

/** A log line, which has colours of its own, brought to exactly `width` columns. */
export function fitLogLine(text: string, width: number): string {
	const line = isColoured() ? text : text.replaceAll(sgr, '');
	const columns = widthOf(line);
	if (columns <= width) {
		return line + ' '.repeat(width - columns);
	}

	const short = `${sliceAnsi(line, 0, width - 1)}…`;
	return short + ' '.repeat(Math.max(0, width - widthOf(short)));
}

/** A log line in as many rows as it takes. */
export function wrapLogLine(text: string, width: number): string[] {
	const line = isColoured() ? text : text.replaceAll(sgr, '');
	const rows: string[] = [];
	for (let from = 0; from === 0 || from < widthOf(line); from += width) {
		rows.push(fitLogLine(sliceAnsi(line, from, from + width), width));
	}

	return rows;
}
