/**
 * How well typed letters fit a text: higher is better, undefined when they do not. The letters must
 * be there in their order; those at the beginnings of words and those in a row count more.
 */
export function fuzzyScore(typed: string, text: string): number | undefined {
	const letters = typed.toLowerCase().replaceAll(' ', '');
	const lower = text.toLowerCase();
	let score = 0;
	let at = -1;
	for (const letter of letters) {
		const next = lower.indexOf(letter, at + 1);
		if (next < 0) {
			return undefined;
		}

		const inRow = next === at + 1;
		const startsWord = next === 0 || !/[\p{L}\p{N}]/u.test(lower[next - 1] ?? '');
		score += inRow ? 3 : startsWord ? 2 : 0;
		at = next;
	}

	// Of two that fit alike, the shorter.
	return score - text.length / 1000;
}
