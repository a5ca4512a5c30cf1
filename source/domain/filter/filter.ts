import {nearestWord} from '../nearest-word.js';
import {
	choicesFor,
	durationSpan,
	isIn,
	numberSpan,
	type Operator,
	requireEquality,
	spanOf,
	timeSpan,
	type Value,
} from './compare-values.js';
import {type Field, FilterError, listOf} from './field.js';
import {monthName, parseDuration, parseTime} from './filter-values.js';

/** Where a word of a filter was found. */
export type Found = {field: string; text: string; at: number; length: number};

export type Filter<T> = {
	/** @param now milliseconds since 1970 */
	matches: (item: T, now: number) => boolean;
	/** Where the first of its words is in a thing that matches; undefined where it has none. */
	find: (item: T, now: number) => Found | undefined;
	/** Names of the fields that it asks for. */
	fields: ReadonlySet<string>;
};

type Test<T> = (item: T, now: number) => boolean;

const comparison = /([a-z][\w.-]*)(!=|<=|>=|:|=|<|>)/iy;
const bareOperator = /(<=|>=|<|>)/y;
const dayAfter = /\s+(\d{1,2})(?=[\s,)]|$)/y;
const starSigns = /^(?:(\u2605+|\*+)|\u2605([1-5]))$/;

/**
 * Understands a filter: words and comparisons of fields, all of which have to match; `!` before one
 * inverts it, `OR` stands between alternatives, parentheses group. An empty text matches everything.
 * docs/filter.md describes it.
 * @throws FilterError that names the place, and what would be right
 */
export function parseFilter<T>(text: string, table: readonly Field<T>[]): Filter<T> {
	let at = 0;
	let depth = 0;
	const asked = new Set<string>();
	const finders: Array<Filter<T>['find']> = [];
	const searched = table.flatMap(field => placeOf(field, true) ?? []);

	const matchAt = (pattern: RegExp) => {
		pattern.lastIndex = at;
		return pattern.exec(text);
	};
	const skipBlanks = () => {
		at += matchAt(/\s*/y)?.[0].length ?? 0;
	};
	const isAtEnd = () => at >= text.length || (depth > 0 && text[at] === ')');
	const takeKeyword = (word: 'OR' | 'AND') => {
		const found = matchAt(word === 'OR' ? /OR(?=\s|$)/y : /AND(?=\s|$)/y) !== null;
		at += found ? word.length : 0;
		return found;
	};

	function parseAny(): Test<T> {
		const tests = [parseAll()];
		while (takeKeyword('OR')) {
			tests.push(parseAll());
		}

		return tests.length === 1 ? (tests[0] as Test<T>) : anyOf(tests);
	}

	function parseAll(): Test<T> {
		const tests: Test<T>[] = [];
		for (skipBlanks(); !(isAtEnd() || matchAt(/OR(?=\s|$)/y)); skipBlanks()) {
			if (!takeKeyword('AND')) {
				tests.push(parseTerm(true));
			}
		}

		if (tests.length === 0) {
			throw new FilterError(
				'a word is missing',
				at,
				'Write words or comparisons, such as host:h100.',
			);
		}

		return tests.length === 1
			? (tests[0] as Test<T>)
			: (item, now) => tests.every(test => test(item, now));
	}

	function parseTerm(wanted: boolean): Test<T> {
		const start = at;
		if (text[at] === '!') {
			at++;
			if (isAtEnd() || /\s/.test(text[at] ?? '')) {
				throw new FilterError('a word is missing after !', at, 'Write !word to exclude a word.');
			}

			const test = parseTerm(!wanted);
			return (item, now) => !test(item, now);
		}

		if (text[at] === '(') {
			at++;
			depth++;
			const test = parseAny();
			depth--;
			if (text[at] !== ')') {
				const hint = 'Close it, or put a text that has one in quotes.';
				throw new FilterError('this parenthesis is not closed', start, hint);
			}

			at++;
			return test;
		}

		const named = matchAt(comparison);
		if (named) {
			const [all, name = '', operator] = named;
			const field = fieldNamed(name);
			at += all.length;
			return compare(field, operator as Operator, wanted);
		}

		const operator = matchAt(bareOperator)?.[0];
		if (operator !== undefined) {
			at += operator.length;
			const begin = at;
			const value = takeValue(true, start);
			at = begin;
			return compare(fieldFor(value), operator as Operator, wanted);
		}

		return bareTest(takeValue(true, start, true), wanted);
	}

	/** A word by itself: a date, stars, or text that some field has. */
	function bareTest(value: Value, wanted: boolean): Test<T> {
		if (!value.quoted) {
			const [, stars, count] = starSigns.exec(value.text) ?? [];
			const rating = table.find(({name}) => name === 'stars');
			if (rating && (stars ?? count) !== undefined) {
				const least = {...value, text: count ?? String(stars?.length)};
				return compareOne(rating, count ? '=' : '>=', least, wanted);
			}

			const time = table.find(({type}) => type === 'time');
			if (time && parseTime(value.text)) {
				return compareOne(time, ':', value, wanted);
			}
		}

		const places = searched.filter(({onlyWords}) => onlyWords?.test(value.text) ?? true);
		return textTest(places, contains(value.text), wanted);
	}

	function textTest(places: readonly Place<T>[], pattern: RegExp, wanted: boolean): Test<T> {
		if (wanted) {
			finders.push((item, now) => {
				for (const {field, texts} of places) {
					for (const part of texts(item, now)) {
						const found = pattern.exec(part);
						if (found) {
							return {field, text: part, at: found.index, length: found[0].length};
						}
					}
				}

				return undefined;
			});
		}

		return (item, now) =>
			places.some(({texts}) => texts(item, now).some(part => pattern.test(part)));
	}

	function compare(field: Field<T>, operator: Operator, wanted: boolean): Test<T> {
		if (operator === '!=') {
			const test = compare(field, '=', !wanted);
			return (item, now) => !test(item, now);
		}

		asked.add(field.name);
		const what = `${field.name}${operator}`;
		const tests = [
			compareOne(field, operator, takeValue(field.type === 'time', at, false, what), wanted),
		];
		while (text[at] === ',') {
			at++;
			const value = takeValue(field.type === 'time', at, false, what);
			tests.push(compareOne(field, operator, value, wanted));
		}

		return tests.length === 1 ? (tests[0] as Test<T>) : anyOf(tests);
	}

	function compareOne(field: Field<T>, operator: Operator, value: Value, wanted: boolean): Test<T> {
		asked.add(field.name);
		switch (field.type) {
			case 'text':
				requireEquality(field, operator, value);
				return textTest(
					[placeOf(field, false) as Place<T>],
					operator === '=' ? exactly(value.text) : contains(value.text),
					wanted,
				);
			case 'choice': {
				requireEquality(field, operator, value);
				const chosen = choicesFor(field, operator, value);
				return item => listOf(field.get(item)).some(one => chosen.has(one));
			}

			case 'number': {
				const span = spanOf(field, value, numberSpan);
				return item => listOf(field.get(item)).some(one => isIn(one, operator, span));
			}

			case 'duration': {
				const span = spanOf(field, value, durationSpan);
				return (item, now) => {
					const seconds = field.get(item, now);
					return seconds !== undefined && isIn(seconds, operator, span);
				};
			}

			case 'time': {
				const spanAt = timeSpan(field, value);
				return (item, now) => {
					const time = field.get(item);
					return time !== undefined && isIn(Date.parse(time), operator, spanAt(now));
				};
			}
		}
	}

	function fieldNamed(name: string): Field<T> {
		const wanted = name.toLowerCase();
		const field = table.find(one => namesOf(one).includes(wanted));
		if (field) {
			return field;
		}

		const near = nearestWord(wanted, table.flatMap(namesOf));
		const usual = table.filter(({isSetting}) => !isSetting).map(one => one.name);
		const hint = near
			? `Did you mean ${near}? A text goes in quotes.`
			: `The fields are ${usual.join(', ')}, and the settings. A text goes in quotes.`;
		throw new FilterError(`there is no field "${name}" here`, at, hint);
	}

	/** What `>2h` or `>yesterday` is about: how long it took, or when it was created. */
	function fieldFor({text: value, at: place}: Value): Field<T> {
		const type = parseDuration(value) !== undefined ? 'duration' : parseTime(value) && 'time';
		const field = table.find(one => one.type === type && one.name !== 'age');
		if (!field) {
			const what =
				type === 'duration' ? 'nothing here has a duration' : `"${value}" cannot be compared`;
			throw new FilterError(what, place, 'Name a field, such as steps<30, or a date: >yesterday.');
		}

		return field;
	}

	/** @param isWord it ends with a blank only, else with a comma too */
	function takeValue(isTime: boolean, start: number, isWord = false, what = 'this'): Value {
		const place = at;
		if (text[at] === '"') {
			const quoted = matchAt(/"((?:[^"\\]|\\.)*)"/y);
			if (!quoted) {
				throw new FilterError('this quote is not closed', at, 'End the text with another ".');
			}

			at += quoted[0].length;
			return {text: (quoted[1] as string).replaceAll(/\\(.)/g, '$1'), at: place, quoted: true};
		}

		const ends = depth > 0 ? (isWord ? /[^\s)]*/y : /[^\s,)]*/y) : isWord ? /\S*/y : /[^\s,]*/y;
		let value = matchAt(ends)?.[0] ?? '';
		at += value.length;
		if (value === '') {
			throw new FilterError(
				`${what} needs a value`,
				at,
				'Write it right behind, such as host:h100.',
			);
		}

		const day = isTime && monthName.test(value) ? matchAt(dayAfter) : null;
		if (day) {
			at += day[0].length;
			value += ` ${day[1]}`;
		}

		return {text: value, at: isWord ? start : place, quoted: false};
	}

	skipBlanks();
	const matches: Test<T> = at >= text.length ? () => true : parseAny();
	return {
		matches,
		find: (item, now) => finders[0]?.(item, now),
		fields: asked,
	};
}

/** Every name of a field. */
export function namesOf({name, aliases = []}: Pick<Field<never>, 'name' | 'aliases'>): string[] {
	return [name, ...aliases];
}

const anyOf =
	<T>(tests: ReadonlyArray<Test<T>>): Test<T> =>
	(item, now) =>
		tests.some(test => test(item, now));

/** Where a text of a thing is. */
type Place<T> = {
	field: string;
	texts: (item: T, now: number) => readonly string[];
	onlyWords?: RegExp;
};

/** @param forWords as a word without a field looks for it; undefined where it does not */
function placeOf<T>(field: Field<T>, forWords: boolean): Place<T> | undefined {
	if (field.type !== 'text' && field.type !== 'choice') {
		return undefined;
	}

	const {words, label = field.name} = field;
	if (!forWords || words === true) {
		const onlyWords = field.type === 'text' ? field.onlyWords : undefined;
		return {field: label, texts: item => listOf(field.get(item)), onlyWords};
	}

	return words && {field: label, texts: (item, now) => listOf(words(item, now))};
}

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
const contains = (text: string) => new RegExp(escaped(text), 'i');
const exactly = (text: string) => new RegExp(`^${escaped(text)}$`, 'i');
