import {type LogPattern, matchesBytes} from '../../state/log/log-pattern.js';
import type {FoundLine, MatchCount} from '../../state/log/log-view.js';
import type {LogFile} from '../../store/log-file.js';

/** Bytes looked through at a time; between two the program does other things. */
const chunkSize = 1024 * 1024;
const newline = 10;
/** Begins a line with a prefix; see `log-prefix.ts`. */
const bracket = 0x5b;

export type SearchRequest = {
	log: Pick<LogFile, 'read' | 'size'>;
	pattern: LogPattern;
	/** A second thing that the line must have. */
	also?: LogPattern;
	/** Lines are shown with their whole prefixes. */
	whole: boolean;
	/** Byte offset of a line's beginning: lines after it count forwards, lines before it backwards. */
	from: number;
	direction: 1 | -1;
	/** Also the line at `from` counts, when searching forwards. */
	here?: boolean;
	signal: AbortSignal;
	/** The part of the file that has been looked through, 0 to 1. */
	onProgress?: (fraction: number) => void;
};

/**
 * The next line with a match, wrapping around the whole log; undefined when there is none or the search was
 * stopped. Reads in chunks and holds one at a time.
 */
export async function findLine(request: SearchRequest): Promise<FoundLine | undefined> {
	const size = await request.log.size();
	const walk = {...request, size, seen: 0, room: Buffer.allocUnsafe(chunkSize)};
	const {from, direction} = request;
	const first = direction > 0 ? [from, size] : [0, from];
	const second = direction > 0 ? [0, from] : [from, size];
	for (const [part, [start = 0, end = 0]] of [first, second].entries()) {
		const skipFirst = part === 0 && direction > 0 && !request.here;
		const offset = await (direction > 0
			? forwards(walk, start, end, skipFirst)
			: backwards(walk, start, end));
		if (offset !== undefined) {
			return {offset, wrapped: part === 1};
		}
	}

	// Round to where it began: the only match may be the line itself.
	return undefined;
}

/**
 * How many lines match, and which of them begins at `from`, counted from 1; undefined when it was stopped.
 */
export async function countLines(
	request: Omit<SearchRequest, 'direction' | 'here'>,
): Promise<MatchCount | undefined> {
	const {log, from, signal} = request;
	const size = await log.size();
	const walk = {
		...request,
		direction: 1,
		size,
		seen: 0,
		room: Buffer.allocUnsafe(chunkSize),
	} as const;
	const count = {nth: 0, total: 0};
	for await (const {at, bytes} of wholeLines(walk, 0, size)) {
		for (const line of candidates(walk, bytes)) {
			if (isWanted(walk, line.bytes)) {
				count.total++;
				count.nth += at + line.start <= from ? 1 : 0;
			}
		}
	}

	return signal.aborted ? undefined : count;
}

type Walk = SearchRequest & {
	size: number;
	seen: number;
	/** Holds a chunk until the next one is read. */
	room: Buffer;
};

async function forwards(
	walk: Walk,
	start: number,
	end: number,
	skipFirst: boolean,
): Promise<number | undefined> {
	for await (const {at, bytes} of wholeLines(walk, start, end)) {
		const found = firstMatch(walk, bytes, skipFirst && at === start);
		if (found !== undefined) {
			return at + found;
		}
	}

	return undefined;
}

/** A stretch of the log in chunks that end where a line ends, each in the room of the one before. */
async function* wholeLines(
	walk: Walk,
	start: number,
	end: number,
): AsyncGenerator<{at: number; bytes: Buffer}> {
	let at = start;
	let length = chunkSize;
	while (at < end && !walk.signal.aborted) {
		const bytes = await walk.log.read(at, Math.min(end, at + length), walk.room);
		if (bytes.length === 0) {
			return;
		}

		const isLast = at + bytes.length >= end;
		const whole = isLast ? bytes.length : bytes.lastIndexOf(newline) + 1;
		// A line longer than a chunk is read again in a larger one.
		if (whole === 0) {
			length *= 2;
			continue;
		}

		yield {at, bytes: bytes.subarray(0, whole)};
		length = chunkSize;
		at += whole;
		progressed(walk, whole);
	}
}

async function backwards(walk: Walk, start: number, end: number): Promise<number | undefined> {
	let to = end;
	let length = chunkSize;
	while (to > start && !walk.signal.aborted) {
		const at = Math.max(start, to - length);
		const bytes = await walk.log.read(at, to, walk.room);
		const whole = at === start ? 0 : bytes.indexOf(newline) + 1;
		if (bytes.length === 0) {
			return undefined;
		}

		if (at > start && (whole === 0 || whole === bytes.length)) {
			length *= 2;
			continue;
		}

		const found = lastMatch(walk, bytes.subarray(whole));
		if (found !== undefined) {
			return at + whole + found;
		}

		length = chunkSize;
		to = at + whole;
		progressed(walk, bytes.length - whole);
	}

	return undefined;
}

function progressed(walk: Walk, bytes: number): void {
	walk.seen += bytes;
	walk.onProgress?.(walk.size === 0 ? 1 : Math.min(1, walk.seen / walk.size));
}

/** The beginning of the first line with a match. */
function firstMatch(walk: Walk, bytes: Buffer, skipFirst: boolean): number | undefined {
	for (const line of candidates(walk, bytes)) {
		if (!(skipFirst && line.start === 0) && isWanted(walk, line.bytes)) {
			return line.start;
		}
	}

	return undefined;
}

function lastMatch(walk: Walk, bytes: Buffer): number | undefined {
	const lines = [...candidates(walk, bytes)];
	return lines.findLast(line => isWanted(walk, line.bytes))?.start;
}

function isWanted({pattern, also, whole}: Walk, bytes: Uint8Array): boolean {
	return matchesBytes(pattern, bytes, whole) && (!also || matchesBytes(also, bytes, whole));
}

/** Lines whose raw bytes match, each once. */
function* candidates({pattern, whole}: Walk, bytes: Buffer) {
	const search = (!whole && hasPrefixes(bytes) && pattern.loose) || pattern.bytes;
	for (let found = search(bytes, 0); found >= 0; ) {
		const start = found === 0 ? 0 : bytes.lastIndexOf(newline, found - 1) + 1;
		const end = bytes.indexOf(newline, found);
		yield {start, bytes: bytes.subarray(start, end < 0 ? bytes.length : end)};
		if (end < 0 || end + 1 === bytes.length) {
			return;
		}

		found = search(bytes, end + 1);
	}
}

function hasPrefixes(bytes: Buffer): boolean {
	return bytes[0] === bracket || bytes.includes('\n[');
}
