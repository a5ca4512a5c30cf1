const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** A decimal number; NaN for anything else, `1e3` and `0x10` too. */
export function parseDecimal(text: string): number {
	return decimal.test(text.trim()) ? Number(text) : Number.NaN;
}
