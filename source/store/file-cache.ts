import {fstatSync, statSync} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {systemCode} from '../domain/errors.js';
import {diskError} from '../machine/disk-error.js';

/**
 * Milliseconds that a file must have been left alone before its size, time and number vouch for its
 * content: a file system's clock may tick no finer than every 10 ms or so, and a number is reused.
 */
const settleTime = 100;

type Stamp = {ino: bigint; size: bigint; mtimeNs: bigint};
type Entry<T> = {stamp: Stamp; settled: boolean; value: T};

/** A cache of values read from files, as long as these do not change. */
export type FileCache<T> = {
	/**
	 * The value of a file; undefined when there is none.
	 * @param load reads the value, when it is not known yet
	 * @throws CosmosError (home), or what `load` throws
	 */
	get: (file: string, load: (handle: FileHandle) => Promise<T>) => Promise<T | undefined>;
	/** The value of a file where it is known. */
	peek: (file: string) => T | undefined;
	/**
	 * Keeps the value of a file that this process has just written, and closes the file when its time vouches
	 * for it. While it is open no other file gets its number.
	 */
	put: (file: string, written: FileHandle, value: T) => void;
};

/** @param capacity how many files' values are kept; the least recently used one is dropped first */
export function createFileCache<T>(capacity: number): FileCache<T> {
	const entries = new Map<string, Entry<T>>();

	async function load(file: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
		const handle = await open(file);
		try {
			const now = Date.now();
			const stamp = await handle.stat({bigint: true});
			const value = await read(handle);
			const settled = now - Number(stamp.mtimeMs) > settleTime;
			// Meanwhile this process may have written it, and knows it better.
			const known = entries.get(file);
			if (!known?.settled || !isSameStamp(known.stamp, stamp)) {
				keep(file, {stamp: pick(stamp), settled, value});
			}

			return value;
		} finally {
			await handle.close();
		}
	}

	function keep(file: string, entry: Entry<T>) {
		entries.delete(file);
		entries.set(file, entry);
		if (entries.size > capacity) {
			entries.delete(entries.keys().next().value as string);
		}
	}

	return {
		peek(file) {
			const entry = entries.get(file);
			try {
				const stamp = entry && statSync(file, {bigint: true, throwIfNoEntry: false});
				const isKnown = entry?.settled && stamp && isSameStamp(entry.stamp, stamp);
				return isKnown ? entry.value : undefined;
			} catch {
				return undefined;
			}
		},
		put(file, written, value) {
			const stamp = pick(fstatSync(written.fd, {bigint: true}));
			keep(file, {stamp, settled: true, value});
			setTimeout(() => written.close().catch(() => undefined), settleTime).unref();
		},
		async get(file, read) {
			try {
				// A plain call: it costs a tenth of a promise, and most files are unchanged, or not there.
				const stamp = statSync(file, {bigint: true, throwIfNoEntry: false});
				const entry = entries.get(file);
				if (!stamp) {
					entries.delete(file);
					return undefined;
				}

				if (entry?.settled && isSameStamp(entry.stamp, stamp)) {
					keep(file, entry);
					return entry.value;
				}

				return await load(file, read);
			} catch (error) {
				if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) {
					entries.delete(file);
					return undefined;
				}

				throw diskError(error, 'read', file);
			}
		},
	};
}

/** Only the three values, without the rest of what the system reports about a file. */
function pick({ino, size, mtimeNs}: Stamp): Stamp {
	return {ino, size, mtimeNs};
}

function isSameStamp(one: Stamp, other: Stamp): boolean {
	return one.ino === other.ino && one.size === other.size && one.mtimeNs === other.mtimeNs;
}
