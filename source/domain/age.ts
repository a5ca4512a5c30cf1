import {CosmosError} from './errors.js';

const units: Readonly<Record<string, number>> = {m: 60, h: 3600, d: 86_400, w: 604_800};

/**
 * `7d`, `12h`, `30m`, `2w` in seconds.
 * @throws CosmosError (usage)
 */
export function parseAge(text: string): number {
	const [, number, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
	if (number === undefined) {
		throw new CosmosError('usage', `"${text}" is not a valid age`, {
			hint: 'Use a number with m, h, d or w, for example 12h or 7d.',
		});
	}

	return Number(number) * (units[unit] as number);
}

/** Seconds as the largest unit that fits: `3 d`, `5 h`, `40 min`. */
export function formatAge(seconds: number): string {
	const whole = Math.max(0, seconds);
	if (whole >= 86_400) {
		return `${Math.floor(whole / 86_400)} d`;
	}

	return whole >= 3600 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 60)} min`;
}
