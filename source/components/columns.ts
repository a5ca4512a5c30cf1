/** Of a row, the part that its name has in any case, unless the name is shorter. */
const nameShare = 0.45;

/** A column beside a name: what it would like to have, and what it is useful with. */
export type Column<K extends string> = {key: K; width: number; least?: number};

/**
 * Shares a row among a name and the columns beside it. The name is never left out: it has its own
 * width, or nearly half of the row. The columns get room in the order given, each what it wants, or at
 * least its `least`, or nothing; what is left goes to the name.
 * @param width columns of the row that are to be shared
 * @param name columns of the longest name
 */
export function fitColumns<K extends string>(
	width: number,
	name: number,
	columns: ReadonlyArray<Column<K>>,
): {name: number; widths: Readonly<Record<K, number>>} {
	const own = Math.min(name, Math.max(1, Math.floor(width * nameShare)));
	let room = Math.max(0, width - own);
	const widths = Object.fromEntries(
		columns.map(({key, width: wanted, least = wanted}) => {
			const given = wanted <= room ? wanted : least <= room ? room : 0;
			room -= given;
			return [key, given];
		}),
	) as Record<K, number>;
	return {name: own + room, widths};
}
