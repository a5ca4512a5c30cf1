/** Bytes of a job's output, and the run that they belong to; without one, to all of them. */
export type OutputPart = {index?: number; bytes: Buffer};

/**
 * The start and pattern of the line with which a job starts its next run. Where the pattern has a group, that
 * is the run's place: the line may then occur several times for one run.
 */
export type Beginning = {from: string; line: RegExp};

/** Longer lines are no beginning. */
const longest = 500;
const lineEnd = /[\n\r]/g;
const colours = /\u001b\[[\d;]*m/g;

/**
 * Splits the output of a job of several runs. The output before the first start line, the loading of
 * the model, belongs to all; a start line and what follows to the next run. Where the chunks are
 * cut makes no difference.
 * @param count runs in the job
 */
export function createOutputSplitter({from, line}: Beginning, count: number) {
	let begun = 0;
	/** An unfinished line that may be a start line; Latin-1, a character for each byte. */
	let held = '';
	/** Whether the start of an unfinished line has been passed on. */
	let within = false;

	/** The number of runs begun with a line; undefined for one that begins no other. */
	function begunWith(text: string): number | undefined {
		const found = text.length <= longest ? line.exec(text.replaceAll(colours, '')) : null;
		const number = found?.[1] === undefined ? begun + 1 : Number(found[1]) + 1;
		return found && number > begun && number <= count ? number : undefined;
	}

	const mayBegin = (text: string) =>
		text.length <= longest &&
		(text.startsWith('\u001b') || text.startsWith(from) || from.startsWith(text));

	function part(text: string): OutputPart[] {
		const index = begun === 0 ? undefined : begun - 1;
		return text === '' ? [] : [{index, bytes: Buffer.from(text, 'latin1')}];
	}

	return {
		push(chunk: Buffer): OutputPart[] {
			const text = held + chunk.toString('latin1');
			const parts: OutputPart[] = [];
			let given = 0;
			let start = 0;
			for (const {index} of text.matchAll(lineEnd)) {
				const next = within ? undefined : begunWith(text.slice(start, index));
				if (next !== undefined) {
					parts.push(...part(text.slice(given, start)));
					begun = next;
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
		/** How many runs the job has started. */
		begun: () => begun,
	};
}
