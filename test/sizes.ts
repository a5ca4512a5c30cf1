/** Terminals that the dashboard is tried in, columns and rows: from the smallest it works in. */
export const sizes = [
	[60, 15],
	[80, 24],
	[120, 40],
	[200, 60],
] as const;
