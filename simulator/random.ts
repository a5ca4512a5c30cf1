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
export function pick(seed: number, which: number): number {
	let hash = seed ^ Math.imul(which, 0x9e3779b1);
	hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
	hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
	return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
