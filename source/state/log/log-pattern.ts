import {createLineDecoder} from '../../domain/runs/log-lines.js';
import {anyCaseSearch, type ByteSearch, exactSearch, expressionSearch} from './byte-search.js';
import {shownText} from './log-prefix.js';

/** What a log is searched for. */
export type LogPattern = {
	/** As a person typed it, or what it is called. */
	words: string;
	/** Finds lines that may match in bytes: quick, without decoding. */
	bytes: ByteSearch;
	/** The same where prefixes are shortened: then the file has more between two words than is shown. */
	loose?: ByteSearch;
	/** Finds the matches in a line as it is shown, without its colours. */
	text: RegExp;
};

/** Words as they are typed; capitals count only where some are typed. */
export function patternOf(words: string): LogPattern {
	const anyCase = words === words.toLowerCase();
	const search = anyCase ? anyCaseAscii : exactSearch;
	const parts = words.split(/\s+/).filter(Boolean);
	return {
		words,
		bytes: search(words),
		loose: parts.length > 1 ? search(longestOf(parts)) : undefined,
		text: new RegExp(escaped(words), anyCase ? 'gi' : 'g'),
	};
}

/** Capitals of other alphabets have other bytes; those of ASCII beside them are enough to look for. */
function anyCaseAscii(words: string): ByteSearch {
	return anyCaseSearch(longestOf(words.match(/[ -~]+/g) ?? []));
}

function longestOf(texts: readonly string[]): string {
	return texts.toSorted((one, two) => two.length - one.length)[0] ?? '';
}

const signs = 'error\\b|exception\\b|traceback|\\bcritical\\b|\\bfatal\\b|out of memory|segfault';

/** What a line says when something went wrong. */
export const errorPattern: LogPattern = {
	words: 'errors',
	bytes: expressionSearch(new RegExp(signs, 'gi')),
	text: new RegExp(signs, 'gi'),
};

/** A line that reports an error by its beginning: of Python, a shell, a logger. */
export const errorLine =
	/^(?:\[rank\d+\]:? ?)?(?:Traceback \(most recent call last\)|(?:\w+\.)*\w*(?:Error|Exception|Interrupt)\b|(?:ERROR|CRITICAL|FATAL|error:|fatal:|panic:))|^\[[^\]]*\|(?:ERROR|CRITICAL)\|/;
export const warningLine =
	/^(?:\[rank\d+\]:? ?)?(?:[\w./-]+:\d+: )?(?:\w*Warning|WARN(?:ING)?|warning:)|^\[[^\]]*\|WARNING\|/;

const clock = /^(\d\d?):(\d\d)(?::(\d\d))?$/;

/**
 * Lines at or after a time of day, by the time that they begin with.
 * @param words `17:04` or `17:04:30`
 * @returns undefined when it is no time
 */
export function timePattern(words: string): LogPattern | undefined {
	const [, hours = '', minutes = '', seconds = '00'] = clock.exec(words) ?? [];
	if (hours === '' || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
		return undefined;
	}

	const digits = `${hours.padStart(2, '0')}:${minutes}:${seconds}`;
	// A later time is equal up to some digit, and has a higher one there.
	const later = [...digits].flatMap((digit, at) =>
		digit === ':' || digit === '9' ? [] : [`${digits.slice(0, at)}[${Number(digit) + 1}-9]`],
	);
	const date = String.raw`\[?(?:(?:\d{4}-)?\d\d-\d\d[ T])?`;
	return {
		words: `from ${digits}`,
		bytes: expressionSearch(/\d\d:\d\d:\d\d/g),
		text: new RegExp(`^${date}(?:${[digits, ...later].join('|')})`, 'g'),
	};
}

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
