/** A number for a text; equal texts give equal numbers (FNV-1a, 32 bits). */
export function hashText(text: string): number {
	let hash = 0x811c9dc5;
	for (const byte of Buffer.from(text, 'utf8')) {
		hash = Math.imul(hash ^ byte, 0x01000193);
	}

	return hash >>> 0;
}

/**
 * A number from 0 up to 1 that looks random and depends on nothing but its arguments, so that the
 * same seed gives the same picture on every machine.
 */
export function pick(seed: number, a = 0, b = 0): number {
	let hash = seed ^ Math.imul(Math.floor(a), 0x9e3779b1) ^ Math.imul(Math.floor(b), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
	hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
	return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** 0 below `from`, 1 above `to`, and a soft slope between. */
export function smooth(from: number, to: number, value: number): number {
	const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
	return t * t * (3 - 2 * t);
}

/** Soft hills from 0 to 1 along a line. */
export function noise(seed: number, x: number): number {
	const left = Math.floor(x);
	const from = pick(seed, left);
	return from + (pick(seed, left + 1) - from) * smooth(0, 1, x - left);
}

/** Soft hills with smaller ones on them, from 0 to 1. */
export function rough(seed: number, x: number): number {
	return noise(seed, x) * 0.55 + noise(seed + 1, x * 2.3) * 0.28 + noise(seed + 2, x * 5.1) * 0.17;
}

/** Soft hills from 0 to 1 over a plane. */
export function noise2(seed: number, x: number, y: number): number {
	const column = Math.floor(x);
	const row = Math.floor(y);
	const across = smooth(0, 1, x - column);
	const top =
		pick(seed, column, row) + (pick(seed, column + 1, row) - pick(seed, column, row)) * across;
	const bottom =
		pick(seed, column, row + 1) +
		(pick(seed, column + 1, row + 1) - pick(seed, column, row + 1)) * across;
	return top + (bottom - top) * smooth(0, 1, y - row);
}
