import {CosmosError} from '../../domain/errors.js';
import {measureJson} from '../../domain/json-size.js';
import {formatBytes} from '../../domain/text-format.js';
import {createSpaceWatch, freeSpace, reserve} from '../../machine/free-space.js';

const mebibyte = 2 ** 20;

/** What an archive may use in total. */
export const archiveLimits = {
	entries: 200_000,
	/** Bytes of one record. */
	record: 4 * mebibyte,
	/** Values in one record, and how deep they may be nested. */
	values: 200_000,
	depth: 64,
	/** Bytes of memory for all records and names: an import decides on them together. */
	memory: 64 * mebibyte,
	/** The share of a value in that, besides its text. */
	valueCost: 16,
	/** The factor by which a compressed archive may grow, once it exceeds `unpacked` bytes. */
	ratio: 200,
	unpacked: 64 * mebibyte,
} as const;

/** The disk space of an empty file. */
const blockSize = 4096;

/** A problem of an archive; all other errors of the tar reader are about the format. */
export class ArchiveProblem extends Error {}

/** Counts what an archive uses; each method throws if its limit is exceeded. */
export type ArchiveBudget = {
	/** @param packed bytes of the archive so far @param unpacked what they have become */
	addBytes: (packed: number, unpacked: number) => void;
	addEntry: (name: string) => void;
	/** Checks a record's text before it is parsed. */
	addRecord: (text: string) => void;
	/** Checks the declared size of a file before anything is written. */
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
	const watch = createSpaceWatch(root);

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
			if (planned > free - reserve) {
				throw noRoom(root, `it needs more than the ${formatBytes(free)} that are free`);
			}
		},
		wrote: watch,
	};
}

function noRoom(root: string, why: string): CosmosError {
	return new CosmosError(
		'local-disk-full',
		`no room for the archive on the disk of ${root}: ${why}`,
		{
			hint: `Nothing was imported. Free space there (${formatBytes(reserve)} always stay free), or give another data folder with --data.`,
		},
	);
}
