import {diffArrays} from 'diff';

/** A line of two texts: one that both have, or one that only one of them has. */
export type DiffLine = {sign: ' ' | '-' | '+'; text: string};

/** Lines that may differ: what differs in more is taken as changed as a whole. */
const mostChanges = 1000;

/** What has to be taken from a text and added to it to get another one, line by line. */
export function diffLines(before: string, after: string): DiffLine[] {
	const [old, fresh] = [before.split('\n'), after.split('\n')];
	const changes = diffArrays(old, fresh, {maxEditLength: mostChanges}) ?? [
		{value: old, removed: true, added: false},
		{value: fresh, removed: false, added: true},
	];
	return changes.flatMap(({value, removed, added}) =>
		value.map((text): DiffLine => ({sign: removed ? '-' : added ? '+' : ' ', text})),
	);
}
