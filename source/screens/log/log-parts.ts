/** Lines of one part of the file that begins and ends where a line begins. */
export type Part = {start: number; end: number; lines: readonly string[]};

/** The part of a log that is held in memory: pieces that follow each other without a gap. */
export class LogParts {
	/** Changes when line numbers start afresh. */
	epoch = 0;
	/** Number of the first line. */
	first = 0;
	#parts: Part[] = [];

	/** Forgets everything and begins anew at a byte offset. */
	restart(at: number): void {
		this.#parts = [{start: at, end: at, lines: []}];
		this.first = 0;
		this.epoch++;
	}

	get start(): number {
		return this.#parts[0]?.start ?? 0;
	}

	get end(): number | undefined {
		return this.#parts.at(-1)?.end;
	}

	get count(): number {
		return this.#parts.reduce((sum, {lines}) => sum + lines.length, 0);
	}

	get lines(): readonly string[] {
		return this.#parts.flatMap(({lines}) => lines);
	}

	append(part: Part): void {
		const last = this.#parts.at(-1);
		if (last && (part.lines.length === 0 || last.lines.length === 0)) {
			this.#parts[this.#parts.length - 1] = joined(last, part);
		} else {
			this.#parts.push(part);
		}
	}

	prepend(part: Part): void {
		const [head] = this.#parts;
		if (head && (part.lines.length === 0 || head.lines.length === 0)) {
			this.#parts[0] = joined(part, head);
		} else {
			this.#parts.unshift(part);
		}

		this.first -= part.lines.length;
	}

	/** The part that a line is in, and how many of its lines come before it. */
	at(line: number): {part: Part; index: number} | undefined {
		let index = line - this.first;
		for (const part of this.#parts) {
			if (index < part.lines.length) {
				return index < 0 ? undefined : {part, index};
			}

			index -= part.lines.length;
		}

		return undefined;
	}

	/** Lets go of whole parts at the beginning as long as `least` lines are left. */
	trimStart(least: number): void {
		while (this.#parts.length > 1 && this.count - (this.#parts[0]?.lines.length ?? 0) >= least) {
			this.first += this.#parts.shift()?.lines.length ?? 0;
		}
	}

	/** The same at the end; says whether something went. */
	trimEnd(least: number): boolean {
		let trimmed = false;
		while (
			this.#parts.length > 1 &&
			this.count - (this.#parts.at(-1)?.lines.length ?? 0) >= least
		) {
			this.#parts.pop();
			trimmed = true;
		}

		return trimmed;
	}
}

/** Two neighbours of which one has no lines: a stretch of the file where no line is wanted. */
function joined(one: Part, two: Part): Part {
	return {start: one.start, end: two.end, lines: one.lines.length > 0 ? one.lines : two.lines};
}
