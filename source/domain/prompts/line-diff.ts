/** A line of two texts: one that both have, or one that only one of them has. */
export type DiffLine = {sign: ' ' | '-' | '+'; text: string};

/** Pairs of lines that are compared at most: what is longer is taken as changed as a whole. */
const mostPairs = 1_000_000;

/** What has to be taken from a text and added to it to get another one, line by line. */
export function diffLines(before: string, after: string): DiffLine[] {
	const [old, fresh] = [before.split('\n'), after.split('\n')];
	if (old.length * fresh.length > mostPairs) {
		return [...signed('-', old), ...signed('+', fresh)];
	}

	const common = longestCommon(old, fresh);
	const result: DiffLine[] = [];
	let [at, to] = [0, 0];
	while (at < old.length || to < fresh.length) {
		if (at < old.length && to < fresh.length && old[at] === fresh[to]) {
			result.push({sign: ' ', text: old[at] as string});
			at++;
			to++;
		} else if (
			to >= fresh.length ||
			(at < old.length && lengthAt(at + 1, to) >= lengthAt(at, to + 1))
		) {
			result.push({sign: '-', text: old[at++] as string});
		} else {
			result.push({sign: '+', text: fresh[to++] as string});
		}
	}

	return result;

	function lengthAt(one: number, two: number): number {
		return common[one]?.[two] ?? 0;
	}
}

const signed = (sign: '-' | '+', lines: readonly string[]): DiffLine[] =>
	lines.map(text => ({sign, text}));

/** How many lines the rests of two texts have in common, in their order, for each two places. */
function longestCommon(old: readonly string[], fresh: readonly string[]): Uint32Array[] {
	const rows = Array.from({length: old.length + 1}, () => new Uint32Array(fresh.length + 1));
	for (let at = old.length - 1; at >= 0; at--) {
		const [row, next] = [rows[at] as Uint32Array, rows[at + 1] as Uint32Array];
		for (let to = fresh.length - 1; to >= 0; to--) {
			row[to] =
				old[at] === fresh[to]
					? (next[to + 1] as number) + 1
					: Math.max(next[to] as number, row[to + 1] as number);
		}
	}

	return rows;
}
