/** Bytes of a job's output, and the places of the runs that they belong to; without any, to all of them. */
export type OutputPart = {indexes?: readonly number[]; bytes: Buffer};

/**
 * The start and pattern of the line with which a job starts its next run. Its group `index` is the run's
 * place, if it has one: the line may then occur several times for one run. Its group `rank` is the process
 * that has started it, where several work side by side.
 */
export type Beginning = {from: string; line: RegExp};

/** What a job of several runs has started so far. */
export type Begun = {
	/** Places of the runs. */
	all: ReadonlySet<number>;
	/**
	 * The place of the run that each process works on, or has worked on last. Processes begin their next
	 * runs together: before one does, all have ended what they worked on.
	 */
	now: ReadonlyMap<number, number>;
};

/** Longer lines are no beginning. */
const longest = 500;
const lineEnd = /[\n\r]/g;
const colours = /\u001b\[[\d;]*m/g;

/**
 * Splits the output of a job of several runs. The output before the first start line, the loading of
 * the model, belongs to all; a start line and what follows to the run that it starts, and to those that
 * other processes have started beside it. Where the chunks are cut makes no difference.
 * @param count runs in the job
 */
export function createOutputSplitter({from, line}: Beginning, count: number) {
	const all = new Set<number>();
	let now = new Map<number, number>();
	/** An unfinished line that may be a start line; Latin-1, a character for each byte. */
	let held = '';
	/** Whether the start of an unfinished line has been passed on. */
	let within = false;

	/** The run and the process of a start line; undefined for any other line. */
	function readBeginning(text: string): {index: number; rank: number} | undefined {
		const found = text.length <= longest ? line.exec(text.replaceAll(colours, '')) : null;
		const index = Number(found?.groups?.index ?? all.size);
		return found && index < count ? {index, rank: Number(found.groups?.rank ?? 0)} : undefined;
	}

	function begin({index, rank}: {index: number; rank: number}): void {
		if (now.has(rank)) {
			now = new Map();
		}

		now.set(rank, index);
		all.add(index);
	}

	const mayBegin = (text: string) =>
		text.length <= longest &&
		(text.startsWith('\u001b') || text.startsWith(from) || from.startsWith(text));

	function part(text: string): OutputPart[] {
		const indexes = [...new Set(now.values())].sort((one, other) => one - other);
		const bytes = Buffer.from(text, 'latin1');
		return text === '' ? [] : [indexes.length === 0 ? {bytes} : {indexes, bytes}];
	}

	return {
		push(chunk: Buffer): OutputPart[] {
			const text = held + chunk.toString('latin1');
			const parts: OutputPart[] = [];
			let given = 0;
			let start = 0;
			for (const {index} of text.matchAll(lineEnd)) {
				const next = within ? undefined : readBeginning(text.slice(start, index));
				if (next !== undefined) {
					parts.push(...part(text.slice(given, start)));
					begin(next);
					given = start;
				}

				within = false;
				start = index + 1;
			}

			const rest = text.slice(start);
			held = !within && rest !== '' && mayBegin(rest) ? rest : '';
			within = held === '' && (within || rest !== '');
			parts.push(...part(text.slice(given, text.length - held.length)));
			return parts;
		},
		/** The held text, if nothing follows. */
		flush(): OutputPart[] {
			const parts = part(held);
			within = within || held !== '';
			held = '';
			return parts;
		},
		/** What the job has started. */
		begun: (): Begun => ({all: new Set(all), now: new Map(now)}),
	};
}
