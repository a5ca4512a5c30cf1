import {statfs} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, systemCode} from '../domain/errors.js';
import {formatBytes} from '../domain/text-format.js';

const mebibyte = 2 ** 20;

/** What an archive may cost as a whole, whoever has written it. */
export const archiveLimits = {
	entries: 200_000,
	/** Bytes of one record. */
	record: 4 * mebibyte,
	/** Values in one record, and how deep they may be nested. */
	values: 200_000,
	depth: 64,
	/** Bytes of memory for all records and names: an import decides on them together. */
	memory: 64 * mebibyte,
	/** A value's own share of that, beside its text. */
	valueCost: 16,
	/** Times its own size that a packed archive may unpack to, once it is more than `unpacked` bytes. */
	ratio: 200,
	unpacked: 64 * mebibyte,
	/** Bytes that stay free on the disk. */
	reserve: 64 * mebibyte,
} as const;

/** Bytes between two looks at the free space while files are unpacked. */
const lookEvery = 64 * mebibyte;
/** What even an empty file takes on a disk. */
const blockSize = 4096;

/** What is wrong with an archive; all else that a reader of tar files throws is about their format. */
export class ArchiveProblem extends Error {}

/** Counts what an archive costs; each method throws when that is more than the limit it names. */
export type ArchiveBudget = {
	/** @param packed bytes of the archive so far @param unpacked what they have become */
	addBytes: (packed: number, unpacked: number) => void;
	addEntry: (name: string) => void;
	/** Checks a record's text before it is parsed. */
	addRecord: (text: string) => void;
	/** Checks the size that a file claims to have before anything of it is written. */
	planFile: (size: number) => void;
	/** Looks at the disk now and then. */
	wrote: (size: number) => Promise<void>;
};

/** @param root the data folder; it may not be there yet */
export async function createArchiveBudget(root: string): Promise<ArchiveBudget> {
	const free = await freeSpace(root);
	let entries = 0;
	let memory = 0;
	let planned = 0;
	let unseen = 0;

	function remember(size: number): void {
		memory += size;
		if (memory > archiveLimits.memory) {
			throw new ArchiveProblem(
				`its records and names take more than ${formatBytes(archiveLimits.memory)}; export it in parts`,
			);
		}
	}

	return {
		addBytes(packed, unpacked) {
			if (unpacked > archiveLimits.unpacked && unpacked > packed * archiveLimits.ratio) {
				throw new ArchiveProblem(`it unpacks to more than ${archiveLimits.ratio} times its size`);
			}
		},
		addEntry(name) {
			entries += 1;
			if (entries > archiveLimits.entries) {
				throw new ArchiveProblem(`it has more than ${archiveLimits.entries} entries`);
			}

			remember(Buffer.byteLength(name));
		},
		addRecord(text) {
			const {values, depth} = measureJson(text);
			if (depth > archiveLimits.depth) {
				throw new ArchiveProblem(`a record is nested more than ${archiveLimits.depth} deep`);
			}

			if (values > archiveLimits.values) {
				throw new ArchiveProblem(`a record has more than ${archiveLimits.values} values`);
			}

			remember(text.length + values * archiveLimits.valueCost);
		},
		planFile(size) {
			planned += Math.ceil(size / blockSize) * blockSize + blockSize;
			if (planned > free - archiveLimits.reserve) {
				throw noRoom(root, `it needs more than the ${formatBytes(free)} that are free`);
			}
		},
		async wrote(size) {
			unseen += size;
			if (unseen >= lookEvery) {
				unseen = 0;
				const left = await freeSpace(root);
				if (left < archiveLimits.reserve) {
					throw noRoom(root, `only ${formatBytes(left)} are left free`);
				}
			}
		},
	};
}

function noRoom(root: string, why: string): CosmosError {
	return new CosmosError(
		'local-disk-full',
		`no room for the archive on the disk of ${root}: ${why}`,
		{
			hint: `Nothing was imported. Free space there (${formatBytes(archiveLimits.reserve)} always stay free), or give another data folder with --data.`,
		},
	);
}

/** Bytes free for us where a folder is or will be. */
async function freeSpace(folder: string): Promise<number> {
	try {
		const {bavail, bsize} = await statfs(folder);
		return bavail * bsize;
	} catch (error) {
		const above = path.dirname(folder);
		if (systemCode(error) === 'ENOENT' && above !== folder) {
			return freeSpace(above);
		}

		throw error;
	}
}

/** How many values a JSON text has at most, and how deep they are nested; nothing is parsed. */
function measureJson(text: string): {values: number; depth: number} {
	let values = 1;
	let depth = 0;
	let level = 0;
	let quoted = false;
	for (let index = 0; index < text.length; index++) {
		const sign = text[index];
		if (quoted) {
			index += sign === '\\' ? 1 : 0;
			quoted = sign !== '"';
		} else if (sign === '"') {
			quoted = true;
		} else if (sign === '[' || sign === '{') {
			level += 1;
			values += 1;
			depth = Math.max(depth, level);
		} else if (sign === ']' || sign === '}') {
			level -= 1;
		} else if (sign === ',') {
			values += 1;
		}
	}

	return {values, depth};
}
