import type * as z from 'zod';
import {CosmosError} from '../../domain/errors.js';
import {isId, nextId} from '../../domain/ids.js';
import {DamagedFileError} from '../verify/damaged-file.js';
import {readConsistently, type Steps} from './journal.js';
import {type Edit, type PlannedEdit, planEdit, segmentOf, stageEdit} from './segment-edit.js';
import {
	createSegmentFolder,
	type OpenSegment,
	type SegmentFolder,
	type SegmentFolderOptions,
} from './segment-folder.js';
import {asStored} from './segment-text.js';

/** A segment that has reached one of these gets no further document. */
const fullAt = {documents: 100, length: 128 * 1024};

/** How many files are open at the same time. */
const filesAtOnce = 32;

/**
 * Documents of one kind, in time order, cut into segments: a change touches one file of bounded
 * size however many documents there are. Changes must come one at a time (`store.ts` holds the
 * lock); reading needs no lock, because files are replaced whole. Documents that are given out are
 * shared: do not change them.
 */
export type Collection<T> = {
	/** Newest first; reads no older segment than it needs. */
	list: (options?: ListOptions<T>) => Promise<T[]>;
	get: (id: string) => Promise<T | undefined>;
	/** Whether an id is in the segment where it belongs. */
	has: (id: string) => Promise<boolean>;
	/** Every id, oldest first. */
	ids: () => Promise<string[]>;
	/** @param prepare is done before the document becomes visible */
	add: (make: (id: string) => T, prepare?: (id: string) => Promise<void>) => Promise<T>;
	/** Adds several documents, all or none: to one segment where they fit. */
	addAll: (
		count: number,
		make: (ids: readonly string[]) => readonly T[],
		prepare?: (id: string) => Promise<void>,
	) => Promise<T[]>;
	/**
	 * @param change gets a copy; what it returns is stored
	 * @throws CosmosError (usage) for an unknown id
	 */
	update: (id: string, change: (document: T) => T) => Promise<T>;
	/** Changes several documents: those of one segment all or none. */
	updateAll: (ids: readonly string[], change: (document: T) => T) => Promise<T[]>;
	/**
	 * Prepares a change of any number of documents; the journal's commit applies it.
	 * @returns the steps that commit is to do
	 */
	stage: (edit: Edit<T>) => Promise<Steps>;
	/** What `stage` would make of the segments. */
	plan: (edit: Edit<T>) => Promise<PlannedEdit<T>>;
	/** Stages what was planned. */
	stagePlan: (plan: PlannedEdit<T>) => Promise<Steps>;
	/** `stage`, and done; what is one file is replaced without the journal. */
	commit: (edit: Edit<T> | PlannedEdit<T>) => Promise<void>;
	readonly segments: SegmentFolder<T>;
	/** Every document, newest first, one after the other, without keeping them. */
	each: (visit: (document: T) => void) => Promise<void>;
};

export type ListOptions<T> = {
	limit?: number;
	matches?: (document: T) => boolean;
	/** An id: no document before it is looked at. */
	from?: string;
};

export type CollectionOptions<T> = SegmentFolderOptions<T> & {
	/** For messages: `prompt`, `run`. */
	what: string;
	/** Milliseconds since 1970. */
	clock: () => number;
};

export function createCollection<T extends {id: string}>(
	options: CollectionOptions<T>,
): Collection<T> {
	const {root, prefix, schema, journal} = options;
	const segments = createSegmentFolder(options);

	/**
	 * @param visit says whether to go on
	 * @param wanted how many more documents will be visited at least; their files are read at the same time
	 */
	async function walk(visit: (document: T) => boolean, wanted = () => 1): Promise<void> {
		const names = await segments.names();
		let opened: OpenSegment<T>[] = [];
		for (let index = names.length - 1; index >= 0; index--) {
			if (opened.length === 0) {
				const count = Math.min(filesAtOnce, Math.ceil(wanted() / fullAt.documents));
				const next = names.slice(Math.max(0, index + 1 - count), index + 1);
				opened = await Promise.all(next.map(segments.open));
			}

			const {documents} = (opened.pop() as OpenSegment<T>).data;
			for (const document of documents.toReversed()) {
				const isAstray = document.id >= (names[index + 1] ?? '~');
				if (!(isAstray && (await has(names, document.id))) && !visit(document)) {
					return;
				}
			}
		}
	}

	/** Whether an id is in the right segment; elsewhere it is a duplicate, from a copied file. */
	async function has(names: readonly string[], id: string): Promise<boolean> {
		const name = segmentOf(id, names);
		return name !== undefined && (await segments.ids(name)).includes(id);
	}

	return {
		list: ({limit = Number.POSITIVE_INFINITY, matches = () => true, from = ''} = {}) =>
			readConsistently(journal, async () => {
				const found: T[] = [];
				if (limit > 0) {
					const visit = (document: T) => {
						if (document.id < from) {
							return false;
						}

						if (matches(document)) {
							found.push(document);
						}

						return found.length < limit;
					};

					await walk(visit, () => limit - found.length);
				}

				return found;
			}),

		each: visit =>
			walk(document => {
				visit(document);
				return true;
			}),

		async get(id) {
			if (!isId(id, prefix)) {
				return undefined;
			}

			const look = async (names: readonly string[]) => {
				const name = segmentOf(id, names);
				const segment = name === undefined ? undefined : (await segments.open(name)).data;
				return {segment, found: segment?.documents.find(document => document.id === id)};
			};
			// What one file says of one document is whole; only that there is none may be half of a transaction.
			const seen = await look(await segments.lastNames());
			return (
				seen.found ??
				readConsistently(journal, async () => {
					const {segment, found} = await look(await segments.names());
					if (!found && segment?.damage) {
						throw segment.damage;
					}

					return found;
				})
			);
		},

		ids: () =>
			readConsistently(journal, async () => {
				const names = await segments.names();
				const lists: Array<readonly string[]> = [];
				for (let start = 0; start < names.length; start += filesAtOnce) {
					const some = names.slice(start, start + filesAtOnce);
					lists.push(...(await Promise.all(some.map(segments.ids))));
				}

				return lists.flat();
			}),

		has: async id => has(await segments.names(), id),
		segments,
		plan,
		stagePlan: planned => stageEdit(segments, root, journal, planned),
		stage: async edit => stageEdit(segments, root, journal, await plan(edit)),
		commit,

		async add(make, prepare) {
			const [document] = await addAll(1, ([id]) => [make(id as string)], prepare);
			return document as T;
		},

		addAll,

		async update(id, change) {
			const [document] = await updateAll([id], change);
			return document as T;
		},

		updateAll,
	};

	async function commit(edit: Edit<T> | PlannedEdit<T>): Promise<void> {
		const planned = 'pieces' in edit ? edit : await plan(edit);
		const [only, ...others] = planned.pieces;
		const names = await segments.lastNames();
		// A new segment beside others takes a transaction: by that everybody learns of it.
		const isAlone = only && others.length + planned.empty.length === 0;
		if (isAlone && (names.length === 0 || names.includes(only.name))) {
			await segments.make();
			await store(await segments.open(only.name), () => only.documents);
			return;
		}

		await journal.commit(await stageEdit(segments, root, journal, planned));
	}

	function plan(edit: Edit<T>): Promise<PlannedEdit<T>> {
		return planEdit(segments, edit, fullAt);
	}

	async function addAll(
		count: number,
		make: (ids: readonly string[]) => readonly T[],
		prepare?: (id: string) => Promise<void>,
	): Promise<T[]> {
		await segments.make();
		const {last, segment} = await openForAddition(segments);
		const ids: string[] = [];
		for (let added = 0; added < count; added++) {
			ids.push(
				nextId(
					prefix,
					options.clock(),
					crypto.getRandomValues(new Uint8Array(4)),
					ids.at(-1) ?? last,
				),
			);
		}

		const shape = await schema();
		const made = make(ids).map((document, index) =>
			validate(shape, document, ids[index] as string),
		);
		const stored = made.map(asStored);
		for (const id of ids) {
			await prepare?.(id);
		}

		if ((segment?.data.documents.length ?? 0) + made.length > fullAt.documents && count > 1) {
			await commit({put: stored, remove: new Set()});
		} else if (segment) {
			await store(segment, documents => [...documents, ...stored]);
		} else {
			await commit({pieces: [{name: ids[0] as string, documents: stored}], empty: []});
		}

		return made;
	}

	/** Nothing is written before every document could be changed. */
	async function updateAll(ids: readonly string[], change: (document: T) => T): Promise<T[]> {
		const files = new Map<string, {segment: OpenSegment<T>; documents: readonly T[]}>();
		const changed: T[] = [];
		const look = async (id: string, names: readonly string[]) => {
			const name = isId(id, prefix) ? segmentOf(id, names) : undefined;
			const file = name === undefined ? undefined : (files.get(name) ?? (await fileOf(name)));
			return {name, file, index: file?.documents.findIndex(document => document.id === id) ?? -1};
		};

		for (const id of ids) {
			const seen = await look(id, await segments.lastNames());
			const {name, file, index} = seen.index < 0 ? await look(id, await segments.names()) : seen;
			const current = file?.documents[index];
			if (name === undefined || !file || !current) {
				throw new CosmosError('not-found', `no ${options.what} "${id}"`);
			}

			const document = validate(await schema(), change(structuredClone(current)), id);
			changed.push(document);
			files.set(name, {...file, documents: file.documents.with(index, asStored(document))});
		}

		for (const {segment, documents} of files.values()) {
			await store(segment, () => documents);
		}

		return changed;
	}

	async function fileOf(name: string) {
		const segment = await segments.openForChange(name);
		return {segment, documents: segment.data.documents};
	}
}

/** The newest id, and the segment for the next document; without one, a new one is created. */
async function openForAddition<T extends {id: string}>(
	segments: SegmentFolder<T>,
): Promise<{last?: string; segment?: OpenSegment<T>}> {
	const name = (await segments.names()).at(-1);
	if (name === undefined) {
		return {};
	}

	try {
		const segment = await segments.openForChange(name);
		const {documents, length} = segment.data;
		const full = documents.length >= fullAt.documents || length >= fullAt.length;
		return {last: documents.at(-1)?.id ?? name, segment: full ? undefined : segment};
	} catch (error) {
		if (error instanceof DamagedFileError) {
			await segments.giveUp(error);
			return {last: name};
		}

		throw error;
	}
}

/** The cached segment stays as it is until its file has changed. */
async function store<T>(
	segment: OpenSegment<T>,
	change: (documents: readonly T[]) => readonly T[],
): Promise<void> {
	segment.data = {...segment.data, documents: change(segment.data.documents)};
	await segment.write();
}

/** Stored documents are checked like read ones: an invalid document would damage its whole segment. */
function validate<T extends {id: string}>(schema: z.ZodType<T>, document: T, id: string): T {
	if (document.id !== id) {
		throw new Error(`the record of ${id} has the id ${document.id}`);
	}

	return schema.parse(document);
}
