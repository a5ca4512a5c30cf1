import {type Field, listOf} from '../domain/filter/field.js';
import {formatLocalTime} from '../domain/text-format.js';
import type {Recipe} from '../domain/types.js';
import {type Filtered, fieldsOf} from './list-filters.js';
import type {ListName} from './panels.js';

/** The queue has one order, its own. */
export type ArrangedList = Exclude<ListName, 'queue'>;

/** How a list is arranged. Columns have the names of the filter's fields. */
export type ListView = {
	/** In the order of the row. Absent: those that fit, the most important first. */
	columns?: readonly string[];
	sort: string;
	/** Against the order that the column has by itself. */
	reversed: boolean;
	group?: string;
};

export type ListViews = {[L in ArrangedList]: ListView};

/** Newest first, as the store gives them. */
export const firstView: ListView = {sort: 'created', reversed: false};

export type ListColumn<L extends ArrangedList> = Field<Filtered[L]>;

/** The columns that a list begins with. */
export const usualColumns = {
	prompts: ['name', 'tags', 'stars', 'runs', 'created'],
	runs: ['name', 'kind', 'differs', 'id', 'host', 'stars', 'status', 'created'],
} as const satisfies Record<ArrangedList, readonly string[]>;

/** Fields that are too long for a column, or that another one shows. */
const noColumns = new Set(
	'text negative message past video shown age parent ended job exit note'.split(' '),
);
const names: Readonly<Record<string, string>> = {tag: 'tags'};

/** Of a run, the settings that differ among the runs of its prompt. */
const differs: ListColumn<'runs'> = {
	name: 'differs',
	help: 'the settings that differ among the runs of a prompt',
	type: 'text',
	get: () => undefined,
};

let known: {recipes: readonly Recipe[]; tables: {[L in ArrangedList]: readonly ListColumn<L>[]}};

/** Every column that a list can have: the fields of its filter. */
export function columnsOf<L extends ArrangedList>(
	list: L,
	recipes: readonly Recipe[],
): readonly ListColumn<L>[] {
	if (known?.recipes !== recipes) {
		const tables = {
			prompts: columnsFrom(fieldsOf('prompts', recipes)),
			runs: [...columnsFrom(fieldsOf('runs', recipes)), differs],
		};
		known = {recipes, tables};
	}

	return known.tables[list];
}

function columnsFrom<T>(fields: readonly Field<T>[]): Field<T>[] {
	return fields
		.filter(({name}) => !noColumns.has(name))
		.map(field => ({...field, name: names[field.name] ?? field.name}));
}

export function findColumn<L extends ArrangedList>(
	list: L,
	name: string,
	recipes: readonly Recipe[],
): ListColumn<L> | undefined {
	return columnsOf(list, recipes).find(column => column.name === name);
}

/** The group of a thing in a list that is grouped by a column; empty where it has no value. */
export function groupName<T>(column: Field<T>, item: T, now: number): string {
	const [value] = valuesOf(column, item, now);
	return column.type === 'time' && value !== undefined
		? formatLocalTime(String(value)).slice(0, 10)
		: String(value ?? '');
}

/** What makes two things members of one group: of two prompts of one name, each has its own. Times: the day. */
export function groupKey<T>(column: Field<T>, item: T, now: number): string {
	return column.type === 'time'
		? groupName(column, item, now)
		: valuesOf(column, item, now).join('\n');
}

export function valuesOf<T>(
	column: Field<T>,
	item: T,
	now: number,
): ReadonlyArray<string | number> {
	const value: string | number | readonly (string | number)[] | undefined =
		column.type === 'duration' ? column.get(item, now) : column.get(item);
	return listOf<string | number>(value);
}

/** A moment after all others: what goes on has taken longest. */
const endOfTime = Number.MAX_SAFE_INTEGER;

/**
 * Rows in the order of a column: texts from A to Z, statuses from the first to the last one, numbers and
 * times the largest first. What has no value is last, also reversed.
 */
export function sortRows<T>(
	rows: readonly T[],
	column: Field<T>,
	{reversed}: Pick<ListView, 'reversed'>,
): readonly T[] {
	const keyOf = sortKey(column);
	const sign = reversed ? -1 : 1;
	return rows
		.map(row => ({row, key: keyOf(row)}))
		.sort((one, two) =>
			one.key === undefined || two.key === undefined
				? Number(one.key === undefined) - Number(two.key === undefined)
				: sign * compare(one.key, two.key),
		)
		.map(({row}) => row);
}

function sortKey<T>(column: Field<T>): (row: T) => string | number | undefined {
	switch (column.type) {
		case 'number':
			return row => negative(valuesOf(column, row, endOfTime)[0]);
		case 'duration':
			return row => negative(column.get(row, endOfTime));
		case 'time':
			return row => negative(Date.parse(column.get(row) ?? ''));
		case 'choice':
			return row => {
				const [value] = listOf(column.get(row));
				return value === undefined ? undefined : column.values.indexOf(value);
			};
		case 'text':
			return row => listOf(column.get(row))[0]?.toLowerCase();
	}
}

const negative = (value: string | number | undefined) =>
	value === undefined || Number.isNaN(value) ? undefined : -value;

function compare(one: string | number, two: string | number): number {
	return typeof one === 'string' ? one.localeCompare(String(two)) : one - Number(two);
}
