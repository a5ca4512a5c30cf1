/** Numbers below a bound, always the same for a seed, so that a seed repeats a failure. */
export function generator(seed: number): (below: number) => number {
	let state = seed * 2_654_435_761 + 1;
	return below => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}
