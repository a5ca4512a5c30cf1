import {createReadStream} from 'node:fs';
import {lstat, open, readdir, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import tar from 'tar-stream';
import {CosmosError, systemCode} from '../../domain/errors.js';
import {partsOf} from '../../domain/runs/output-parts.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import {type Prompt, parentRunOf, type Run} from '../../domain/types.js';
import {diskError} from '../../machine/disk-error.js';
import {exists} from '../documents/journal.js';
import {schemaVersion} from '../documents/schema-version.js';
import {formatSegment} from '../documents/segment-text.js';
import {archiveFormat, archivePlaces, endName, manifestName} from './archive.js';
import type {Exported} from './archive-report.js';

/** What an export takes of the store. */
export type ExportSource = {
	/** Absolute path of the data folder. */
	folder: string;
	listPrompts: () => Promise<Prompt[]>;
	eachRun: (visit: (one: {run: Run}) => void) => Promise<void>;
};

export type ExportOptions = {
	/** The archive; packed when its name ends in `.gz` or `.tgz`. Must not be there yet. */
	file: string;
	/** With the runs' outputs. */
	outputs: boolean;
	/** Only these and their sources. Without any: everything. */
	ids: readonly string[];
	now: () => string;
};

/**
 * Writes records and their files into one archive. It is renamed when it is complete.
 * @throws CosmosError (usage) when the file is there already, (home) when the disk refuses
 */
export async function exportStore(
	source: ExportSource,
	{file, outputs, ids, now}: ExportOptions,
): Promise<Exported> {
	if (await exists(file)) {
		throw new CosmosError('already-exists', `${file} already exists`, {
			hint: 'Choose another name, or move that file.',
		});
	}

	const {prompts, runs} = await choose(source, ids);
	const finished = runs.filter(run => !isUnfinished(run.status));
	const unfinished = runs.filter(run => isUnfinished(run.status)).map(run => run.id);
	const manifest = {
		format: archiveFormat,
		schema: schemaVersion,
		createdAt: now(),
		outputs,
		prompts: prompts.length,
		runs: finished.length,
	};

	async function fill(pack: tar.Pack): Promise<void> {
		await addText(pack, manifestName, `${JSON.stringify(manifest)}\n`);
		for (const prompt of prompts) {
			await addText(pack, archivePlaces.prompt(prompt.id), formatSegment([prompt]));
		}

		for (const run of finished) {
			await addText(pack, archivePlaces.run(run.id), formatSegment([run]));
			const folder = path.join(source.folder, 'runs', run.id);
			for (const name of await filesOf(folder, outputs)) {
				await addFile(pack, archivePlaces.file(run.id, name), path.join(folder, name));
			}
		}

		await addText(pack, endName, '\n');
		pack.finalize();
	}

	const size = await writeArchive(file, fill);
	return {prompts: prompts.length, runs: finished.length, unfinished, size};
}

/** The requested records with all their sources, so that the archive is self-contained. */
async function choose(source: ExportSource, ids: readonly string[]) {
	const prompts = (await source.listPrompts()).reverse();
	const runs: Run[] = [];
	await source.eachRun(({run}) => runs.push(run));
	runs.reverse();
	if (ids.length === 0) {
		return {prompts, runs};
	}

	const parents = new Map<string, ReadonlyArray<string | undefined>>();
	for (const {id, parentId, enhancedBy} of prompts) {
		parents.set(id, [parentId, enhancedBy]);
	}

	for (const run of runs) {
		parents.set(run.id, [run.promptId, parentRunOf(run)]);
	}

	const wanted = new Set<string>();
	const queue = [...ids];
	for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
		if (!wanted.has(id)) {
			wanted.add(id);
			queue.push(...(parents.get(id) ?? []).filter(one => one !== undefined));
		}
	}

	return {
		prompts: prompts.filter(({id}) => wanted.has(id)),
		runs: runs.filter(({id}) => wanted.has(id)),
	};
}

/** Regular files of a run's folder, relative to it; links are not followed. */
async function filesOf(folder: string, outputs: boolean): Promise<string[]> {
	try {
		const entries = await readdir(folder, {recursive: true, withFileTypes: true});
		return entries
			.filter(entry => entry.isFile())
			.map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
			.map(name => name.replaceAll(path.sep, '/'))
			.filter(name => !name.startsWith(`${partsOf('outputs')}/`))
			.filter(name => outputs || !name.startsWith('outputs/'))
			.sort();
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return [];
		}

		throw diskError(error, 'read', folder);
	}
}

async function addText(pack: tar.Pack, name: string, text: string): Promise<void> {
	const bytes = Buffer.from(text);
	const entry = pack.entry({name, size: bytes.length, mode: 0o600});
	await pipeline(Readable.from([bytes]), entry);
}

async function addFile(pack: tar.Pack, name: string, file: string): Promise<void> {
	try {
		const {size, mtime} = await lstat(file);
		const entry = pack.entry({name, size, mtime, mode: 0o600});
		// Not more than its header says, if it grows meanwhile; less aborts the archive.
		await pipeline(size > 0 ? createReadStream(file, {end: size - 1}) : Readable.from([]), entry);
	} catch (error) {
		throw diskError(error, 'read', file);
	}
}

/** @returns bytes written */
async function writeArchive(
	file: string,
	fill: (pack: tar.Pack) => Promise<void>,
): Promise<number> {
	const part = `${file}.part`;
	try {
		const handle = await open(part, 'w', 0o600);
		try {
			const pack = tar.pack();
			const sink = async (chunks: AsyncIterable<Buffer>) => {
				for await (const chunk of chunks) {
					await handle.writeFile(chunk);
				}
			};
			// An error while filling is thrown by the pipeline.
			const filling = fill(pack).catch(error => {
				pack.destroy(error);
			});
			await (/\.(gz|tgz)$/i.test(file)
				? pipeline(Readable.from(pack), createGzip(), sink)
				: pipeline(Readable.from(pack), sink)
			).finally(() => filling);
			await handle.sync();
		} finally {
			await handle.close();
		}

		await rename(part, file);
		return (await lstat(file)).size;
	} catch (error) {
		await rm(part, {force: true}).catch(() => undefined);
		throw diskError(error, 'write', file);
	}
}
