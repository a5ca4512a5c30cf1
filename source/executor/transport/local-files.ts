import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {
	copyFile,
	link,
	lstat,
	mkdir,
	open,
	readdir,
	readFile,
	rename,
	rm,
	stat,
	utimes,
} from 'node:fs/promises';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';
import {freeSpace} from '../../machine/free-space.js';
import {ifThere} from '../../machine/if-there.js';
import {throwIfAborted} from './abortable.js';
import {tooMuchListed} from './host-claims.js';
import {chunkSize, copy} from './local-copy.js';
import {
	type FileMethods,
	type FolderEntry,
	type HashOptions,
	type HostFile,
	listingLimits,
	recordedFile,
	recordOf,
	uploadModes,
} from './transport.js';

/** The file half of the local transport: the system's own files. */
export function localFiles(host: string, shared = false): FileMethods {
	const modes = uploadModes(shared);
	return {
		fileSize: file => withFileErrors(host, file, () => fileSize(file)),
		isFolder: folder => withFileErrors(host, folder, () => isFolder(folder)),
		makeFolder: folder =>
			withFileErrors(host, folder, async () => {
				await mkdir(folder, {recursive: true, mode: modes.folder});
			}),
		listFolder: folder => withFileErrors(host, folder, () => listFolder(folder)),
		listFiles: (folder, signal) =>
			withFileErrors(host, folder, () => listFiles(folder, {host, found: [], signal})),
		writeFile: (file, data, mode = 0o600) =>
			withFileErrors(host, file, () => writeWhole(file, data, mode)),
		upload: (from, to, options) =>
			withFileErrors(host, to, () => copy(host, from, to, {...options, mode: modes.file})),
		download: (from, to, options) =>
			withFileErrors(host, to, () => copy(host, from, to, options), 'local-disk-full'),
		rename: (from, to) => withFileErrors(host, from, () => rename(from, to)),
		link: (file, name) => withFileErrors(host, file, () => linkOrCopy(file, name)),
		async remove(...paths) {
			for (const file of paths) {
				await withFileErrors(host, file, () => rm(file, {recursive: true, force: true}));
			}
		},
		clock: async () => Math.floor(Date.now() / 1000),
		async hashes(paths, {size = 0, touch, ...options} = {}) {
			const found: Array<string | undefined> = [];
			const now = new Date();
			const records = size >= recordedFile ? options.records : undefined;
			for (const file of paths) {
				const hash = await withFileErrors(host, file, () =>
					records ? recordedHash(file, records) : hashIfThere(file),
				);
				if (touch && hash !== undefined) {
					// One of somebody else is only not marked.
					await utimes(records ? recordOf(file) : file, now, now).catch(() => undefined);
				}

				found.push(hash);
			}

			return found;
		},
		freeSpace: folder => withFileErrors(host, folder, () => freeSpace(folder)),
	};
}

/**
 * Errors of the file system become ours, with the path and the remedy.
 * @param full the code of a full disk; the host is this machine, but with another purpose
 */
async function withFileErrors<T>(
	host: string,
	file: string,
	work: () => Promise<T>,
	full: 'host-disk-full' | 'local-disk-full' = 'host-disk-full',
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const code = systemCode(error);
		if (code === undefined) {
			throw error;
		}

		const place = pathOf(error) ?? file;
		const isFull = code === 'ENOSPC' || code === 'EDQUOT';
		throw new CosmosError(isFull ? full : 'host', `${host}: ${wordFor(code, error)}: ${place}`, {
			hint: hints.get(code) ?? '',
			cause: error,
		});
	}
}

/** The file that the system named; a copy has two. */
function pathOf(error: unknown): string | undefined {
	return error instanceof Error && 'path' in error && typeof error.path === 'string'
		? error.path
		: undefined;
}

const hints = new Map([
	['EACCES', 'Check its permissions.'],
	['EPERM', 'Check its permissions.'],
	['ENOSPC', 'Free some space there.'],
	['EDQUOT', 'Free some space there.'],
]);

function wordFor(code: string, error: unknown): string {
	switch (code) {
		case 'EACCES':
		case 'EPERM':
			return 'permission denied';
		case 'ENOSPC':
			return 'disk full';
		case 'EDQUOT':
			return 'disk quota exceeded';
		case 'ENOENT':
			return 'no such file or folder';
		default:
			return messageOf(error);
	}
}

async function statIfThere(file: string) {
	try {
		return await stat(file);
	} catch (error) {
		if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
			return undefined;
		}

		throw error;
	}
}

async function fileSize(file: string): Promise<number | undefined> {
	const found = await statIfThere(file);
	return found?.isFile() ? found.size : undefined;
}

async function isFolder(folder: string): Promise<boolean> {
	return (await statIfThere(folder))?.isDirectory() ?? false;
}

/** A link is seen as itself, wherever it leads. */
async function listFolder(folder: string): Promise<FolderEntry[]> {
	if (!(await isFolder(folder))) {
		return [];
	}

	const entries: FolderEntry[] = [];
	for (const entry of await readdir(folder, {withFileTypes: true})) {
		const {size, mtimeMs} = await statOf(path.join(folder, entry.name));
		entries.push({
			name: entry.name,
			size,
			modified: Math.floor(mtimeMs / 1000),
			kind: entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other',
		});
	}

	return entries;
}

/** A name that is no UTF-8 is not read as it is: nothing is there under what we read. */
async function statOf(file: string): Promise<{size: number; mtimeMs: number}> {
	return (await ifThere(lstat(file))) ?? {size: 0, mtimeMs: 0};
}

type Listing = {host: string; found: HostFile[]; signal: AbortSignal | undefined};

/** None where a link stands in the folder's place: it may lead anywhere. */
async function listFiles(folder: string, listing: Listing, prefix = ''): Promise<HostFile[]> {
	const {host, found, signal} = listing;
	if ((await isFolder(folder)) && (await lstat(folder)).isSymbolicLink()) {
		return found;
	}

	for (const {kind, name, size, modified} of await listFolder(folder)) {
		throwIfAborted(signal);
		if (kind === 'folder') {
			await listFiles(path.join(folder, name), listing, `${prefix}${name}/`);
		} else if (kind === 'file') {
			found.push({name: prefix + name, size, modified});
		}
	}

	if (found.length > listingLimits.entries || prefix.split('/').length > listingLimits.depth) {
		throw tooMuchListed(host, folder);
	}

	return found;
}

async function writeWhole(file: string, data: string, mode: number): Promise<void> {
	const handle = await open(file, 'w', mode);
	try {
		// The mode given to open() counts only for a new file, and less the umask.
		await handle.chmod(mode);
		await handle.writeFile(data);
	} finally {
		await handle.close();
	}
}

/** Not every file system has links. */
async function linkOrCopy(file: string, name: string): Promise<void> {
	await rm(name, {force: true});
	try {
		await link(file, name);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			throw error;
		}

		await copyFile(file, name);
	}
}

/** The hash by the record of a file, where it fits; else that of its bytes, and a new record. */
async function recordedHash(
	file: string,
	records: NonNullable<HashOptions['records']>,
): Promise<string | undefined> {
	const facts = async () => {
		const found = await stat(file, {bigint: true}).catch(() => undefined);
		return found?.isFile() ? `${found.size} ${found.ino} ${found.mtimeNs}` : undefined;
	};
	const before = await facts();
	const record = recordOf(file);
	const line = records === 'use' ? await readFile(record, 'utf8').catch(() => '') : '';
	const [, hash, known] = /^([0-9a-f]{64}) (.*)\n$/.exec(line) ?? [];
	if (hash !== undefined && known === before) {
		return hash;
	}

	const read = await hashIfThere(file);
	if (read !== undefined && before !== undefined && (await facts()) === before) {
		// Without it the file is read again the next time.
		await writeWhole(record, `${read} ${before}\n`, 0o600).catch(() => undefined);
	}

	return read;
}

async function hashIfThere(file: string): Promise<string | undefined> {
	if (!(await statIfThere(file))?.isFile()) {
		return undefined;
	}

	const hash = createHash('sha256');
	await pipeline(createReadStream(file, {highWaterMark: chunkSize}), hash);
	return hash.digest('hex');
}
