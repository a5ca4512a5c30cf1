import type {Setting} from './settings.js';

/** What is wrong with one value, in words that fit beside its field; undefined when nothing is. */
export function problemWith(row: Setting, value: unknown): string | undefined {
	if (row.kind === 'switch') {
		return typeof value === 'boolean' ? undefined : 'must be on or off';
	}

	if (row.kind === 'choice') {
		return row.choices.includes(value as string)
			? undefined
			: `must be one of ${row.choices.join(', ')}`;
	}

	if (typeof value !== 'number' || !Number.isFinite(value)) {
		return 'must be a number';
	}

	if (row.kind === 'integer' && !Number.isInteger(value)) {
		return 'must be a whole number';
	}

	return value < row.min || value > row.max ? `must be ${row.min} to ${row.max}` : undefined;
}
