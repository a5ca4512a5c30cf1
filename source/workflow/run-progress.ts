/** How far a run is, by its log: as the models print it, or as its recipe defines it. */
import {parseDecimal} from '../domain/decimal.js';
import {messageOf} from '../domain/errors.js';
import {longestRead, type Progress, parseProgress} from '../domain/progress.js';
import type {Run} from '../domain/types.js';

/** Reads lines: for each its progress, if any. */
export type ProgressReader = {
	read: (lines: readonly string[]) => ReadonlyArray<Progress | undefined>;
	/** Why the recipe's pattern is not used; undefined while it is. */
	problem: () => string | undefined;
	/** Resolves when lines can be read; what is read before has no progress. */
	ready: Promise<void>;
};

/** What the groups of a match hold. */
type Groups = ReadonlyArray<string | null> | undefined;

/** The reader for the log of a run. It never throws. */
export function progressReader(run: Run | undefined): ProgressReader {
	const {name = '', progress} = (run?.operation === 'recipe' && run.recipe) || {};
	return progress === undefined
		? {
				read: lines => lines.map(parseProgress),
				problem: () => undefined,
				ready: Promise.resolve(),
			}
		: patternReader(progress, name);
}

function patternReader(pattern: string, label: string): ProgressReader {
	let match: ((text: string) => Groups) | undefined;
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

/**
 * A regular expression that may be somebody's mistake, or an attack: V8's own goes back over a line again
 * and again, this one reads it once. It has no backreferences and no lookahead.
 * @throws Error for a pattern that it cannot use
 */
async function linearPattern(pattern: string): Promise<(text: string) => Groups> {
	const {RE2JS} = await import('re2js');
	const expression = RE2JS.compile(RE2JS.translateRegExp(pattern), RE2JS.LOOKBEHINDS);
	return text => {
		const matcher = expression.matcher(text);
		return matcher.find()
			? [matcher.group(1), matcher.groupCount() > 1 ? matcher.group(2) : null]
			: undefined;
	};
}

/** One group is percent, two are what is done and the total. */
function progressIn(groups: Groups, label: string): Progress | undefined {
	const [first, second] = groups ?? [];
	const done = parseDecimal(first ?? '');
	const total = second === null ? 100 : parseDecimal(second ?? '');
	return done >= 0 && total > 0 && Number.isFinite(done + total)
		? {label, percent: Math.min(100, Math.floor((100 * done) / total)), done, total}
		: undefined;
}
