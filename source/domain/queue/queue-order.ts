import {priorities} from '../types.js';
import type {Job} from './job.js';

type Placed = Pick<Job, 'id' | 'priority' | 'rank'>;

/** The digits of a rank, in the order of their characters. */
const digits = '0123456789abcdefghijklmnopqrstuvwxyz';
const middle = 'h';

/** A job's place among those of its priority. No rank ends with the lowest digit, so another one always fits before it. */
export function rankOf({id, rank}: Placed): string {
	return rank ?? `${id.slice(id.indexOf('_') + 1)}${middle}`;
}

/** How a job's priority sorts. */
export function urgencyOf({priority = 'normal'}: Pick<Job, 'priority'>): number {
	return priorities.indexOf(priority);
}

/** The line in which a job waits: the jobs of one priority for one target, `2 fast`. */
export function lineOf(job: Pick<Job, 'priority' | 'host'>): string {
	return `${urgencyOf(job)} ${job.host}`;
}

/** The target of a line. */
export function targetOf(line: string): string {
	return line.slice(line.indexOf(' ') + 1);
}

/** Jobs in the order in which they start: by priority, then as they were added or moved. */
export function inOrder<J extends Placed>(jobs: readonly J[]): J[] {
	return jobs.toSorted((a, b) => urgencyOf(a) - urgencyOf(b) || (isBefore(a, b) ? -1 : 1));
}

/** Most jobs have no rank of their own, and ids are all of one length. */
function isBefore(a: Placed, b: Placed): boolean {
	return a.rank === undefined && b.rank === undefined ? a.id < b.id : rankOf(a) < rankOf(b);
}

/**
 * A rank between two others.
 * @param before none: the new one is lower than `after`
 * @param after none: the new one is just above `before`, and below every job that is added later
 */
export function rankBetween(before: string | undefined, after: string | undefined): string {
	return after === undefined ? `${before ?? ''}${middle}` : findMiddle(before ?? '', after);
}

function findMiddle(low: string, high: string | undefined): string {
	if (high !== undefined) {
		let same = 0;
		while (same < high.length && (low[same] ?? digits[0]) === high[same]) {
			same++;
		}

		if (same > 0) {
			return high.slice(0, same) + findMiddle(low.slice(same), high.slice(same));
		}
	}

	const from = low === '' ? 0 : digits.indexOf(low.charAt(0));
	const to = high === undefined || high === '' ? digits.length : digits.indexOf(high.charAt(0));
	if (to - from > 1) {
		return digits.charAt((from + to) >> 1);
	}

	return high !== undefined && high.length > 1
		? high.charAt(0)
		: digits.charAt(from) + findMiddle(low.slice(1), undefined);
}
