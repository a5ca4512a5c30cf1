/** A named value of a record, as it is shown. */
export type Valued = {key: string; text: string};

/** The keys that do not have the same value in all records, in the order of the first ones. */
export function findDiffering(records: ReadonlyArray<readonly Valued[]>): string[] {
	const values = new Map<string, Set<string>>();
	const counts = new Map<string, number>();
	for (const {key, text} of records.flat()) {
		values.set(key, (values.get(key) ?? new Set()).add(text));
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}

	return [...values]
		.filter(([key, found]) => found.size > 1 || counts.get(key) !== records.length)
		.map(([key]) => key);
}
