/** The middle of some numbers, at least one; of an even count the mean of the two. */
export function median(numbers: readonly number[]): number {
	const sorted = numbers.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/**
 * The percentile of some numbers, at least one, by nearest rank.
 * @param fraction above 0, up to 1
 */
export function percentile(numbers: readonly number[], fraction: number): number {
	const sorted = numbers.toSorted((a, b) => a - b);
	return sorted[Math.ceil(fraction * sorted.length) - 1] ?? 0;
}
