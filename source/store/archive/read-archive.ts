import {createHash, type Hash} from 'node:crypto';
import {mkdir, open} from 'node:fs/promises';
import path from 'node:path';
import type * as z from 'zod';
import {CosmosError, messageOf} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {formatBytes} from '../../domain/text-format.js';
import type {Prompt, Run} from '../../domain/types.js';
import {diskError} from '../../machine/disk-error.js';
import {parseDocuments} from '../documents/segment-check.js';
import {promptSchema, runSchema} from '../schema.js';
import {DamagedFileError} from '../verify/damaged-file.js';
import {archiveFormat, endName, manifestName, placeOf} from './archive.js';
import {type Entry, entriesOf, openArchive, unpackedBytes} from './archive-entries.js';
import {type ArchiveBudget, archiveLimits, createArchiveBudget} from './archive-limits.js';
import {checkPrompt, checkRun} from './imported-record.js';
export type ArchiveContent = {
	prompts: Map<string, Prompt>;
	runs: Map<string, Run>;
	/** Names of the files of each run, relative to its folder. */
	files: Map<string, Set<string>>;
	/** Hex SHA-256 of the archive's file. */
	sha256: string;
};

type ReadOptions = {
	/** The data folder, on whose disk there has to be room. */
	root: string;
	/** An empty folder that gets `RUN/…`, the files of each run; without it nothing is written. */
	unpackTo?: string;
};

type Reading = {found: ArchiveContent; budget: ArchiveBudget; unpackTo?: string};

/**
 * Reads an archive to its end and checks everything in it: names, records, the outputs' hashes, and
 * what it costs as a whole.
 * @throws CosmosError (usage) that says what is wrong with the archive, (home) when the disk refuses
 */
export async function readArchive(
	file: string,
	{root, unpackTo}: ReadOptions,
): Promise<ArchiveContent> {
	const found: ArchiveContent = {prompts: new Map(), runs: new Map(), files: new Map(), sha256: ''};
	const hash = createHash('sha256');
	const handle = await openArchive(file);
	let state: 'begin' | 'inside' | 'end' = 'begin';
	try {
		const budget = await createArchiveBudget(root);
		for await (const entry of entriesOf(unpackedBytes(handle, file, hash, budget))) {
			budget.addEntry(entry.name);
			if (state === 'begin') {
				checkManifest(entry.name, entry.name === manifestName ? await textOf(entry) : '');
				state = 'inside';
			} else if (state === 'end') {
				throw new Error(`it has data after its end, starting with ${formatName(entry.name)}`);
			} else if (entry.name === endName) {
				state = 'end';
			} else {
				await take(entry, {found, budget, unpackTo});
			}
		}

		if (state !== 'end') {
			throw new Error('it is truncated');
		}

		return {...found, sha256: hash.digest('hex')};
	} catch (error) {
		if (error instanceof CosmosError && !(error instanceof DamagedFileError)) {
			throw error;
		}

		throw new CosmosError(
			'bad-archive',
			`${file} cannot be imported: ${cleanText(messageOf(error))}`,
			{
				hint: /\.jsonl?$/i.test(file)
					? 'Nothing was imported. `cosmos create prompt --from FILE` reads specs of other programs.'
					: 'Nothing was imported. Use a file written by `cosmos export`.',
				cause: error,
			},
		);
	} finally {
		await handle.close();
	}
}

function checkManifest(name: string, text: string): void {
	const manifest = name === manifestName ? JSON.parse(text) : undefined;
	if (typeof manifest?.format !== 'number') {
		throw new Error('it is not a cosmos export');
	}

	if (manifest.format > archiveFormat) {
		throw new Error(`it was written by a newer cosmos (format ${manifest.format})`);
	}
}

async function take(entry: Entry, reading: Reading): Promise<void> {
	const {found, budget} = reading;
	const place = entry.isFile ? placeOf(entry.name) : undefined;
	if (!place) {
		throw new Error(`it has ${formatName(entry.name)} in it, which does not belong in an export`);
	}

	if (place.kind === 'file') {
		await takeFile(entry, place, reading);
	} else if (place.kind === 'prompt') {
		const prompt = await recordOf(entry, promptSchema, place.id, budget);
		checkPrompt(prompt);
		addOnce(found.prompts, place.id, prompt);
	} else {
		const run = await recordOf(entry, runSchema, place.id, budget);
		checkRun(run);
		addOnce(found.runs, place.id, run);
	}
}

async function takeFile(
	entry: Entry,
	{id, name}: {id: string; name: string},
	{found: {runs, files}, budget, unpackTo}: Reading,
): Promise<void> {
	const run = runs.get(id);
	const names = files.get(id) ?? new Set();
	if (!run || names.has(name)) {
		throw new Error(`it has ${formatName(entry.name)} ${run ? 'twice' : 'before its record'}`);
	}

	budget.planFile(entry.size);
	files.set(id, names.add(name));
	const hash = createHash('sha256');
	const target = unpackTo && path.join(unpackTo, id, name);
	await (target === undefined ? skim(entry, hash) : unpack(entry, hash, target, budget));
	const outputs = ('outputs' in run && run.outputs) || [];
	const output = outputs.find(one => `outputs/${one.name}` === name);
	if (output && (output.size !== entry.size || hash.digest('hex') !== output.sha256)) {
		throw new Error(`${formatName(entry.name)} is not what its record says: the hash differs`);
	}
}

async function skim({content}: Entry, hash: Hash): Promise<void> {
	for await (const chunk of content) {
		hash.update(chunk);
	}
}

async function unpack(
	{content}: Entry,
	hash: Hash,
	target: string,
	budget: ArchiveBudget,
): Promise<void> {
	const handle = await intoDisk(target, async () => {
		await mkdir(path.dirname(target), {recursive: true, mode: 0o700});
		return open(target, 'wx', 0o600);
	});
	try {
		for await (const chunk of content) {
			hash.update(chunk);
			await budget.wrote(chunk.length);
			await intoDisk(target, () => handle.writeFile(chunk));
		}

		await intoDisk(target, () => handle.sync());
	} finally {
		await handle.close();
	}
}

/** An error of the disk is not the archive's fault. */
async function intoDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw diskError(error, 'write', file);
	}
}

async function recordOf<T extends {id: string}>(
	entry: Entry,
	schema: z.ZodType<T>,
	id: string,
	budget: ArchiveBudget,
): Promise<T> {
	const text = await textOf(entry);
	budget.addRecord(text);
	const [record, ...others] = parseDocuments(text, entry.name, schema);
	if (!record || others.length > 0 || record.id !== id) {
		throw new Error(`${entry.name} does not contain ${id}`);
	}

	return record;
}

function addOnce<T>(map: Map<string, T>, id: string, record: T): void {
	if (map.has(id)) {
		throw new Error(`it has ${id} twice`);
	}

	map.set(id, record);
}

async function textOf({content, size, name}: Entry): Promise<string> {
	if (size > archiveLimits.record) {
		throw new Error(`${formatName(name)} is longer than ${formatBytes(archiveLimits.record)}`);
	}

	const chunks: Buffer[] = [];
	for await (const chunk of content) {
		chunks.push(chunk);
	}

	return Buffer.concat(chunks).toString('utf8');
}

function formatName(name: string): string {
	return JSON.stringify(cleanText(name.length > 80 ? `${name.slice(0, 80)}…` : name));
}
