/** How far a step is, as a tqdm bar shows it. */
export type Progress = {
	/** What the bar is for; empty when it does not say. */
	label: string;
	/** 0 to 100. */
	percent: number;
	/** Steps. */
	done: number;
	total: number;
	/** What is counted. @default steps */
	unit?: string;
	/** Seconds. */
	secondsPerStep?: number;
	etaSeconds?: number;
};

/**
 * A bar of one of several equal parts as the bar of all of them.
 * @param pause seconds after each part, of which its bar says nothing
 */
export function wholeProgress(bar: Progress, part: {at: number; of: number}, pause = 0): Progress {
	const {done, total, secondsPerStep, etaSeconds} = bar;
	const left = part.of - part.at - 1;
	const all = {done: part.at * total + done, total: part.of * total};
	const more = secondsPerStep === undefined ? undefined : left * total * secondsPerStep;
	return {
		...bar,
		...all,
		percent: Math.floor((100 * all.done) / all.total),
		etaSeconds:
			etaSeconds === undefined || (more === undefined && left > 0)
				? undefined
				: etaSeconds + (more ?? 0) + (left + 1) * pause,
	};
}

/** Characters at the end of a line that are searched for a progress; a bar is as wide as a terminal. */
export const longestRead = 1000;

// tqdm's default bar from its percent sign on: `%|████▌     | 16/35 [00:54<01:04,  3.40s/it]`. Text that
// two repetitions could share would be tried again and again, so such a repetition is short.
const bar =
	/%\|[^|]*\|\s*([\d.]+)([kMG]?)\/([\d.]+)([kMG]?)\s*\[[\d:]+<([\d:]+|\?)(?:,\s*([\d.]{1,16}|\?)(s\/|\s?\w{0,16}\/s))?/y;

const units: Record<string, number> = {'': 1, k: 1e3, M: 1e6, G: 1e9};

/**
 * Reads a tqdm progress bar at the end of a line; undefined when there is none. The cost is linear in the
 * length of the text, and bounded: a log may hold anything.
 */
export function parseProgress(line: string): Progress | undefined {
	const text = line.slice(-longestRead);
	for (let sign = text.indexOf('%|'); sign >= 0; sign = text.indexOf('%|', sign + 1)) {
		const start = startOf(text, sign);
		bar.lastIndex = sign;
		const found = start && bar.exec(text);
		if (found) {
			const [, done, doneUnit, total, totalUnit, eta, rate, rateUnit] = found;
			const steps = {
				done: Number(done) * (units[doneUnit ?? ''] ?? 1),
				total: Number(total) * (units[totalUnit ?? ''] ?? 1),
			};
			// `1.2.3` is no number.
			return Number.isFinite(steps.done + steps.total)
				? {
						...start,
						...steps,
						secondsPerStep: secondsPerStep(rate, rateUnit),
						etaSeconds: clockSeconds(eta),
					}
				: undefined;
		}
	}

	return undefined;
}

/** What stands before a percent sign: up to three digits, alone or after a label with a colon. */
function startOf(text: string, sign: number): {label: string; percent: number} | undefined {
	let first = sign;
	while (first > sign - 3 && isDigit(text[first - 1])) {
		first--;
	}

	if (first === sign) {
		return undefined;
	}

	const percent = Math.min(100, Number(text.slice(first, sign)));
	const before = text.slice(text.lastIndexOf('|', first) + 1, first);
	// After another bar, a label begins at the first blank.
	const begin = before.length === first ? 0 : before.search(/\s/);
	const label = begin < 0 ? '' : before.slice(begin).trim();
	if (label.endsWith(':')) {
		return {label: label.slice(0, -1).trim(), percent};
	}

	return first === 0 || /\s/.test(text[first - 1] as string) ? {label: '', percent} : undefined;
}

function isDigit(character: string | undefined): boolean {
	return character !== undefined && character >= '0' && character <= '9';
}

/** tqdm inverts the unit if a step takes less than a second: `3.40s/it`, `12.5it/s`. */
function secondsPerStep(rate?: string, unit?: string): number | undefined {
	const number = Number(rate);
	if (!rate || !(number > 0)) {
		return undefined;
	}

	return unit === 's/' ? number : 1 / number;
}

/** `1:02:03` and `02:03` in seconds; undefined for `?` and for an invalid time. */
function clockSeconds(clock = '?'): number | undefined {
	const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
	return Number.isFinite(seconds) ? seconds : undefined;
}
