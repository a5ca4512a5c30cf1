import {hasEnded, isQueued, type Job, type QueueState} from '../../domain/queue/job.js';
import {inOrder, lineOf, rankBetween, rankOf} from '../../domain/queue/queue-order.js';

/**
 * What a segment of jobs has that have not ended, by the words of `wordsOf`, and how many when this was written. A
 * segment without such jobs is left out; a word may be left although there is no such job any more, and is never
 * missing.
 */
export type LiveJobs = Record<string, Record<string, number>>;

/** The queue's own document, of a size that does not depend on how many jobs have ended. */
export type StoredQueue = QueueState & {
	id: string;
	/** By segment. */
	live?: LiveJobs;
	/** Segments in which jobs were worked on lately: that is where jobs have ended lately. */
	recent?: string[];
	/** All jobs, in their order, in a queue of schema 5. */
	jobs?: Job[];
};

/** Segments that count as recent. */
const mostRecent = 4;

/** Jobs that every reader needs: at work, or to be ended or resumed. */
const busy = 'busy';
/** Jobs that were moved by hand, which may come before any other. */
const moved = 'moved';

/** What a job is found by; `2 fast` is a job of low priority that waits for the target `fast`. */
function wordsOf(job: Job): string[] {
	if (hasEnded(job)) {
		return [];
	}

	const isBegun = job.status === 'working' || job.startedAt !== undefined;
	return [
		...(isBegun ? [busy] : []),
		...(job.status === 'held' ? ['held'] : []),
		...(job.status === 'waiting' ? [lineOf(job)] : []),
		...(job.rank !== undefined && isQueued(job) ? [moved] : []),
	];
}

/** Whether a word is that of a line, whose jobs are read from its start as far as needed. */
export function isLine(word: string): boolean {
	return /^\d /.test(word);
}

function countWords(jobs: readonly Job[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const word of jobs.flatMap(wordsOf)) {
		counts[word] = (counts[word] ?? 0) + 1;
	}

	return counts;
}

export type JobIndex = Required<Pick<StoredQueue, 'live' | 'recent'>>;
/** The index by what is looked for. */
export type LiveSegments = {
	/** All of them, in the order of their names. */
	names: readonly string[];
	/** Those that every reader needs. */
	always: readonly string[];
	/** Those of each line, and those with held jobs; how many such jobs they have together. */
	byWord: ReadonlyMap<string, {names: readonly string[]; count: number}>;
};

/** Most changes leave the index as it is. */
const known = new WeakMap<LiveJobs, LiveSegments>();

export function segmentsIn(live: LiveJobs): LiveSegments {
	const found = known.get(live) ?? sortSegments(live);
	known.set(live, found);
	return found;
}

function sortSegments(live: LiveJobs): LiveSegments {
	const names = Object.keys(live).sort();
	const always: string[] = [];
	const byWord = new Map<string, {names: string[]; count: number}>();
	for (const name of names) {
		const counts = live[name] ?? {};
		if (counts[busy] !== undefined || counts[moved] !== undefined) {
			always.push(name);
		}

		for (const [word, count] of Object.entries(counts)) {
			const segments = byWord.get(word) ?? {names: [], count: 0};
			segments.names.push(name);
			segments.count += count;
			byWord.set(word, segments);
		}
	}

	byWord.delete(busy);
	byWord.delete(moved);
	return {names, always, byWord};
}

type Pieces = ReadonlyArray<{name: string; documents: readonly Job[]}>;

/**
 * The index after a change of segments; the same object where it need not be written: a word that is left over
 * does no harm while others of its segment are true.
 */
export function withSegments(
	index: JobIndex,
	pieces: Pieces,
	empty: readonly string[] = [],
): JobIndex {
	const counted = pieces.map(({name, documents}) => ({name, counts: countWords(documents)}));
	const isStale = counted.some(({name, counts}) => {
		const known = index.live[name] ?? {};
		const now = Object.keys(counts);
		return (
			now.some(word => known[word] === undefined) ||
			Object.keys(known).some(word => isLine(word) && counts[word] === undefined) ||
			(now.length === 0 && index.live[name] !== undefined)
		);
	});
	if (!isStale && !empty.some(name => index.live[name])) {
		return index;
	}

	const live = {...index.live};
	for (const name of empty) {
		delete live[name];
	}

	for (const {name, counts} of counted) {
		if (Object.keys(counts).length === 0) {
			delete live[name];
		} else {
			live[name] = counts;
		}
	}

	const worked = counted.filter(({name, counts}) => counts[busy] ?? index.live[name]?.[busy]);
	const names = worked.map(({name}) => name);
	const recent = [...names, ...index.recent.filter(name => !names.includes(name))];
	return {live, recent: recent.filter(name => !empty.includes(name)).slice(0, mostRecent)};
}

/** Jobs of schema 5, which stand in their order: where that is not that of their ids they get a rank. */
export function withRanks(jobs: readonly Job[]): Job[] {
	let last: string | undefined;
	let behind = 0;
	const ranked = jobs.map((job): Job => {
		const own = rankOf(job);
		if (last === undefined || own > last) {
			last = own;
			behind = 0;
			return job;
		}

		behind++;
		return {...job, rank: rankBetween(`${last}${String(behind).padStart(8, '0')}`, undefined)};
	});
	return inOrder(ranked);
}
