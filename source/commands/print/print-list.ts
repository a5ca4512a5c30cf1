import type {CommandContext, Words} from '../verb.js';
import {type JsonKind, jsonText} from './json.js';
import {printTable} from './print-table.js';

/** How things are listed. */
type Listing<T> = {
	/** What `--json` prints of each. */
	kind: JsonKind;
	/** @default the thing itself */
	record?: (item: T) => object;
	head: readonly string[];
	row: (item: T) => readonly string[];
	/** Said in place of an empty table. */
	none?: string;
};

/** Prints a list: as JSON where that is asked for, else as a table. */
export async function printList<T extends object>(
	context: CommandContext,
	words: Words,
	items: readonly T[],
	{kind, record = item => item, head, row, none}: Listing<T>,
): Promise<void> {
	if (words.on('json')) {
		context.out(jsonText(kind, items.map(record)));
	} else if (none !== undefined && items.length === 0) {
		context.note(`${none}\n`);
	} else {
		await printTable(context, head, items.map(row));
	}
}
