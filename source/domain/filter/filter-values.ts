/** From the first to before the second, in the unit of the field. */
export type Span = readonly [from: number, to: number];

const units: Readonly<Record<string, number>> = {s: 1, m: 60, h: 3600, d: 86_400, w: 604_800};
const duration = /^(?:\d+(?:\.\d+)?[smhdw])+$/;
const clock = /^(?:(\d+):)?(\d{1,2}):(\d{2})$/;

/** `90s`, `1.5h`, `1h30m`, `12:40`, `1:02:03` in seconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
	if (duration.test(text)) {
		return [...text.matchAll(/([\d.]+)([smhdw])/g)].reduce(
			(sum, [, number, unit = '']) => sum + Number(number) * (units[unit] as number),
			0,
		);
	}

	const [, hours = '0', minutes, seconds] = clock.exec(text) ?? [];
	return minutes === undefined
		? undefined
		: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
/** The beginning of `Nov 24`. */
export const monthName = new RegExp(`^(?:${months.join('|')})$`, 'i');
const monthDay = new RegExp(`^(${months.join('|')})[ -](0?[1-9]|[12]\\d|3[01])$`, 'i');
/** A month of another year, as narrow rows show it: `Nov'25`. */
const monthYear = new RegExp(`^(${months.join('|')})'(\\d{2})$`, 'i');
const iso = /^(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?)?$/i;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i;

/**
 * The time that a word means, in this machine's zone: `today`, `yesterday`, `2026-11`, `2026-11-24`,
 * `2026-11-24 12:04`, `Nov 24`, `Nov'25`, or an instant with its zone.
 * @returns what gives it in milliseconds since 1970, at a moment; undefined for anything else
 */
export function parseTime(text: string): ((now: number) => Span) | undefined {
	const word = text.toLowerCase();
	if (word === 'today' || word === 'yesterday') {
		const back = word === 'today' ? 0 : 1;
		return now => {
			const {year, month, day} = partsOf(now);
			return [at(year, month, day - back), at(year, month, day - back + 1)];
		};
	}

	if (instant.test(text)) {
		const from = Date.parse(text);
		return Number.isNaN(from) ? undefined : () => [from, from + 1000];
	}

	const [, name = '', date] = monthDay.exec(text) ?? [];
	if (date !== undefined) {
		const month = months.indexOf(name.toLowerCase());
		// The last one that has been: in January, `Dec 24` is of the year before.
		return now => {
			const today = partsOf(now);
			const year = today.year - (at(today.year, month, Number(date)) > now ? 1 : 0);
			return [at(year, month, Number(date)), at(year, month, Number(date) + 1)];
		};
	}

	const [, named = '', short] = monthYear.exec(text) ?? [];
	const parts = short ? [`20${short}`, String(months.indexOf(named.toLowerCase()) + 1)] : undefined;
	const span = isoSpan(parts ?? iso.exec(text)?.slice(1) ?? []);
	return span && (() => span);
}

function isoSpan([years, months, days, hours, minutes, seconds]: Array<string | undefined>):
	| Span
	| undefined {
	if (years === undefined) {
		return undefined;
	}

	const [year, month] = [Number(years), Number(months) - 1];
	const [day, hour, minute, second] = [days ?? 1, hours ?? 0, minutes ?? 0, seconds ?? 0].map(
		Number,
	) as [number, number, number, number];
	if (month > 11 || day > new Date(year, month + 1, 0).getDate() || hour > 23 || minute > 59) {
		return undefined;
	}

	const from = at(year, month, day, hour, minute, second);
	if (days === undefined) {
		return [from, at(year, month + 1, 1)];
	}

	return hours === undefined
		? [from, at(year, month, day + 1)]
		: [from, from + (seconds === undefined ? 60_000 : 1000)];
}

/** A local time; days beyond a month's end are those of the next one. */
const at = (...parts: [number, number, number, number?, number?, number?]) =>
	new Date(...(parts as [number, number, number])).getTime();

function partsOf(now: number) {
	const date = new Date(now);
	return {year: date.getFullYear(), month: date.getMonth(), day: date.getDate()};
}
