import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {mkdir, open} from 'node:fs/promises';
import path from 'node:path';
import {createGunzip} from 'node:zlib';
import type * as z from 'zod';
import {CosmosError, messageOf, readProblem, systemCode} from '../domain/errors.js';
import type {Prompt, Run} from '../domain/types.js';
import {diskError} from '../machine/disk-error.js';
import {archiveFormat, endName, manifestName, placeOf} from './archive.js';
import {DamagedFileError} from './damaged-file.js';
import {promptSchema, runSchema} from './schema.js';
import {checkedDocuments} from './segment-check.js';
import {readTar, type TarEntry} from './tar.js';

/** Bytes of a record at most. */
const longestRecord = 16 << 20;

export type ArchiveContent = {
	prompts: Map<string, Prompt>;
	runs: Map<string, Run>;
	/** Names of the files of each run, relative to its folder. */
	files: Map<string, Set<string>>;
};

/**
 * Reads an archive to its end and checks everything in it: names, records, the outputs' hashes.
 * @param unpackTo an empty folder that gets `RUN/…`, the files of each run; without it nothing is
 * written
 * @throws CosmosError (usage) that says what is wrong with the archive, (home) when the disk refuses
 */
export async function readArchive(file: string, unpackTo?: string): Promise<ArchiveContent> {
	const found: ArchiveContent = {prompts: new Map(), runs: new Map(), files: new Map()};
	let state: 'begin' | 'inside' | 'end' = 'begin';
	try {
		for await (const entry of readTar(await openArchive(file))) {
			if (state === 'begin') {
				checkManifest(entry.name, entry.name === manifestName ? await textOf(entry) : '');
				state = 'inside';
			} else if (state === 'end') {
				throw new Error(`it goes on after its end with ${shown(entry.name)}`);
			} else if (entry.name === endName) {
				state = 'end';
			} else {
				await take(entry, found, unpackTo);
			}
		}

		if (state !== 'end') {
			throw new Error('it is cut off');
		}

		return found;
	} catch (error) {
		if (error instanceof CosmosError && !(error instanceof DamagedFileError)) {
			throw error;
		}

		throw new CosmosError('usage', `${file} cannot be imported: ${messageOf(error)}`, {
			hint: 'Nothing was imported. Give a file that `cosmos export` has written.',
			cause: error,
		});
	}
}

async function* chunksOf(file: string, packed: boolean): AsyncGenerator<Buffer> {
	const source = createReadStream(file);
	const stream = packed ? source.pipe(createGunzip()) : source;
	source.on('error', error => stream.destroy(error));
	try {
		yield* stream;
	} catch (error) {
		const isCut = systemCode(error) === 'Z_BUF_ERROR';
		throw isCut ? new Error('it is cut off') : error;
	} finally {
		source.destroy();
		stream.destroy();
	}
}

/** Packed archives are known by their first bytes, whatever their name. */
async function openArchive(file: string): Promise<AsyncIterable<Buffer>> {
	try {
		const handle = await open(file);
		try {
			const {buffer} = await handle.read(Buffer.alloc(2), 0, 2, 0);
			return chunksOf(file, buffer[0] === 0x1f && buffer[1] === 0x8b);
		} finally {
			await handle.close();
		}
	} catch (error) {
		if (['ENOENT', 'EISDIR'].includes(systemCode(error) ?? '')) {
			throw new CosmosError('usage', readProblem(error, file), {
				hint: 'Give a file that `cosmos export` has written.',
				cause: error,
			});
		}

		throw diskError(error, 'read', file);
	}
}

function checkManifest(name: string, text: string): void {
	const manifest = name === manifestName ? JSON.parse(text) : undefined;
	if (typeof manifest?.format !== 'number') {
		throw new Error('it is no export of cosmos');
	}

	if (manifest.format > archiveFormat) {
		throw new Error(`it was written by a newer cosmos (format ${manifest.format})`);
	}
}

async function take(entry: TarEntry, found: ArchiveContent, unpackTo?: string): Promise<void> {
	const place = entry.type === 'file' ? placeOf(entry.name) : undefined;
	if (!place) {
		throw new Error(`it has ${shown(entry.name)} in it, which is no place of an export`);
	}

	if (place.kind === 'file') {
		await takeFile(entry, place, found, unpackTo);
	} else if (place.kind === 'prompt') {
		addOnce(found.prompts, place.id, await recordOf(entry, promptSchema, place.id));
	} else {
		addOnce(found.runs, place.id, await recordOf(entry, runSchema, place.id));
	}
}

async function takeFile(
	entry: TarEntry,
	{id, name}: {id: string; name: string},
	{runs, files}: ArchiveContent,
	unpackTo?: string,
): Promise<void> {
	const run = runs.get(id);
	const names = files.get(id) ?? new Set();
	if (!run || names.has(name)) {
		throw new Error(`it has ${shown(entry.name)} ${run ? 'twice' : 'before its record'}`);
	}

	files.set(id, names.add(name));
	const hash = createHash('sha256');
	await unpack(entry, hash, unpackTo && path.join(unpackTo, id, name));
	const outputs = ('outputs' in run && run.outputs) || [];
	const output = outputs.find(one => `outputs/${one.name}` === name);
	if (output && hash.digest('hex') !== output.sha256) {
		throw new Error(`${shown(entry.name)} is not what its record says: the hash differs`);
	}
}

async function unpack(
	entry: TarEntry,
	hash: {update: (chunk: Buffer) => unknown},
	target: string | undefined,
): Promise<void> {
	if (target === undefined) {
		for await (const chunk of entry.content) {
			hash.update(chunk);
		}

		return;
	}

	const handle = await intoDisk(target, async () => {
		await mkdir(path.dirname(target), {recursive: true, mode: 0o700});
		return open(target, 'wx', 0o600);
	});
	try {
		for await (const chunk of entry.content) {
			hash.update(chunk);
			await intoDisk(target, () => handle.writeFile(chunk));
		}

		await intoDisk(target, () => handle.sync());
	} finally {
		await handle.close();
	}
}

/** What the disk refuses is not the archive's fault. */
async function intoDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw diskError(error, 'write', file);
	}
}

async function recordOf<T extends {id: string}>(
	entry: TarEntry,
	schema: z.ZodType<T>,
	id: string,
): Promise<T> {
	const [record, ...others] = checkedDocuments(await textOf(entry), entry.name, schema);
	if (!record || others.length > 0 || record.id !== id) {
		throw new Error(`${entry.name} holds something else than ${id}`);
	}

	return record;
}

function addOnce<T>(map: Map<string, T>, id: string, record: T): void {
	if (map.has(id)) {
		throw new Error(`it has ${id} twice`);
	}

	map.set(id, record);
}

async function textOf({content, size, name}: TarEntry): Promise<string> {
	if (size > longestRecord) {
		throw new Error(`${shown(name)} is too long for a record`);
	}

	const chunks: Buffer[] = [];
	for await (const chunk of content) {
		chunks.push(chunk);
	}

	return Buffer.concat(chunks).toString('utf8');
}

function shown(name: string): string {
	return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
