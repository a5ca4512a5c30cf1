import {type Field, FilterError} from './field.js';
import {parseDuration, parseTime, type Span} from './filter-values.js';

export type Operator = ':' | '=' | '!=' | '<' | '<=' | '>' | '>=';

/** What stands behind an operator, and at which character. */
export type Value = {text: string; at: number; quoted: boolean};

/** @throws FilterError where a text is to be less or more */
export function requireEquality<T>({name}: Field<T>, operator: Operator, {at}: Value): void {
	if (operator !== ':' && operator !== '=') {
		const hint = `Write ${name}:word, ${name}="exactly this", or ${name}!=word.`;
		throw new FilterError(`${name} has no order`, at, hint);
	}
}

/** The values that a word means. @throws FilterError for none */
export function choicesFor<T>(
	{name, values, synonyms = {}}: Extract<Field<T>, {type: 'choice'}>,
	operator: Operator,
	{text, at}: Value,
): ReadonlySet<string> {
	const word = text.toLowerCase();
	const exact = synonyms[word] ?? values.find(one => one === word);
	const meant = [...values, ...Object.keys(synonyms)].filter(one => one.startsWith(word));
	if (exact === undefined && (operator === '=' || meant.length === 0)) {
		const hint = `It can be ${values.join(', ')}.`;
		throw new FilterError(`there is no ${name} "${text}"`, at, hint);
	}

	return new Set(exact === undefined ? meant.map(one => synonyms[one] ?? one) : [exact]);
}

/** The numbers, or seconds, of `30` or `20..30`. */
export function spanOf<T>(
	{name, type}: Field<T>,
	{text, at}: Value,
	parse: (text: string) => Span | undefined,
): Span {
	const [first, last] = text.split('..').map(parse);
	const isRange = text.includes('..');
	if (!first || (isRange && !last)) {
		const examples = type === 'number' ? `${name}<30, ${name}:20..30` : `${name}>2h, ${name}<12:40`;
		throw new FilterError(`"${text}" is not a ${type}`, at, `Write for example ${examples}.`);
	}

	return [first[0], (last ?? first)[1]];
}

/** A number with the room of its rounding. */
export function numberSpan(text: string): Span | undefined {
	const value = text.trim() === '' ? Number.NaN : Number(text);
	const room = Math.max(1, Math.abs(value)) * 1e-12;
	return Number.isFinite(value) ? [value - room, value + room] : undefined;
}

/** All that is shown as this duration, in whole seconds. */
export function durationSpan(text: string): Span | undefined {
	const seconds = parseDuration(text);
	return seconds === undefined ? undefined : [seconds - 0.5, seconds + 0.5];
}

export function timeSpan<T>({name}: Field<T>, {text, at}: Value): (now: number) => Span {
	const [first, last] = text.split('..').map(parseTime);
	if (!first || (text.includes('..') && !last)) {
		const hint = `Write for example ${name}:today, ${name}>=2026-11-24, ${name}:"Nov 24", or age<2h.`;
		throw new FilterError(`"${text}" is not a date`, at, hint);
	}

	let known: {now: number; span: Span} | undefined;
	return now => {
		known = known?.now === now ? known : {now, span: [first(now)[0], (last ?? first)(now)[1]]};
		return known.span;
	};
}

export function isIn(value: number, operator: Operator, [from, to]: Span): boolean {
	switch (operator) {
		case '<':
			return value < from;
		case '<=':
			return value < to;
		case '>':
			return value >= to;
		case '>=':
			return value >= from;
		default:
			return value >= from && value < to;
	}
}
