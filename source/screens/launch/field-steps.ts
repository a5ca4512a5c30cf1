import type {Setting} from '../../domain/settings/settings.js';

/** A number one step further, within its range. */
export function stepNumber(
	row: Extract<Setting, {kind: 'number' | 'integer'}>,
	value: number,
	by: number,
): string {
	const from = Number.isFinite(value) ? value : row.default;
	// Onto the grid of steps: 0.27 + 0.05 is 0.3, and binary dust is rounded away.
	const steps = from / row.step;
	const next = (by > 0 ? Math.floor(steps + 1e-9) + 1 : Math.ceil(steps - 1e-9) - 1) * row.step;
	return String(Number(Math.min(row.max, Math.max(row.min, next)).toFixed(6)));
}

/** The word before or after another; wraps around. */
export function neighbour(words: readonly string[], word: string, by: number): string {
	const from = words.indexOf(word);
	// Of no known word, the first one is next.
	const at = from < 0 ? 0 : (from + by + words.length) % words.length;
	return words[at] ?? word;
}
