import {createLineDecoder} from '../../domain/runs/log-lines.js';
import type {LogWindow} from '../../state/log/log-view.js';
import type {LogFile} from '../../store/log-file.js';
import {lineStart} from './line-start.js';
import {LogParts} from './log-parts.js';

/** Bytes read at a time; also what a jump to the end reads. */
const chunkSize = 128 * 1024;
/** Growth beyond this is skipped while the end is followed: nobody reads that fast. */
const skipBeyond = chunkSize;
/** Lines kept on the other side of where the window is extended. */
const margin = 3000;
/** With only some lines kept, so many are looked for at a time. */
const keptAtOnce = 300;
/** After so many chunks without enough of them, what there is is shown. */
const chunksBetweenShows = 16;
/** Milliseconds between two windows while the log grows: 12 a second. */
const pause = 80;

export type LogReaderOptions = {
	runId: string;
	log: LogFile;
	/** Only lines for which it is true are shown. @default all */
	keep?: (line: string) => boolean;
	/** Gets every new window; at most 12 a second while the log grows, none while it rests. */
	onWindow: (window: LogWindow) => void;
	onError: (error: unknown) => void;
};

/** Reads a log by ranges in both directions and never holds more than a window of it. */
export class LogReader {
	/** While true, growth is read at once and lines far from the end are let go. */
	following = true;

	readonly #options: LogReaderOptions;
	readonly #stopWatching: () => void;
	readonly #parts = new LogParts();
	#decoder = createLineDecoder();
	/** Where reading forwards goes on: the window's end plus an unfinished line. */
	#offset = 0;
	#size = 0;
	#anchor: number | undefined;
	#atEnd = true;
	#closed = false;
	#extending = false;
	#timer: NodeJS.Timeout | undefined;
	#work: Promise<void> = Promise.resolve();

	constructor(options: LogReaderOptions) {
		this.#options = options;
		this.#stopWatching = options.log.watch(() => {
			this.#timer ??= setTimeout(() => {
				this.#timer = undefined;
				this.#enqueue(() => this.#readGrowth());
			}, pause);
		});
		this.#enqueue(() => this.#jumpToEnd());
	}

	/** Extends the window backwards by a chunk. */
	earlier(): void {
		this.#extend(() => this.#readBackwards());
	}

	/** Extends the window forwards by a chunk. */
	later(): void {
		this.#extend(async () => {
			this.#size = await this.#options.log.size();
			const behind = this.#parts.count;
			await this.#readForwards(this.#offset + chunkSize);
			this.#parts.trimStart(this.#parts.count - behind + margin);
		});
	}

	toStart(): void {
		this.#enqueue(async () => {
			if (this.#parts.start > 0) {
				this.#restart(0);
				await this.#readForwards(chunkSize);
			}
		});
	}

	toEnd(): void {
		this.#enqueue(() => (this.#atEnd ? this.#readGrowth() : this.#jumpToEnd()));
	}

	/** Shows the line that begins at a byte offset, with what is around it. */
	toOffset(offset: number): void {
		this.#enqueue(async () => {
			this.#size = await this.#options.log.size();
			this.#restart(offset);
			this.#anchor = 0;
			await this.#readForwards(offset + chunkSize);
			await this.#readBackwards();
		});
	}

	/** The byte offset at which a line of the window begins; the window's end for one beyond it. */
	async offsetOf(line: number): Promise<number> {
		const place = this.#parts.at(line);
		if (!place) {
			return line < this.#parts.first ? this.#parts.start : (this.#parts.end ?? 0);
		}

		const {part, index} = place;
		const bytes = await this.#options.log.read(part.start, part.end);
		const decoder = createLineDecoder();
		let seen = 0;
		let at = 0;
		for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
			seen += this.#kept(decoder.push(bytes.subarray(at, end + 1))).length;
			if (seen > index) {
				break;
			}

			at = end + 1;
		}

		return part.start + at;
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
		this.#stopWatching();
		this.#options.log.close().catch(() => undefined);
	}

	/** Asking again while more is being read changes nothing. */
	#extend(step: () => Promise<void>): void {
		if (!this.#extending) {
			this.#extending = true;
			this.#enqueue(() =>
				step().finally(() => {
					this.#extending = false;
				}),
			);
		}
	}

	/** One step after the other: steps share the window. */
	#enqueue(step: () => Promise<void>): void {
		this.#work = this.#work
			.then(async () => {
				if (!this.#closed) {
					await step();
					this.#emit();
				}
			})
			.catch(error => {
				if (!this.#closed) {
					this.#options.onError(error);
				}
			});
	}

	#emit(): void {
		if (!this.#closed) {
			const parts = this.#parts;
			const pending = this.#atEnd ? this.#decoder.pending() : {text: ''};
			this.#options.onWindow({
				runId: this.#options.runId,
				epoch: parts.epoch,
				first: parts.first,
				lines: parts.lines,
				pending: this.#kept([pending])[0] ?? '',
				atStart: parts.start === 0,
				atEnd: this.#atEnd,
				size: this.#size,
				range: [parts.start, parts.end ?? parts.start],
				anchor: this.#anchor,
			});
		}
	}

	#kept(lines: ReadonlyArray<{text: string}>): string[] {
		const {keep} = this.#options;
		const texts = lines.map(({text}) => text);
		return keep ? texts.filter(keep) : texts;
	}

	#restart(at: number): void {
		this.#parts.restart(at);
		this.#decoder = createLineDecoder();
		this.#offset = at;
		this.#anchor = undefined;
	}

	async #jumpToEnd(): Promise<void> {
		this.#size = await this.#options.log.size();
		this.#restart(await this.#lineStart(this.#size - chunkSize));
		await this.#readForwards(this.#size);
		if (this.#options.keep && this.#parts.count < keptAtOnce) {
			await this.#readBackwards();
		}
	}

	async #readGrowth(): Promise<void> {
		this.#size = await this.#options.log.size();
		// A run that starts again has a new log.
		if (this.#size < this.#offset) {
			await this.#jumpToEnd();
			return;
		}

		if (!this.#atEnd) {
			return;
		}

		if (this.following && this.#size - this.#offset > skipBeyond) {
			await this.#jumpToEnd();
		} else if (this.following) {
			await this.#readForwards(this.#size);
			this.#parts.trimStart(margin);
		} else if (this.#parts.count < 2 * margin) {
			await this.#readForwards(this.#size);
		} else {
			this.#leaveEnd();
		}
	}

	/** Reads up to `limit`, and further where no line ends before it or too few are kept. */
	async #readForwards(limit: number): Promise<void> {
		const wanted = this.#options.keep ? keptAtOnce : 1;
		let found = 0;
		for (let chunks = 1; this.#offset < this.#size && !this.#closed; chunks++) {
			if (this.#offset >= limit && found >= wanted) {
				break;
			}

			const chunk = await this.#options.log.read(this.#offset, this.#offset + chunkSize);
			if (chunk.length === 0) {
				break;
			}

			const lines = this.#kept(this.#decoder.push(chunk));
			const newline = chunk.lastIndexOf(10);
			if (newline >= 0) {
				const start = this.#parts.end ?? this.#offset;
				this.#parts.append({start, end: this.#offset + newline + 1, lines});
				found += this.#options.keep ? lines.length : 1;
			}

			this.#offset += chunk.length;
			this.#showNowAndThen(chunks);
		}

		this.#size = Math.max(this.#size, this.#offset);
		if (this.#offset < this.#size) {
			this.#leaveEnd();
		} else {
			this.#atEnd = true;
		}
	}

	/** Reads a chunk backwards, or as many as it takes until enough lines are kept. */
	async #readBackwards(): Promise<void> {
		const wanted = this.#options.keep ? keptAtOnce : 1;
		let found = 0;
		let added = 0;
		for (let chunks = 1; this.#parts.start > 0 && found < wanted && !this.#closed; chunks++) {
			const end = this.#parts.start;
			const start = await this.#lineStart(end - chunkSize);
			// A line longer than a chunk, such as a bar's thousand states, is shown by its end.
			const from = start < end ? start : end - chunkSize;
			const decoder = createLineDecoder();
			const decoded = decoder.push(await this.#options.log.read(from, end));
			const last = decoder.pending();
			const lines = this.#kept(last.text === '' ? decoded : [...decoded, last]);
			this.#parts.prepend({start: from, end, lines});
			added += lines.length;
			found += this.#options.keep ? lines.length : wanted;
			this.#showNowAndThen(chunks);
		}

		if (this.#parts.trimEnd(added + margin)) {
			this.#leaveEnd();
		}
	}

	/** In a log where few lines are kept, what is found so far is shown meanwhile. */
	#showNowAndThen(chunks: number): void {
		if (this.#options.keep && chunks % chunksBetweenShows === 0) {
			this.#emit();
		}
	}

	/** The window ends before the log does: growth is only measured from now on. */
	#leaveEnd(): void {
		this.#atEnd = false;
		this.#offset = this.#parts.end ?? this.#offset;
		this.#decoder = createLineDecoder();
	}

	#lineStart(near: number): Promise<number> {
		return lineStart(this.#options.log, near, this.#size);
	}
}
