import {performance} from 'node:perf_hooks';

/** Two ways to do one thing, measured in turn in the same run. */
export type Measure = {
	/** What is done. */
	name: string;
	/** The other side: what a person would use without this program. */
	beside: string;
	/** Of each round, in `unit`. `theirs` is empty when the other program is not to be had here. */
	ours: number[];
	theirs: number[];
	/** @default 's', seconds */
	unit?: 's' | 'MB' | 'bytes' | '% of a core';
	/** What of the rounds is compared. @default median */
	figure?: 'median' | 'p95';
	/**
	 * `speed`: theirs / ours is to be at least `least`. `times`: ours / theirs at most `most`. `extra`:
	 * ours - theirs at most `most`. `below`: ours at most `most`, whatever theirs is.
	 */
	goal:
		| {kind: 'speed'; least: number}
		| {kind: 'times' | 'extra' | 'below'; most: number}
		| {kind: 'none'};
	/** What keeps it from its goal, for the page when the goal is missed. */
	limit?: string;
	/** What else there is to say of the figures. */
	note?: string;
};

export type Case = {
	/** How often both sides are done. */
	rounds: number;
	/** What it does, for the page; one sentence. */
	about: string;
	run: (rounds: number) => Promise<Measure[]>;
};

/** Seconds that work takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
	const begun = performance.now();
	await work();
	return (performance.now() - begun) / 1000;
}

/**
 * Does both sides in turn, the order changing with every round, so that a machine that gets slower
 * or a cache that gets warmer counts for both.
 * @param theirs absent when the other program is not to be had here
 */
export async function inTurn(
	rounds: number,
	ours: () => Promise<unknown>,
	theirs: (() => Promise<unknown>) | undefined,
): Promise<Pick<Measure, 'ours' | 'theirs'>> {
	const times: Pick<Measure, 'ours' | 'theirs'> = {ours: [], theirs: []};
	for (let round = 0; round < rounds; round++) {
		const sides = [
			async () => times.ours.push(await seconds(ours)),
			async () => theirs && times.theirs.push(await seconds(theirs)),
		];
		for (const side of round % 2 === 0 ? sides : sides.reverse()) {
			await side();
		}
	}

	return times;
}

/** The median of a side, or the time in which 95 of 100 were done. */
export function figureOf(numbers: readonly number[], figure: Measure['figure']): number {
	const sorted = numbers.toSorted((a, b) => a - b);
	return figure === 'p95' ? (sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0) : median(sorted);
}

function median(numbers: readonly number[]): number {
	const sorted = numbers.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
