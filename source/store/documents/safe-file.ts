import {constants, existsSync} from 'node:fs';
import {copyFile, type FileHandle, link, mkdir, open, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {systemCode} from '../../domain/errors.js';
import {diskError} from '../../machine/disk-error.js';
import {removeFile} from '../../machine/remove-file.js';
import {syncFolder} from '../../machine/sync-folder.js';

/** The state of a file before its last change, kept next to it. */
export function previousFile(file: string): string {
	return `${file}.previous`;
}

/** Creates a folder, and those above it, that only its owner can enter. */
export async function makePrivateFolder(folder: string): Promise<void> {
	try {
		await mkdir(folder, {recursive: true, mode: 0o700});
	} catch (error) {
		throw diskError(error, 'write', folder);
	}
}

/** Gets a file that is written and still open, and closes it. */
export type KeepOpen = (written: FileHandle) => void;

/**
 * Writes a file and waits until it is on the disk.
 * @returns the file, where it is to stay open: Windows cannot replace or rename one that is
 */
export async function writeSynced(
	file: string,
	text: string,
	staysOpen: boolean,
): Promise<FileHandle | undefined> {
	const handle = await open(file, 'w', 0o600);
	let isOpen = false;
	try {
		await handle.writeFile(text);
		await handle.sync();
		isOpen = staysOpen && process.platform !== 'win32';
	} finally {
		if (!isOpen) {
			await handle.close();
		}
	}

	return isOpen ? handle : undefined;
}

/**
 * Replaces a file's content so that a crash or a power cut at any moment leaves either the old or
 * the new content, and once this resolves, the new one. One writer at a time: the name of the
 * temporary file is fixed, so that one left by a crash is overwritten next time.
 * @throws CosmosError (home)
 */
export async function replaceFile(file: string, text: string, keep?: KeepOpen): Promise<void> {
	const temporary = `${file}.tmp`;
	let written: FileHandle | undefined;
	try {
		written = await writeSynced(temporary, text, keep !== undefined);
		await keepPrevious(file);
		await renameOver(temporary, file);
		if (written) {
			keep?.(written);
			written = undefined;
		}

		await syncFolder(path.dirname(file));
	} catch (error) {
		await written?.close().catch(() => undefined);
		await rm(temporary, {force: true}).catch(() => undefined);
		throw diskError(error, 'write', file);
	}
}

/** Moves a file aside under a name that says why. Returns the new path. */
export async function setAside(file: string): Promise<string> {
	for (let number = 1; ; number++) {
		const aside = `${file}.damaged-${number}`;
		if (await keepAs(file, aside)) {
			await rm(file);
			return aside;
		}
	}
}

/** Saves the file as its own previous state; without a file that state is kept. */
export async function keepPrevious(file: string): Promise<void> {
	const previous = previousFile(file);
	if (existsSync(`${previous}.tmp`)) {
		await removeFile(`${previous}.tmp`);
	}

	if (await keepAs(file, `${previous}.tmp`)) {
		await renameOver(`${previous}.tmp`, previous);
	}
}

/** Gives a file a second name; false when the name is taken or there is no file. */
async function keepAs(file: string, name: string): Promise<boolean> {
	try {
		await link(file, name);
		return true;
	} catch (error) {
		const code = systemCode(error) ?? '';
		if (['EEXIST', 'ENOENT'].includes(code)) {
			return false;
		}

		if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) {
			throw error;
		}

		return copyAs(file, name);
	}
}

/** `keepAs` on a file system without hard links. */
async function copyAs(file: string, name: string): Promise<boolean> {
	try {
		await copyFile(file, name, constants.COPYFILE_EXCL);
		return true;
	} catch (error) {
		if (['EEXIST', 'ENOENT'].includes(systemCode(error) ?? '')) {
			return false;
		}

		throw error;
	}
}

/** On Windows a file that is being read cannot be replaced until the reader is done. */
async function renameOver(from: string, to: string): Promise<void> {
	for (let tries = 1; ; tries++) {
		try {
			await rename(from, to);
			return;
		} catch (error) {
			if (process.platform !== 'win32' || tries > 20 || systemCode(error) === 'ENOENT') {
				throw error;
			}

			await pause(10);
		}
	}
}
