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

	if (row.kind === 'text') {
		return textProblem(value);
	}

	if (typeof value !== 'number' || !Number.isFinite(value)) {
		return 'must be a number';
	}

	if (row.kind === 'integer' && !Number.isInteger(value)) {
		return 'must be a whole number';
	}

	return value < row.min || value > row.max ? `must be ${row.min} to ${row.max}` : undefined;
}

/** Characters of a text: a path, or a few words. */
const longestText = 1000;

function textProblem(value: unknown): string | undefined {
	if (typeof value !== 'string') {
		return 'must be a text';
	}

	if (/[\u0000-\u001f\u007f]/.test(value)) {
		return 'must be one line without control characters';
	}

	return value.length > longestText ? `must have at most ${longestText} characters` : undefined;
}
