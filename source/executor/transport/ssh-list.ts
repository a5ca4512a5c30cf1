import pLimit from 'p-limit';
import type {FileEntryWithStats, Stats} from 'ssh2';
import {CosmosError} from '../../domain/errors.js';
import {tooMuchListed} from './host-claims.js';
import {brokenProtocol} from './ssh-channel-error.js';
import {isHandle, isStats, type Sftp, SftpError} from './ssh-sftp.js';
import {type FolderEntry, type HostFile, listingLimits, workTime} from './transport.js';

/** Folders that are read at the same time. */
const atOnce = 8;

/** What lies in a folder itself. SFTP's listing does not follow links. */
export async function listFolder(sftp: Sftp, folder: string): Promise<FolderEntry[]> {
	return readFolder(sftp, folder, startListing(sftp, folder));
}

/** Every file below a folder. Symbolic links, its own too, are left out: they may lead anywhere. */
export async function listFilesBelow(sftp: Sftp, folder: string): Promise<HostFile[]> {
	if (await isLink(sftp, folder)) {
		return [];
	}

	const count = startListing(sftp, folder);
	const turn = pLimit(atOnce);
	const files: HostFile[] = [];
	async function visit(prefix: string, depth: number): Promise<void> {
		if (depth > listingLimits.depth) {
			throw tooMuchListed(sftp.host, folder);
		}

		const entries = await turn(() => readFolder(sftp, folder + prefix, count));
		const folders: Array<Promise<void>> = [];
		for (const {kind, name, size, modified} of entries) {
			if (kind === 'folder') {
				folders.push(visit(`${prefix}/${name}`, depth + 1));
			} else if (kind === 'file') {
				files.push({name: `${prefix}/${name}`.slice(1), size, modified});
			}
		}

		await Promise.all(folders);
	}

	await visit('', 0);
	return files;
}

async function isLink(sftp: Sftp, path: string): Promise<boolean> {
	try {
		const found = await sftp.request<Stats>(path, (raw, done) => raw.lstat(path, done), isStats);
		return found.isSymbolicLink();
	} catch (error) {
		if (error instanceof SftpError && error.noSuchFile) {
			return false;
		}

		throw error;
	}
}

/** What an answer with nothing in it counts, in entries: no server gives one, and it could come for ever. */
const emptyCost = 1000;

/** Counts the entries of a listing; throws when there are more than anybody needs, or it takes too long. */
type Count = (entries: readonly FileEntryWithStats[]) => void;

function startListing(sftp: Sftp, folder: string): Count {
	const end = performance.now() + workTime;
	let found = 0;
	let names = 0;
	return entries => {
		found += entries.length || emptyCost;
		for (const {filename} of entries) {
			names += filename.length;
		}

		if (found > listingLimits.entries || names > listingLimits.names) {
			throw tooMuchListed(sftp.host, folder);
		}

		if (performance.now() > end) {
			throw new CosmosError('host', `${sftp.host} did not finish listing ${folder}`, {
				hint: `It took more than ${workTime / 1000} s; look at the folder and its disk there.`,
			});
		}
	};
}

/** Reads one folder; nothing when it is not there. */
async function readFolder(sftp: Sftp, folder: string, count: Count): Promise<FolderEntry[]> {
	let handle: Buffer;
	try {
		handle = await sftp.request(folder, (raw, done) => raw.opendir(folder, done), isHandle);
	} catch (error) {
		if (error instanceof SftpError && error.noSuchFile) {
			return [];
		}

		throw error;
	}

	const found: FolderEntry[] = [];
	try {
		for (;;) {
			const entries = await readSome(sftp, folder, handle);
			if (!entries) {
				return found;
			}

			count(entries);
			found.push(...entries.map(entry => toEntry(sftp, folder, entry)));
		}
	} finally {
		sftp.closeHandle(folder, handle);
	}
}

/** Undefined at the end of the folder. */
async function readSome(
	sftp: Sftp,
	folder: string,
	handle: Buffer,
): Promise<FileEntryWithStats[] | undefined> {
	try {
		return await sftp.request<FileEntryWithStats[]>(
			folder,
			// Its types know a path alone; with a handle it asks once, and leaves out `.` and `..`.
			(raw, done) => raw.readdir(handle as unknown as string, done),
			Array.isArray,
		);
	} catch (error) {
		if (error instanceof SftpError && error.isEnd) {
			return undefined;
		}

		throw error;
	}
}

function toEntry(sftp: Sftp, folder: string, {filename, attrs}: FileEntryWithStats): FolderEntry {
	const isFile = attrs.isFile();
	if (filename === '' || filename.includes('/')) {
		throw brokenProtocol(
			sftp.host,
			`it lists ${JSON.stringify(filename.slice(0, 200))} in ${folder}`,
		);
	}

	if (isFile && !Number.isSafeInteger(attrs.size)) {
		throw brokenProtocol(sftp.host, `it gives no size of ${filename.slice(0, 200)} in ${folder}`);
	}

	return {
		name: filename,
		size: attrs.size ?? 0,
		modified: attrs.mtime ?? 0,
		kind: attrs.isDirectory() ? 'folder' : isFile ? 'file' : 'other',
	};
}
