import {createHash, randomUUID} from 'node:crypto';
import {readdir, readFile, rename, stat, utimes, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {removeFile} from '../machine/remove-file.js';
import {makePrivateFolder} from './documents/safe-file.js';

/** A temporary file of this age was left by a dead process. Milliseconds. */
const abandonedAfter = 3_600_000;

/**
 * Bytes that took time to compute and can be recomputed, a file for each, in a folder of bounded size.
 * Processes may share it: an entry appears completely or not at all, and of two that write the same one the
 * later replaces the earlier.
 */
export type ByteCache = {
	/** Undefined when it is not there. */
	get: (key: string) => Promise<Buffer | undefined>;
	/** Stores it and removes the least recently used entries beyond the limit. */
	put: (key: string, bytes: Uint8Array) => Promise<void>;
};

/** @param capacity bytes */
export function openByteCache(folder: string, capacity: number): ByteCache {
	const fileOf = (key: string) =>
		path.join(folder, createHash('sha256').update(key).digest('hex').slice(0, 40));

	return {
		async get(key) {
			const file = fileOf(key);
			try {
				const bytes = await readFile(file);
				const now = new Date();
				await utimes(file, now, now);
				return bytes;
			} catch {
				// Whatever is wrong with it, it is recomputed.
				return undefined;
			}
		},
		async put(key, bytes) {
			await makePrivateFolder(folder);
			const file = fileOf(key);
			const temporary = `${file}.${randomUUID()}.tmp`;
			try {
				await writeFile(temporary, bytes, {mode: 0o600});
				await rename(temporary, file);
			} finally {
				await removeFile(temporary);
			}

			await shrink(folder, capacity);
		},
	};
}

async function shrink(folder: string, capacity: number): Promise<void> {
	const names = await readdir(folder);
	const looks = await Promise.allSettled(
		names.map(async name => {
			const {size, mtimeMs} = await stat(path.join(folder, name));
			return {name, size, mtimeMs};
		}),
	);
	const files = looks
		.flatMap(look => (look.status === 'fulfilled' ? [look.value] : []))
		.sort((one, two) => two.mtimeMs - one.mtimeMs);
	let total = 0;
	for (const {name, size, mtimeMs} of files) {
		const temporary = name.endsWith('.tmp');
		total += temporary ? 0 : size;
		if (temporary ? Date.now() - mtimeMs > abandonedAfter : total > capacity) {
			await removeFile(path.join(folder, name));
		}
	}
}
