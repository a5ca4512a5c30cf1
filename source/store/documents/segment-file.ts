import type {FileHandle} from 'node:fs/promises';
import {readFile} from 'node:fs/promises';
import type {Adapter} from 'lowdb';
import type * as z from 'zod';
import {systemCode} from '../../domain/errors.js';
import {diskError} from '../../machine/disk-error.js';
import {createFileCache} from '../file-cache.js';
import type {DamagedFileError} from '../verify/damaged-file.js';
import {previousFile, replaceFile} from './safe-file.js';
import {formatSegment, trustedDocuments, trustedIds} from './segment-text.js';

/** Documents that are next to each other in time, oldest first, in one file. */
export type Segment<T> = {
	documents: readonly T[];
	/** Length of the file's text; 0 when it is not written yet. */
	length: number;
	/** Set if these are only the readable documents of a damaged file. */
	damage?: DamagedFileError;
};

/** How many parsed segments are kept in memory. */
const keptSegments = 8;
/** Bytes that hold the line of ids of a full segment. */
const headLength = 8192;

export type SegmentFiles<T> = {
	/**
	 * lowdb's way to one file. `read` gives null when there is none.
	 * @param places where to look for its content, the first that is there counts
	 * @param around is done around a write
	 */
	adapter: (
		file: string,
		places: readonly string[],
		around: (write: () => Promise<void>) => Promise<void>,
	) => Adapter<Segment<T>>;
	/** Keeps the documents that were just written to a file. @param text its content */
	keep: (file: string, written: FileHandle, documents: readonly T[], text: string) => void;
	/** The ids in a file, oldest first, without reading all of it; undefined when there is none. */
	ids: (file: string) => Promise<readonly string[] | undefined>;
	/**
	 * What is whole in a damaged file, and for the rest its previous state. Changes nothing.
	 * @param first the file's own first id
	 */
	rescue: (file: string, first: string) => Promise<T[]>;
};

/**
 * Reads and writes the segments of one kind of document.
 * @param schema checks one document; asked for only where a file needs to be checked
 */
export function createSegmentFiles<T extends {id: string}>(
	schema: () => Promise<z.ZodType<T>>,
): SegmentFiles<T> {
	const segments = createFileCache<Segment<T>>(keptSegments);
	const idLists = createFileCache<readonly string[]>(Number.POSITIVE_INFINITY);

	/** Text that is not as this program has written it takes the long way. */
	async function check(text: string, file: string): Promise<readonly T[]> {
		const {parseDocuments} = await import('./segment-check.js');
		return parseDocuments(text, file, await schema());
	}

	async function read(file: string): Promise<Segment<T> | undefined> {
		return segments.get(file, async handle => {
			const text = await handle.readFile('utf8');
			const documents = trustedDocuments<T>(text) ?? (await check(text, file));
			return {documents, length: text.length};
		});
	}

	function keep(file: string, written: FileHandle, documents: readonly T[], text: string): void {
		segments.put(file, written, {documents, length: text.length});
	}

	return {
		adapter: (file, places, around) => ({
			async read() {
				for (const place of places) {
					const segment = await read(place);
					if (segment) {
						return segment;
					}
				}

				return null;
			},
			write({documents}) {
				const text = formatSegment(documents);
				return around(() =>
					replaceFile(file, text, written => keep(file, written, documents, text)),
				);
			},
		}),
		keep,
		ids: async file =>
			segments.peek(file)?.documents.map(({id}) => id) ??
			idLists.get(file, async handle => {
				const ids = trustedIds(await readHead(handle));
				return ids ?? (await check(await handle.readFile('utf8'), file)).map(({id}) => id);
			}),
		async rescue(file, first) {
			const {salvageDocuments} = await import('./segment-check.js');
			const text = await textOf(file);
			const previous = salvageDocuments(await textOf(previousFile(file)), await schema());
			const own = salvageDocuments(text, await schema());
			const known = trustedIds(text);
			const kept = own.filter(({id}) => known?.includes(id) ?? id >= first);
			const all = new Map([...previous, ...kept].map(document => [document.id, document]));
			return [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
		},
	};
}

async function readHead(handle: FileHandle): Promise<string> {
	const {buffer, bytesRead} = await handle.read(Buffer.alloc(headLength), 0, headLength, 0);
	return buffer.toString('utf8', 0, bytesRead);
}

/** Empty when there is no such file. */
async function textOf(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return '';
		}

		throw diskError(error, 'read', file);
	}
}
