import type {Hash} from 'node:crypto';
import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {pipeline} from 'node:stream/promises';
import {createGunzip} from 'node:zlib';
import tar from 'tar-stream';
import {CosmosError, readProblem, systemCode} from '../../domain/errors.js';
import {diskError} from '../../machine/disk-error.js';
import {type ArchiveBudget, ArchiveProblem} from './archive-limits.js';

/** An entry of an archive. */
export type Entry = {
	name: string;
	size: number;
	isFile: boolean;
	/** Its bytes; what is not read of them is skipped. */
	content: AsyncIterable<Buffer>;
};

/** Extended attributes of an entry at most: those that are for all entries are copied to each. */
const mostAttributes = 64;

/** The entries of a tar file, one after the other. */
export async function* entriesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Entry> {
	const extract = tar.extract();
	let known: unknown;
	const feeding = pipeline(source, extract).catch((error: unknown) => {
		known = error;
	});
	// An error of the source is also thrown by the tar reader, with less detail.
	const explained = async (error: unknown): Promise<unknown> => {
		await feeding;
		return [known, error].find(one => one instanceof ArchiveProblem || one instanceof CosmosError);
	};

	async function* reading<T>(items: AsyncIterable<T>): AsyncGenerator<T, void> {
		try {
			yield* items;
		} catch (error) {
			extract.destroy();
			throw (
				(await explained(error)) ??
				new ArchiveProblem('it is not a tar archive, or it is damaged or truncated')
			);
		}
	}

	try {
		for await (const entry of reading(extract)) {
			const {name, size = 0, type, pax} = entry.header as typeof entry.header & {pax?: object};
			if (!Number.isSafeInteger(size) || Object.keys(pax ?? {}).length > mostAttributes) {
				throw new ArchiveProblem('it has an impossible header');
			}

			yield {name, size, isFile: type === 'file', content: reading(entry as AsyncIterable<Buffer>)};
			entry.resume();
		}
	} finally {
		extract.destroy();
		await feeding;
	}
}

/** @throws CosmosError (usage) for what is no regular file: it might never end, or never begin */
export async function openArchive(file: string): Promise<FileHandle> {
	let handle: FileHandle;
	try {
		handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
	} catch (error) {
		throw ['ENOENT', 'EISDIR'].includes(systemCode(error) ?? '')
			? notAnArchive(readProblem(error, file), error)
			: diskError(error, 'read', file);
	}

	const found = await handle.stat();
	if (!found.isFile()) {
		await handle.close();
		throw notAnArchive(
			`${file} is ${found.isDirectory() ? 'a folder, not a file' : 'not a regular file'}`,
		);
	}

	return handle;
}

function notAnArchive(message: string, cause?: unknown): CosmosError {
	return new CosmosError('bad-archive', message, {
		hint: 'Use a file written by `cosmos export`.',
		cause,
	});
}

function gunzip(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
	const gunzip = createGunzip();
	// The reader gets the error that interrupts it.
	pipeline(source, gunzip).catch(() => undefined);
	return gunzip;
}

/**
 * The archive's bytes, unpacked where they are packed, each counted and hashed. Packed archives are
 * known by their first bytes, whatever their name.
 */
export async function* unpackedBytes(
	handle: FileHandle,
	file: string,
	hash: Hash,
	budget: ArchiveBudget,
): AsyncGenerator<Buffer> {
	let packed = 0;
	let unpacked = 0;
	async function* raw(): AsyncGenerator<Buffer> {
		try {
			for await (const chunk of handle.createReadStream({start: 0, autoClose: false})) {
				packed += chunk.length;
				hash.update(chunk);
				yield chunk;
			}
		} catch (error) {
			throw diskError(error, 'read', file);
		}
	}

	const {buffer} = await handle.read(Buffer.alloc(2), 0, 2, 0);
	const isPacked = buffer[0] === 0x1f && buffer[1] === 0x8b;
	const source = isPacked ? gunzip(raw()) : raw();
	try {
		for await (const chunk of source) {
			unpacked += chunk.length;
			budget.addBytes(packed, unpacked);
			yield chunk;
		}
	} catch (error) {
		const code = systemCode(error) ?? '';
		throw code.startsWith('Z_')
			? new ArchiveProblem(code === 'Z_BUF_ERROR' ? 'it is truncated' : 'it cannot be unpacked')
			: error;
	}
}
