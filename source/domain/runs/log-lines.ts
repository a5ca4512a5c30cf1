/** One line of a log, safe to show: SGR colours are the only escapes left in it. */
export type LogLine = {text: string};

/** Longer lines are cut, because a line of 5,000 characters already costs a frame 20 ms. */
const longestLine = 5000;
/** Raw characters kept of a line; colours make raw text longer than the visible text. */
const longestRaw = 4 * longestLine;

/**
 * What a terminal interprets or does not show, but for a tab and a line's end: controls, marks that turn the
 * direction of a text, and characters without width.
 */
const hidden =
	'\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\u{e0000}-\\u{e007f}';

const hiddenCharacters = new RegExp(`[${hidden}]`, 'gu');

/** Everything that is not plain text on one line. */
const special = new RegExp(`[\\t${hidden}]`, 'u');

const escapes = new RegExp(
	[
		// OSC, DCS, SOS, PM, APC with their content, up to their end or the next escape.
		'(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?',
		// CSI; the final byte distinguishes a colour (m) from the rest.
		'(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]?',
		// Every other escape of two or more characters, and a single one.
		'\\u001b[ -/]*[0-~]?',
		`[${hidden}]`,
	].join('|'),
	'gu',
);

const colour = /^\u001b\[[0-9;]*m$/;
const colours = /\u001b\[[0-9;]*m/g;

/**
 * Turns a log's bytes into lines as a terminal would leave them: of a line that carriage returns
 * rewrote, only the last text is kept, with its colours; every other control is dropped, a
 * character split between chunks is joined.
 */
export function createLineDecoder(): {
	/** Takes the next bytes; returns the lines that they complete. */
	push: (chunk: Uint8Array) => LogLine[];
	/** The line that has no end yet, such as a progress bar; `text` is empty when there is none. */
	pending: () => LogLine;
} {
	const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
	/** The raw text since the last line's end, without what carriage returns have replaced. */
	let rest = '';
	/** Characters of the current line beyond `longestRaw`, counted and dropped. */
	let dropped = 0;

	const extend = (text: string) => {
		const last = lastWriting(rest + text);
		// A rewritten line starts again.
		dropped = last.rewritten ? 0 : dropped;
		rest = last.text;
		if (rest.length > longestRaw) {
			dropped += rest.length - longestRaw;
			rest = rest.slice(0, longestRaw);
		}
	};

	return {
		push(chunk) {
			const text = decoder.decode(chunk, {stream: true});
			const parts = text.split('\n');
			const tail = parts.pop() as string;
			const lines: LogLine[] = [];
			const plain = !special.test(text);
			for (const part of parts) {
				if (plain && rest === '' && part.length <= longestLine) {
					lines.push({text: part});
					continue;
				}

				extend(part);
				lines.push({text: cleanLine(rest, dropped)});
				rest = '';
				dropped = 0;
			}

			extend(tail);
			return lines;
		},
		pending: () => ({text: cleanLine(rest, dropped)}),
	};
}

/** What is left of a line after its carriage returns: the last text that is not empty. */
function lastWriting(raw: string): {text: string; rewritten: boolean} {
	// One at the end waits: it may belong to a line end, or more text follows.
	const at = raw.lastIndexOf('\r', raw.length - 2);
	return at < 0
		? {text: raw, rewritten: false}
		: {text: raw.slice(at + 1).replace(/^\r+$/, ''), rewritten: true};
}

function cleanLine(raw: string, dropped: number): string {
	const text = special.test(raw) ? expandTabs(withoutEscapes(raw)) : raw;
	const cut =
		text.length > longestLine ? text.slice(0, longestLine).replace(/\u001b[^m]*$/, '') : text;
	const lost = text.length - cut.length + dropped;
	const closed = cut.includes('\u001b') && !/\u001b\[0?m$/.test(cut) ? `${cut}\u001b[0m` : cut;
	return lost > 0 ? `${closed} … ${lost.toLocaleString('en')} more characters` : closed;
}

function withoutEscapes(raw: string): string {
	return raw.replace(escapes, found => (colour.test(found) ? withoutConceal(found) : ''));
}

/** Text must not be hidden: attribute 8 is removed, but not the 8 in `38;5;8`. */
function withoutConceal(sgr: string): string {
	const codes = sgr.slice(2, -1).split(';');
	const kept: string[] = [];
	for (let at = 0; at < codes.length; at++) {
		const code = Number(codes[at]);
		const extended = code === 38 || code === 48 || code === 58;
		const length = extended ? (codes[at + 1] === '5' ? 3 : codes[at + 1] === '2' ? 5 : 1) : 1;
		if (code !== 8) {
			kept.push(...codes.slice(at, at + length));
		}

		at += length - 1;
	}

	return kept.length === 0 ? '' : `\u001b[${kept.join(';')}m`;
}

function expandTabs(text: string): string {
	if (!text.includes('\t')) {
		return text;
	}

	let result = '';
	for (const part of text.split('\t')) {
		const width = result.replaceAll(colours, '').length;
		result += (result === '' ? '' : ' '.repeat(8 - (width % 8))) + part;
	}

	return text.startsWith('\t') ? ' '.repeat(8) + result : result;
}

/**
 * Makes any text from a host, a file or a store safe for one line of a terminal: no escapes, no
 * colours, line ends and tabs become blanks.
 */
export function cleanText(text: string): string {
	return special.test(text) || text.includes('\n')
		? text.replaceAll(/[\n\t\r]+/g, ' ').replace(escapes, '')
		: text;
}

/** The same for a text of several lines, keeping tabs and line breaks. */
export function cleanLines(text: string): string {
	// Line by line: an escape that has no end takes no more than the rest of its line.
	return special.test(text)
		? text
				.split('\n')
				.map(line => line.replace(escapes, ''))
				.join('\n')
		: text;
}

/** A text without hidden characters, for what is no terminal. */
export const removeHidden = (text: string): string => text.replace(hiddenCharacters, '');

/** Escapes hidden characters as JSON, JavaScript and `$'…'` of a shell write it: `\u202e`. */
export function escapeHidden(text: string): string {
	return text.replace(hiddenCharacters, found =>
		found
			.split('')
			.map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
			.join(''),
	);
}
