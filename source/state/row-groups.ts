import type {Field} from '../domain/filter/field.js';
import {groupKey, groupName} from './list-views.js';

/** Rows of a list that have something in common, below a heading. */
export type RowGroup = {
	/** Empty where they have no value. */
	name: string;
	count: number;
	/** Index of its first row among the rows of the list. */
	from: number;
};

/** Rows and their groups; without any, the list has no headings. */
export type Arranged<T> = {rows: readonly T[]; groups: readonly RowGroup[]};

/** Groups in the order of their first rows; the rows of each stay in their order. */
export function groupRows<T>(rows: readonly T[], column: Field<T>, now: number): Arranged<T> {
	const members = Map.groupBy(rows, row => groupKey(column, row, now));
	let from = 0;
	const groups = [...members.values()].map(group => {
		const heading = {name: groupName(column, group[0] as T, now), count: group.length, from};
		from += group.length;
		return heading;
	});
	return {rows: [...members.values()].flat(), groups};
}

/** How far down a row is, headings counted. */
export function lineOfRow(groups: readonly RowGroup[], row: number): number {
	return row + groups.filter(({from}) => from <= row).length;
}

/** What is so far down: a heading, or the row at an index. */
export function rowAtLine(groups: readonly RowGroup[], line: number): RowGroup | number {
	let above = 0;
	for (const group of groups) {
		if (group.from + above >= line) {
			return group.from + above === line ? group : line - above;
		}

		above++;
	}

	return line - above;
}
