/** How far a run is, by its log: as the models tell it, or as its recipe says that it is told. */
import vm from 'node:vm';
import {type Progress, parseProgress} from '../domain/progress.js';
import type {Run} from '../domain/types.js';

/** Characters of a line's end that a recipe's pattern is tried on. */
const mostTried = 300;
/** Milliseconds that it may take, and tries in a row that may take longer: a busy machine is slow itself. */
const longestTry = 250;
const mostSlow = 3;

/** Reads lines: for each the progress that it tells, if any. */
export type ProgressReader = {
	read: (lines: readonly string[]) => ReadonlyArray<Progress | undefined>;
	/** The recipe's pattern takes too long: nothing is read any more. */
	tooSlow: () => boolean;
};

/**
 * The reader for the log of a run. It never throws, and no pattern holds the program up for long.
 * @param patience milliseconds for one try of a recipe's pattern
 */
export function progressReader(run: Run | undefined, patience = longestTry): ProgressReader {
	const {name = '', progress} = (run?.operation === 'recipe' && run.recipe) || {};
	return progress === undefined
		? {read: lines => lines.map(parseProgress), tooSlow: () => false}
		: patternReader(progress, name, patience);
}

function patternReader(pattern: string, label: string, patience: number): ProgressReader {
	let attempt: ReturnType<typeof boundedPattern> | undefined;
	let slow = 0;
	return {
		read(lines) {
			if (slow >= mostSlow) {
				return [];
			}

			try {
				attempt ??= boundedPattern(pattern, patience);
				const found = attempt(lines.map(line => line.slice(-mostTried)));
				slow = 0;
				return found.map(groups => progressIn(groups, label));
			} catch {
				slow++;
				return [];
			}
		},
		tooSlow: () => slow >= mostSlow,
	};
}

type Groups = ReadonlyArray<string | undefined> | null;

/**
 * A regular expression that may be somebody's mistake: one that goes back over the line again and
 * again would never end, and nothing but an interrupt from outside stops it.
 */
function boundedPattern(pattern: string, timeout: number): (texts: readonly string[]) => Groups[] {
	const place = vm.createContext({pattern, texts: [] as readonly string[]});
	const script = new vm.Script('texts.map(text => expression.exec(text))');
	new vm.Script('expression = new RegExp(pattern)').runInContext(place);
	return texts => {
		place.texts = texts;
		return script.runInContext(place, {timeout}) as Groups[];
	};
}

/** One group is percent, two are what is done and the total. */
function progressIn(groups: Groups, label: string): Progress | undefined {
	const [, first, second] = groups ?? [];
	const done = Number(first);
	const total = second === undefined ? 100 : Number(second);
	return done >= 0 && total > 0 && Number.isFinite(done + total)
		? {label, percent: Math.min(100, Math.floor((100 * done) / total)), done, total}
		: undefined;
}
