import {CosmosError} from '../errors.js';

/** What a field of a thing is, as a filter names it. Lists, search and completion read tables of them. */
export type Field<T> = {
	name: string;
	/** Other names. */
	aliases?: readonly string[];
	help: string;
	/** What a result of a search calls it. @default the name */
	label?: string;
	/** A setting of a launch: there are many, so that errors do not list them. */
	isSetting?: true;
} & FieldValue<T>;

export type Several<V> = V | readonly V[] | undefined;

type FieldValue<T> =
	| {
			type: 'text';
			/** Of several values, one has to match. */
			get: (item: T) => Several<string>;
			/** A word without a field is looked for here too; a function where other text is shown. */
			words?: true | ((item: T, now: number) => Several<string>);
			/** The words that are looked for here. @default all */
			onlyWords?: RegExp;
			/** What completion offers, where that is known beforehand. */
			values?: readonly string[];
	  }
	/** One of a list of words: a beginning is enough. */
	| {
			type: 'choice';
			get: (item: T) => Several<string>;
			words?: true | ((item: T, now: number) => Several<string>);
			values: readonly string[];
			/** Other words for a value. */
			synonyms?: Readonly<Record<string, string>>;
	  }
	| {type: 'number'; get: (item: T) => Several<number>}
	/** Seconds. @param now milliseconds since 1970 */
	| {type: 'duration'; get: (item: T, now: number) => number | undefined}
	/** ISO 8601. */
	| {type: 'time'; get: (item: T) => string | undefined};

type More = {aliases?: readonly string[]; label?: string; values?: readonly string[]};
type Words<T> = {words?: true | ((item: T, now: number) => Several<string>)};

/** A field that is a text; words without a field are not looked for in it, unless `more` says so. */
export function text<T>(
	name: string,
	help: string,
	get: (item: T) => Several<string>,
	more: More & Words<T> & {onlyWords?: RegExp} = {},
): Field<T> {
	return {name, help, type: 'text', get, ...more};
}

/** A text in which words without a field are looked for too. */
export function searched<T>(...[name, help, get, more]: Parameters<typeof text<T>>): Field<T> {
	return text(name, help, get, {words: true, ...more});
}

/** A field that is one of `values`. */
export function choice<T>(
	name: string,
	help: string,
	values: readonly string[],
	get: (item: T) => Several<string>,
	more: Words<T> & {synonyms?: Readonly<Record<string, string>>} = {},
): Field<T> {
	return {name, help, type: 'choice', values, get, ...more};
}

export function number<T>(
	name: string,
	help: string,
	get: (item: T) => Several<number>,
	more: More = {},
): Field<T> {
	return {name, help, type: 'number', get, ...more};
}

/** A field that is a number of seconds. */
export function duration<T>(
	name: string,
	help: string,
	get: (item: T, now: number) => number | undefined,
	more: More = {},
): Field<T> {
	return {name, help, type: 'duration', get, ...more};
}

/** A field that is a time, ISO 8601. */
export function time<T>(
	name: string,
	help: string,
	get: (item: T) => string | undefined,
	more: More = {},
): Field<T> {
	return {name, help, type: 'time', get, ...more};
}

/** Every value of a field, of none, one or several. */
export function listOf<V>(value: Several<V>): readonly V[] {
	return value === undefined ? [] : Array.isArray(value) ? value : [value as V];
}

/** A filter that cannot be understood: where, and what would be right. */
export class FilterError extends CosmosError {
	/** Characters before the place. */
	readonly at: number;
	/** What is wrong, without the place. */
	readonly problem: string;

	constructor(problem: string, at: number, hint: string) {
		super('usage', `the filter is wrong at character ${at + 1}: ${problem}`, {hint});
		this.at = at;
		this.problem = problem;
	}
}
