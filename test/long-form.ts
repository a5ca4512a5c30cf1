/** `npm run cases` and `npm run fuzz` set it: everything is played, however long it takes. */
export const isLong = process.env.COSMOS_LONG === '1';

/** All cases in the long form; in `npm test` those that have a word of `few`. */
export function someOf<const T extends readonly [unknown, ...unknown[]]>(
	cases: readonly T[],
	...few: readonly string[]
): readonly T[] {
	return isLong ? cases : cases.filter(one => one.some(word => few.includes(String(word))));
}

/** All in the long form; in `npm test` every second one, the first and the last among them. */
export function everySecond<T>(all: readonly T[]): readonly T[] {
	return isLong ? all : all.filter((_, index) => index % 2 === 0 || index === all.length - 1);
}
