import {createLineDecoder} from '../domain/log-lines.js';
import {shownText} from './log-prefix.js';

/** What a log is searched for. */
export type LogPattern = {
	/** As a person typed it, or what it is called. */
	words: string;
	/** Finds lines that may match in bytes read as latin1: quick, without decoding. */
	bytes: RegExp;
	/** Finds the matches in a line as it is shown, without its colours. */
	text: RegExp;
};

/** Words as they are typed; capitals count only where some are typed. */
export function patternOf(words: string): LogPattern {
	const flags = words === words.toLowerCase() ? 'gi' : 'g';
	// Where a prefix is shortened, the file has more between two words than is shown.
	const [longest = ''] = words.split(/\s+/).toSorted((one, two) => two.length - one.length);
	const bytes = Buffer.from(longest || words).toString('latin1');
	return {words, bytes: new RegExp(escaped(bytes), flags), text: new RegExp(escaped(words), flags)};
}

const signs = 'error\\b|exception\\b|traceback|\\bcritical\\b|\\bfatal\\b|out of memory|segfault';

/** What a line says when something went wrong. */
export const errorPattern: LogPattern = {
	words: 'errors',
	bytes: new RegExp(signs, 'gi'),
	text: new RegExp(signs, 'gi'),
};

/**
 * Whether a line has a match in what is shown of it.
 * @param whole with its whole prefix
 */
export function matchesLine(pattern: LogPattern, line: string, whole: boolean): boolean {
	return shownText(line, whole).search(pattern.text) >= 0;
}

/** Whether a line's bytes, without the line end, have a match once they are shown. */
export function matchesBytes(pattern: LogPattern, bytes: Uint8Array, whole: boolean): boolean {
	const decoder = createLineDecoder();
	decoder.push(bytes);
	return matchesLine(pattern, decoder.pending().text, whole);
}

function escaped(text: string): string {
	return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
