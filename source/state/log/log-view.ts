import type {LogPattern} from './log-pattern.js';

/** The lines around the visible part of a log, as the log reader hands them over. */
export type LogWindow = {
	runId: string;
	/** Changes when line numbers start afresh, because the reader jumped. */
	epoch: number;
	/** Number of the first line here; may be negative after reading backwards. */
	first: number;
	lines: readonly string[];
	/** The last line while it has no end yet, such as a progress bar. */
	pending: string;
	/** The window begins at the log's first byte. */
	atStart: boolean;
	/** The window ends where the log ends now. */
	atEnd: boolean;
	/** Bytes of the whole log. */
	size: number;
	/** The bytes of it that the window has. */
	range: readonly [start: number, end: number];
	/** The line that the reader jumped to. */
	anchor?: number;
};

/** A line that was found; `offset` in bytes, `wrapped`: past the other end of the log. */
export type FoundLine = {offset: number; wrapped: boolean};

/** A search through the log and its progress. */
export type LogSearch = {
	pattern: LogPattern;
	state: 'looking' | 'found' | 'none';
	/** The part of the log that has been looked through, 0 to 1. */
	fraction: number;
	/** Byte offset of the line that was found last. */
	at?: number;
	/** The other end of the log was passed on the way. */
	wrapped: boolean;
	/** Which of the matching lines it is, from 1, and how many there are; absent until they are counted. */
	count?: MatchCount;
};

export type MatchCount = {nth: number; total: number};

export type LogView = {
	window?: LogWindow;
	/** The view stays at the end. */
	follow: boolean;
	/** Number of the first visible line, when not following. */
	top: number;
	/** Number after the last line that had come when following stopped. */
	seen: number;
	/** Long lines continue in the next row instead of being cut. */
	wrapped: boolean;
	/** With the whole prefixes that the model's logger writes, instead of the time alone. */
	whole: boolean;
	search?: LogSearch;
	/** Only lines with these words are shown; empty for all. */
	keep: string;
	/** Lines that are marked for copying: from where it began to the cursor. */
	mark?: {from: number; to: number};
};

export const noLog: LogView = {
	follow: true,
	top: 0,
	seen: 0,
	wrapped: false,
	whole: false,
	keep: '',
};

/** Shows only the lines with these words; without words all. */
export function keepLines(view: LogView, words: string): LogView {
	return words === view.keep ? view : seenAnew({...view, keep: words});
}

/** Full prefixes, or the time alone. Searches match what is shown of a line. */
export function togglePrefixes(view: LogView): LogView {
	const turned = {...view, whole: !view.whole};
	return view.keep === '' ? turned : seenAnew(turned);
}

/** From its end on: other lines come, with other numbers. */
const seenAnew = ({wrapped, whole, search, keep}: LogView): LogView => ({
	...noLog,
	wrapped,
	whole,
	search,
	keep,
});

/** A new window from the reader; the view keeps its place while the numbers hold. */
export function showWindow(view: LogView, window: LogWindow, height: number): LogView {
	const moved = view.window?.runId !== window.runId || view.window.epoch !== window.epoch;
	const next = {...view, window};
	if (moved && (!view.follow || window.anchor !== undefined)) {
		const top = window.anchor === undefined ? window.first : window.anchor - Math.floor(height / 3);
		return {
			...next,
			follow: false,
			top: clampTop(window, top, height),
			seen: endOf(window),
			mark: undefined,
		};
	}

	return view.follow ? next : {...next, top: clampTop(window, view.top, height)};
}

/** Moves the view by rows; reaching the end of the log follows it again. */
export function scrollLog(view: LogView, rows: number, height: number): LogView {
	const {window} = view;
	if (!window) {
		return view;
	}

	const last = lastTop(window, height);
	const from = view.follow ? last : view.top;
	const top = clampTop(window, from + rows, height);
	if (rows > 0 && top === last && window.atEnd) {
		return {...view, follow: true};
	}

	return view.follow && top === last
		? view
		: {...view, follow: false, top, seen: view.follow ? endOf(window) : view.seen};
}

/** The rows that are on the screen. */
export function visibleLog(view: LogView, height: number): readonly string[] {
	const {window} = view;
	if (!window || height <= 0) {
		return [];
	}

	const top = view.follow ? lastTop(window, height) : clampTop(window, view.top, height);
	const from = top - window.first;
	const rows = window.lines.slice(from, from + height);
	return rows.length < height && window.atEnd && window.pending !== ''
		? [...rows, window.pending]
		: rows;
}

/** Takes in the progress of a search, or how it ended. */
export function searchedLog(
	view: LogView,
	step: {pattern: LogPattern} & ({fraction: number} | {found?: FoundLine}),
): LogView {
	const {pattern} = step;
	const before = view.search?.pattern.words === pattern.words ? view.search : undefined;
	const search = {pattern, at: before?.at, wrapped: false};
	if ('fraction' in step) {
		return {...view, search: {...search, state: 'looking', fraction: step.fraction}};
	}

	const {found} = step;
	if (found) {
		const {offset: at, wrapped} = found;
		return {
			...view,
			search: {pattern, state: 'found', fraction: 1, at, wrapped},
		};
	}

	// Round the whole log and back: the line that is shown is the only one.
	const only = before?.at !== undefined;
	return {...view, search: {...search, state: only ? 'found' : 'none', fraction: 1, wrapped: only}};
}

/** Takes in how many lines match, if the search still stands at the line that was counted from. */
export function countedLog(
	view: LogView,
	{pattern, at, count}: {pattern: LogPattern; at: number; count: MatchCount},
): LogView {
	const {search} = view;
	return search?.pattern.words === pattern.words && search.at === at
		? {...view, search: {...search, count}}
		: view;
}

/** How far into the log the screen's first line is, 0 to 1. */
export function placeInLog(view: LogView, height: number): number {
	const {window} = view;
	if (!window || window.size === 0 || window.lines.length === 0) {
		return 0;
	}

	const [start, end] = window.range;
	const part = (topLine(view, height) - window.first) / window.lines.length;
	return (start + part * (end - start)) / window.size;
}

/** Number of the first line that is on the screen. */
export function topLine({window, follow, top}: LogView, height: number): number {
	if (!window) {
		return 0;
	}

	return follow ? lastTop(window, height) : clampTop(window, top, height);
}

/** Begins marking at the line that was found, or at the first on the screen; a second time ends it. */
export function toggleLogMark(view: LogView, height: number): LogView {
	const {window, mark, follow} = view;
	if (!window || window.lines.length === 0) {
		return view;
	}

	if (mark) {
		return {...view, mark: undefined};
	}

	const top = topLine(view, height);
	const bottom = Math.min(top + height, endOf(window)) - 1;
	const {anchor} = window;
	const seen = anchor !== undefined && anchor >= top && anchor <= bottom;
	const at = seen ? anchor : follow ? bottom : top;
	return {...view, follow: false, top, seen: endOf(window), mark: {from: at, to: at}};
}

/** Moves the marking's end; the view goes with it. */
export function stretchLogMark(view: LogView, rows: number, height: number): LogView {
	const {window, mark} = view;
	if (!window || !mark) {
		return view;
	}

	const to = Math.min(endOf(window) - 1, Math.max(window.first, mark.to + rows));
	const top = Math.min(to, Math.max(view.top, to - height + 1));
	return {...view, top: clampTop(window, top, height), mark: {...mark, to}};
}

export function isMarked({mark}: LogView, line: number): boolean {
	return (
		mark !== undefined &&
		line >= Math.min(mark.from, mark.to) &&
		line <= Math.max(mark.from, mark.to)
	);
}

/** The marked lines, or those on the screen, without their colours. */
export function copiedLines(view: LogView, height: number): string[] {
	const {window, mark} = view;
	const lines =
		window && mark
			? window.lines.filter((_, index) => isMarked(view, window.first + index))
			: visibleLog(view, height);
	return lines.map(line => line.replaceAll(/\u001b\[[0-9;]*m/g, ''));
}

/** Lines that came since following stopped. */
export function unseenLines({window, follow, seen}: LogView): number {
	return window && !follow ? Math.max(0, endOf(window) - seen) : 0;
}

/** Whether the view is near an end of the window that is not an end of the log. */
export function wants(
	{window, follow, top}: LogView,
	height: number,
): 'earlier' | 'later' | undefined {
	if (!window || follow) {
		return undefined;
	}

	if (!window.atStart && top - window.first < 2 * height) {
		return 'earlier';
	}

	return !window.atEnd && endOf(window) - top < 3 * height ? 'later' : undefined;
}

const endOf = (window: LogWindow) => window.first + window.lines.length;

function lastTop(window: LogWindow, height: number): number {
	const pending = window.atEnd && window.pending !== '' ? 1 : 0;
	return Math.max(window.first, endOf(window) + pending - height);
}

function clampTop(window: LogWindow, top: number, height: number): number {
	return Math.max(window.first, Math.min(top, lastTop(window, height)));
}
