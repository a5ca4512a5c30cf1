import {existsSync} from 'node:fs';
import {type FileHandle, readdir} from 'node:fs/promises';
import path from 'node:path';
import {Low} from 'lowdb';
import type * as z from 'zod';
import {systemCode} from '../../domain/errors.js';
import {type IdPrefix, isId} from '../../domain/ids.js';
import {counted} from '../../domain/text-format.js';
import {diskError} from '../../machine/disk-error.js';
import {fileStamp} from '../../machine/file-stamp.js';
import {DamagedFileError} from '../verify/damaged-file.js';
import {exists, type Journal} from './journal.js';
import {makePrivateFolder, replaceFile, setAside} from './safe-file.js';
import {createSegmentFiles, type Segment} from './segment-file.js';
import {formatSegment} from './segment-text.js';

/** A segment in memory; lowdb reads and writes its file. */
export type OpenSegment<T> = Low<Segment<T>>;

/**
 * A folder of segments. Each file is named after its first id, so the names alone show which one
 * holds an id.
 */
export type SegmentFolder<T> = {
	/** Names of the segments, which are their first ids, oldest first. */
	names: () => Promise<readonly string[]>;
	/** The names as they were last seen here: an id that is in the segment that they say is in no other one. */
	lastNames: () => Promise<readonly string[]>;
	/** Every id in a segment, oldest first. */
	ids: (name: string) => Promise<readonly string[]>;
	/**
	 * A segment; empty when there is no such file. Of a damaged file it has what can be saved.
	 * @throws CosmosError (home) for a file of a newer schema
	 */
	open: (name: string) => Promise<OpenSegment<T>>;
	/** Like `open`, but damage is not reported. */
	peek: (name: string) => Promise<OpenSegment<T>>;
	/**
	 * A segment that is to be changed. A damaged file is moved aside and its readable records are used.
	 * @throws DamagedFileError when that is nothing; nothing has been changed then
	 */
	openForChange: (name: string) => Promise<OpenSegment<T>>;
	/** Keeps the documents that were just written for a segment. @param text the content of that file */
	keep: (name: string, written: FileHandle, documents: readonly T[], text: string) => void;
	/** Moves a damaged file aside without a replacement. */
	giveUp: (error: DamagedFileError) => Promise<void>;
	/** Makes the folder itself. */
	make: () => Promise<void>;
	/** The path of a segment's file, relative to the data folder. */
	pathOf: (name: string) => string;
};

export type SegmentFolderOptions<T> = {
	/** The data folder, and the name of this one in it. */
	root: string;
	name: string;
	prefix: IdPrefix;
	schema: () => Promise<z.ZodType<T>>;
	journal: Journal;
	/** Called with a damaged file. */
	onNotice: (message: string) => void;
};

export function createSegmentFolder<T extends {id: string}>(
	options: SegmentFolderOptions<T>,
): SegmentFolder<T> {
	const {root, prefix, journal, onNotice} = options;
	const folder = path.join(root, options.name);
	const files = createSegmentFiles(options.schema);
	const pathOf = (name: string) => `${options.name}/${name}.json`;
	const fileOf = (name: string) => path.join(folder, `${name}.json`);
	/** Reported damages: a reader comes by often. */
	const reported = new Set<string>();

	/** Where the content of a segment is; while a transaction is being finished that may be elsewhere. */
	async function placesOf(name: string): Promise<string[]> {
		const steps = await journal.pending();
		if (steps?.removes.includes(pathOf(name))) {
			return [];
		}

		const from = steps?.moves.find(([, to]) => to === pathOf(name))?.[0];
		return from === undefined ? [fileOf(name)] : [path.join(root, from), fileOf(name)];
	}

	async function open(name: string): Promise<OpenSegment<T>> {
		const adapter = files.adapter(fileOf(name), await placesOf(name), keepNames);
		const segment = new Low<Segment<T>>(adapter, {documents: [], length: 0});
		try {
			await segment.read();
			if (segment.data.length === 0 && (await isLost(name))) {
				throw new DamagedFileError(fileOf(name), 'it is missing, but its previous version exists');
			}
		} catch (error) {
			if (!(error instanceof DamagedFileError)) {
				throw error;
			}

			const documents = await files.rescue(fileOf(name), name);
			segment.data = {documents, length: 0, damage: error};
		}

		return segment;
	}

	async function isLost(name: string): Promise<boolean> {
		return !(await exists(fileOf(name))) && (await exists(`${fileOf(name)}.previous`));
	}

	function tell(damage: DamagedFileError, saved: number) {
		if (!reported.has(damage.message)) {
			reported.add(damage.message);
			onNotice(`${damage.message}. ${records(saved)} of it can be read. ${damage.hint}`);
		}
	}

	/** The names as they were last seen, and what the folder and the journal were then. */
	let last: {names: readonly string[]; stamp: string} | undefined;

	/**
	 * Changes when a segment is added or removed: that takes a transaction, but for the first one. The folder's time
	 * says it too when somebody copies a file.
	 */
	async function stampNow(): Promise<string> {
		return `${fileStamp(folder)} ${await journal.stamp()}`;
	}

	async function names(): Promise<readonly string[]> {
		const stamp = await stampNow();
		if (!last?.names.length || last.stamp !== stamp) {
			last = {names: await segmentNames(folder, options.name, prefix, journal), stamp};
		}

		return last.names;
	}

	/** Replaces a file of a segment that is there: the names stay as they are, although the folder's time changes. */
	async function keepNames(replace: () => Promise<void>): Promise<void> {
		const known = last?.stamp === (await stampNow()) ? last : undefined;
		await replace();
		if (known) {
			last = {...known, stamp: await stampNow()};
		}
	}

	return {
		pathOf,
		peek: open,
		names,
		lastNames: async () => last?.names ?? names(),
		async ids(name) {
			const [place, other] = await placesOf(name);
			try {
				const ids = place === undefined ? [] : await files.ids(place);
				const found = ids ?? (other === undefined ? undefined : await files.ids(other));
				if (found) {
					return found;
				}
			} catch (error) {
				if (!(error instanceof DamagedFileError)) {
					throw error;
				}
			}

			return (await open(name)).data.documents.map(({id}) => id);
		},
		async open(name) {
			const segment = await open(name);
			const {damage, documents} = segment.data;
			if (damage) {
				tell(damage, documents.length);
			}

			return segment;
		},
		async openForChange(name) {
			const segment = await open(name);
			const {damage, documents} = segment.data;
			if (!damage) {
				return segment;
			}

			if (documents.length === 0) {
				throw damage;
			}

			const aside = await setAsideDamaged(damage);
			await replaceFile(damage.file, formatSegment(documents));
			const verb = documents.length === 1 ? 'is' : 'are';
			onNotice(
				`${damage.message}.${aside} ${records(documents.length)} of it ${verb} in use again.`,
			);
			return open(name);
		},
		keep: (name, written, documents, text) => files.keep(fileOf(name), written, documents, text),
		async giveUp(error) {
			onNotice(`${error.message}.${await setAsideDamaged(error)}`);
		},
		async make() {
			if (!existsSync(path.join(folder, path.sep))) {
				await makePrivateFolder(folder);
			}
		},
	};
}

/** Says where the file is kept; nothing when there was none. */
async function setAsideDamaged({file}: DamagedFileError): Promise<string> {
	try {
		return (await exists(file)) ? ` It was moved to ${await setAside(file)};` : '';
	} catch (refusal) {
		throw diskError(refusal, 'write', file);
	}
}

function records(count: number): string {
	return count === 0 ? 'no records' : counted(count, 'record');
}

async function segmentNames(
	folder: string,
	name: string,
	prefix: IdPrefix,
	journal: Journal,
): Promise<string[]> {
	const steps = await journal.pending();
	const moved = (steps?.moves ?? []).flatMap(([, to]) =>
		path.posix.dirname(to) === name ? path.posix.basename(to) : [],
	);
	const gone = new Set((steps?.removes ?? []).map(file => path.posix.basename(file)));
	try {
		const names = new Set<string>();
		for (const entry of [...(await readdir(folder)), ...moved]) {
			// A previous state without its file: that was lost.
			const file = entry.endsWith('.previous') ? entry.slice(0, -'.previous'.length) : entry;
			if (file.endsWith('.json') && !gone.has(file)) {
				names.add(file.slice(0, -'.json'.length));
			}
		}

		return [...names].filter(one => isId(one, prefix)).sort();
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return moved.map(file => file.replace(/\.json$/, '')).sort();
		}

		throw diskError(error, 'read', folder);
	}
}
