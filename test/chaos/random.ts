/** Numbers that follow from a seed alone, so that a plan can be repeated. */
export type Random = {
	/** From `low` up to `high`, both included, whole. */
	whole: (low: number, high: number) => number;
	/** One of the list, each as likely. */
	pick: <T>(list: readonly T[]) => T;
	shuffled: <T>(list: readonly T[]) => T[];
	/** True in `share` of the cases. */
	chance: (share: number) => boolean;
};

export function createRandom(seed: number): Random {
	let state = seed >>> 0;
	/** Mulberry32: 0 up to 1. */
	function next(): number {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	}

	const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
	return {
		whole,
		pick: list => list[whole(0, list.length - 1)] as (typeof list)[number],
		shuffled(list) {
			const rest = [...list];
			return list.map(() => rest.splice(whole(0, rest.length - 1), 1)[0] as (typeof list)[number]);
		},
		chance: share => next() < share,
	};
}
