/**
 * Numbers in what a host, a program or a file reports. `Number` makes 0 of an empty text, 22 of `0x16` and
 * infinity of a long one: whatever is not written as a number is unknown here.
 */

/** A whole number from 0 on, in digits alone; undefined for any other text. */
export function parseWhole(text: string | undefined): number | undefined {
	const number = /^\d{1,16}$/.test(text ?? '') ? Number(text) : undefined;
	return Number.isSafeInteger(number) ? number : undefined;
}

/** The same with a decimal point: `41`, `41.5`. */
export function parseUnsigned(text: string | undefined): number | undefined {
	return /^\d{1,16}(?:\.\d{1,16})?$/.test(text ?? '') ? Number(text) : undefined;
}
