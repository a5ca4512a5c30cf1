import path from 'node:path';
import {type Journal, type Steps, writeStaged} from './journal.js';
import type {SegmentFolder} from './segment-folder.js';
import {asStored, formatSegment, lineOf} from './segment-text.js';

/** A change of any number of documents of one kind. */
export type Edit<T> = {
	/** Added, or replacing the one with the same id. */
	put: readonly T[];
	/** Ids that go. */
	remove: ReadonlySet<string>;
	/** Name of a segment that keeps only what belongs there, although that is nothing. */
	tidy?: string;
};

export type EditLimits = {documents: number; length: number};

/** What becomes of the segments that an edit touches. */
export type PlannedEdit<T> = {
	/** Segments with their new documents. */
	pieces: ReadonlyArray<{name: string; documents: readonly T[]}>;
	/** Names of segments that have no document any more. */
	empty: readonly string[];
};

/** Computes what an edit makes of the segments; writes nothing but what of a damaged one is used again. */
export async function planEdit<T extends {id: string}>(
	segments: SegmentFolder<T>,
	edit: Edit<T>,
	full: EditLimits,
): Promise<PlannedEdit<T>> {
	const names = await namesFor(segments, edit);
	const pieces: Array<{name: string; documents: readonly T[]}> = [];
	const empty: string[] = [];
	for (const [name, part] of groupBySegment(edit, names)) {
		const before = names.includes(name) ? (await segments.openForChange(name)).data.documents : [];
		const after = new Map(
			before
				.filter(({id}) => name !== edit.tidy || segmentOf(id, names) === name)
				.map(document => [document.id, document]),
		);
		for (const id of part.remove) {
			after.delete(id);
		}

		for (const document of part.put) {
			after.set(document.id, asStored(document));
		}

		const documents = [...after.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
		if (documents.length === 0) {
			empty.push(name);
		}

		// The first keeps the name: it is the lowest id that the segment may hold.
		for (const [index, piece] of splitDocuments(documents, full).entries()) {
			pieces.push({name: index === 0 ? name : (piece[0] as T).id, documents: piece});
		}
	}

	return {pieces, empty};
}

/** Names of which an edit of documents that were seen there needs no newer ones. */
async function namesFor<T extends {id: string}>(
	segments: SegmentFolder<T>,
	{put, remove, tidy}: Edit<T>,
): Promise<readonly string[]> {
	const names = await segments.lastNames();
	for (const id of [...put.map(document => document.id), ...remove]) {
		const name = segmentOf(id, names);
		if (tidy !== undefined || name === undefined || !(await segments.ids(name)).includes(id)) {
			return segments.names();
		}
	}

	return names;
}

/**
 * Writes the segments that an edit makes into the staging folder.
 * @returns the steps that give them their places
 */
export async function stageEdit<T extends {id: string}>(
	segments: SegmentFolder<T>,
	root: string,
	journal: Journal,
	{pieces, empty}: PlannedEdit<T>,
): Promise<Steps> {
	const moves: Array<readonly [string, string]> = [];
	for (const {name, documents} of pieces) {
		const place = segments.pathOf(name);
		const staged = `${journal.staging}/${place}`;
		const text = formatSegment(documents);
		await writeStaged(path.join(root, staged), text, written =>
			segments.keep(name, written, documents, text),
		);
		moves.push([staged, place]);
	}

	return {moves, removes: empty.map(segments.pathOf)};
}

/** What of an edit touches which segment; documents before the first one get a segment of their own. */
function groupBySegment<T extends {id: string}>(
	{put, remove, tidy}: Edit<T>,
	names: readonly string[],
): Map<string, {put: T[]; remove: string[]}> {
	const parts = new Map<string, {put: T[]; remove: string[]}>();
	if (tidy !== undefined) {
		parts.set(tidy, {put: [], remove: []});
	}

	const lowest = put.reduce<string | undefined>(
		(least, {id}) => (least === undefined || id < least ? id : least),
		undefined,
	);
	const partOf = (id: string) => {
		const name = segmentOf(id, names) ?? lowest ?? id;
		const part = parts.get(name) ?? {put: [], remove: []};
		parts.set(name, part);
		return part;
	};

	for (const document of put) {
		partOf(document.id).put.push(document);
	}

	for (const id of remove) {
		partOf(id).remove.push(id);
	}

	return parts;
}

/** The last of the sorted names that is not above an id. */
export function segmentOf(id: string, names: readonly string[]): string | undefined {
	let [low, high] = [0, names.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((names[middle] as string) <= id) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}

	return names[low - 1];
}

function splitDocuments<T extends object>(documents: readonly T[], full: EditLimits): T[][] {
	const pieces: T[][] = [];
	let length = Number.POSITIVE_INFINITY;
	for (const document of documents) {
		if (length >= full.length || (pieces.at(-1)?.length ?? 0) >= full.documents) {
			pieces.push([]);
			length = 0;
		}

		pieces.at(-1)?.push(document);
		length += lineOf(document).length;
	}

	return pieces;
}
