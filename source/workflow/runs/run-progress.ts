/** How far a run is, by its log: as the models print it, or as its recipe defines it. */
import {parseDecimal} from '../../domain/decimal.js';
import {messageOf} from '../../domain/errors.js';
import {type Groups, linearPattern} from '../../domain/linear-pattern.js';
import {modeOf} from '../../domain/models/families.js';
import {createLineFinder} from '../../domain/runs/line-watch.js';
import {
	longestRead,
	type Progress,
	parseProgress,
	wholeProgress,
} from '../../domain/runs/progress.js';
import type {Run} from '../../domain/types.js';

/** Reads lines: for each its progress, if any. */
export type ProgressReader = {
	read: (lines: readonly string[]) => ReadonlyArray<Progress | undefined>;
	/** Takes all of the output, in its order, where the place of a bar among several is to be known. */
	watch?: (chunk: Buffer) => void;
	/** Takes how many seconds runs like this one took, where its bar says nothing for minutes. */
	expect?: (seconds: number | undefined) => void;
	/** Why the recipe's pattern is not used; undefined while it is. */
	problem: () => string | undefined;
	/** Resolves when lines can be read; what is read before has no progress. */
	ready: Promise<void>;
};

/**
 * The reader for the log of a run. It never throws.
 * @param fromStart whether it will be given all of the output to watch
 */
export function progressReader(run: Run | undefined, fromStart = false): ProgressReader {
	if (run?.operation === 'recipe' && run.recipe.progress !== undefined) {
		return patternReader(run.recipe.progress, run.recipe.name);
	}

	const bars = run?.operation === 'transfer' ? modeOf(run).bars : undefined;
	const count = (run?.operation === 'transfer' && bars?.count?.(run)) || 1;
	return {
		...(bars?.unit !== undefined
			? unitReader(bars.unit, run)
			: bars?.begins && count > 1 && fromStart
				? partsReader(bars.begins, count)
				: {read: (lines: readonly string[]) => lines.map(parseProgress)}),
		problem: () => undefined,
		ready: Promise.resolve(),
	};
}

/**
 * Reads a bar of few things that take minutes each. Before the first one is done the time of runs like
 * this one is all there is to go by.
 */
function unitReader(
	unit: string,
	run: Run | undefined,
	now: () => number = Date.now,
): Pick<ProgressReader, 'read' | 'expect'> {
	/** When its container began: the first output comes then. */
	let began = Date.parse(run?.times.running ?? '') || undefined;
	let usual: number | undefined;
	return {
		expect(seconds) {
			usual = seconds;
		},
		read(lines) {
			began ??= now();
			const gone = (now() - began) / 1000;
			return lines.map(parseProgress).map(bar => {
				// A bar with a name is of the loading.
				if (bar?.label !== '') {
					return bar;
				}

				if (bar.done > 0 || usual === undefined) {
					return {...bar, unit};
				}

				const percent = Math.min(99, Math.floor((100 * gone) / usual));
				return {...bar, unit, percent, ...(gone < usual && {etaSeconds: usual - gone})};
			});
		},
	};
}

/**
 * Reads the bars of equal parts as one: that of the run, or of each run of a batch in its turn. From
 * the second part on it is known how long the decoding after each takes, which has no bar.
 */
function partsReader(
	begins: RegExp,
	count: number,
	now: () => number = Date.now,
): Pick<ProgressReader, 'read' | 'watch'> {
	const find = createLineFinder(begins);
	let begun = 0;
	/** When the last two parts began. */
	let times: readonly number[] = [];
	/** Seconds between a part's last step and the next part. A log that is read anew says nothing of it. */
	const pauseAfter = ({total, secondsPerStep = Number.POSITIVE_INFINITY}: Progress) => {
		const [before, last] = times;
		const took = before === undefined || last === undefined ? 0 : (last - before) / 1000;
		return Math.max(0, took - total * secondsPerStep);
	};

	return {
		watch(chunk) {
			const found = find(chunk).length;
			begun += found;
			times = [...times, ...Array.from({length: found}, now)].slice(-2);
		},
		read(lines) {
			return lines.map((line, index) => {
				const bar = parseProgress(line);
				// What the lines below have begun had not yet begun here.
				const at = begun - lines.slice(index + 1).filter(below => begins.test(below)).length - 1;
				return bar && at >= 0
					? wholeProgress(bar, {at: at % count, of: count}, pauseAfter(bar))
					: bar;
			});
		},
	};
}

function patternReader(pattern: string, label: string): ProgressReader {
	let match: ((text: string) => Groups | undefined) | undefined;
	let problem: string | undefined;
	const load = async () => {
		try {
			match = await linearPattern(pattern);
		} catch (error) {
			problem = messageOf(error);
		}
	};

	return {
		ready: load(),
		read: lines => lines.map(line => match && progressIn(match(line.slice(-longestRead)), label)),
		problem: () => problem,
	};
}

/** One group is percent, two are what is done and the total. */
function progressIn(groups: Groups | undefined, label: string): Progress | undefined {
	const [, first, second = null] = groups ?? [];
	const done = parseDecimal(first ?? '');
	const total = second === null ? 100 : parseDecimal(second ?? '');
	return done >= 0 && total > 0 && Number.isFinite(done + total)
		? {label, percent: Math.min(100, Math.floor((100 * done) / total)), done, total}
		: undefined;
}
