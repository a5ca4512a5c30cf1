import type {FileEntryWithStats, Stats} from 'ssh2';
import {type Sftp, SftpError} from './ssh-sftp.js';
import type {FolderEntry, HostFile} from './transport.js';

/** What lies in a folder itself. SFTP's listing does not follow links. */
export async function listFolder(sftp: Sftp, folder: string): Promise<FolderEntry[]> {
	let entries: FileEntryWithStats[];
	try {
		entries = await sftp.request<FileEntryWithStats[]>(folder, (raw, done) =>
			raw.readdir(folder, done),
		);
	} catch (error) {
		if (error instanceof SftpError && error.noSuchFile) {
			return [];
		}

		throw error;
	}

	return entries.map(({filename, attrs}) => ({
		name: filename,
		size: attrs.size,
		modified: attrs.mtime,
		kind: attrs.isDirectory() ? 'folder' : attrs.isFile() ? 'file' : 'other',
	}));
}

/** Every file below a folder. Symbolic links, its own too, are left out: they may lead anywhere. */
export async function listFilesBelow(sftp: Sftp, folder: string): Promise<HostFile[]> {
	return (await isLink(sftp, folder)) ? [] : listBelow(sftp, folder, '');
}

async function isLink(sftp: Sftp, path: string): Promise<boolean> {
	try {
		const found = await sftp.request<Stats>(path, (raw, done) => raw.lstat(path, done));
		return found.isSymbolicLink();
	} catch (error) {
		if (error instanceof SftpError && error.noSuchFile) {
			return false;
		}

		throw error;
	}
}

async function listBelow(sftp: Sftp, folder: string, prefix: string): Promise<HostFile[]> {
	const lists = await Promise.all(
		(await listFolder(sftp, folder)).map(async ({kind, name, size, modified}) => {
			if (kind === 'folder') {
				return listBelow(sftp, `${folder}/${name}`, `${prefix}${name}/`);
			}

			return kind === 'file' ? [{name: prefix + name, size, modified}] : [];
		}),
	);
	return lists.flat();
}
