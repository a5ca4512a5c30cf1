import {constants} from 'node:fs';
import {copyFile, mkdir, open, readdir, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, systemCode} from '../../domain/errors.js';
import {diskError} from '../../machine/disk-error.js';
import {syncFolder} from '../../machine/sync-folder.js';
import {createFileCache} from '../file-cache.js';
import {replaceFile} from './safe-file.js';
import {schemaVersion} from './schema-version.js';

/** Says which program may use the data folder. Version 0.1 wrote none. */
const versionFile = 'store.json';
/** What a change rewrites, and a backup has. The files of a run are not. */
const documentFolders = ['prompts', 'run-index', 'queue', 'jobs'];
const documentFiles = ['presets.json', 'dashboard.json'];

/** Every change asks for the version. */
const files = createFileCache<string>(8);

/**
 * The version of a store; undefined where no program has written it.
 * @throws CosmosError (home) for a store that a newer program has changed
 */
export async function readStoreVersion(folder: string): Promise<number | undefined> {
	const file = path.join(folder, versionFile);
	// Without a data folder there is no version; the first change says what is wrong with its place.
	const text = (await files.get(file, handle => handle.readFile('utf8'))) ?? '';
	const version = versionIn(text);
	if (version !== undefined && version > schemaVersion) {
		throw new CosmosError(
			'home',
			`${folder} was written by a newer cosmos (schema ${version}; this one knows ${schemaVersion})`,
			{hint: 'Update cosmos. Nothing was changed.'},
		);
	}

	return version;
}

/**
 * Makes a store one of this program's version, before its first change: where it has documents of an
 * older version, all are copied to `backups/` first. Only for the holder of the store's lock.
 * @param version what `readStoreVersion` says
 * @returns where the backup is, if one was made
 */
export async function upgradeStore(folder: string, version?: number): Promise<string | undefined> {
	const backup = path.join(folder, 'backups', `before-schema-${schemaVersion}`);
	try {
		const versions = await documentVersions(folder);
		const isOlder = versions.some(one => one < schemaVersion);
		if (isOlder) {
			await backUp(folder, backup, version ?? Math.max(...versions));
		}

		await replaceFile(path.join(folder, versionFile), versionText(schemaVersion));
		return isOlder ? backup : undefined;
	} catch (error) {
		throw diskError(error, 'write', backup);
	}
}

async function documentVersions(folder: string): Promise<number[]> {
	const versions = new Set<number>();
	for (const name of documentFolders) {
		for (const file of await namesIn(path.join(folder, name))) {
			const version = file.endsWith('.json')
				? await readHeadVersion(path.join(folder, name, file))
				: undefined;
			if (version !== undefined) {
				versions.add(version);
			}
		}
	}

	return [...versions];
}

async function readHeadVersion(file: string): Promise<number | undefined> {
	const handle = await open(file);
	try {
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(32), 0, 32, 0);
		return versionIn(buffer.toString('latin1', 0, bytesRead));
	} finally {
		await handle.close();
	}
}

function versionIn(text: string): number | undefined {
	const digits = /^\s*\{\s*"version"\s*:\s*(\d{1,9})\b/.exec(text)?.[1];
	return digits === undefined ? undefined : Number(digits);
}

function versionText(version: number): string {
	return `{"version":${version}}\n`;
}

/** Copies the documents, with their version file: copied back they restore the old store. */
async function backUp(folder: string, backup: string, version: number): Promise<void> {
	// A backup is whole before it has its name; one that exists is from before the first change.
	if ((await namesIn(backup)).length > 0) {
		return;
	}

	const partial = `${backup}.partial`;
	await rm(partial, {recursive: true, force: true});
	for (const name of documentFolders) {
		await copyDocuments(path.join(folder, name), path.join(partial, name));
	}

	await copyDocuments(folder, partial, documentFiles);
	await replaceFile(path.join(partial, versionFile), versionText(version));
	await rename(partial, backup);
	await syncFolder(path.dirname(backup));
}

async function copyDocuments(from: string, to: string, only?: readonly string[]): Promise<void> {
	await mkdir(to, {recursive: true, mode: 0o700});
	for (const name of await namesIn(from)) {
		if (only?.includes(name) ?? name.endsWith('.json')) {
			await copyFile(path.join(from, name), path.join(to, name), constants.COPYFILE_FICLONE);
			const handle = await open(path.join(to, name), 'r+');
			await handle.sync();
			await handle.close();
		}
	}

	await syncFolder(to);
}

async function namesIn(folder: string): Promise<string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return [];
		}

		throw error;
	}
}
