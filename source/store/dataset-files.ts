import {mkdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {type Dataset, type DatasetRow, rowStatuses} from '../domain/dataset/dataset.js';
import {CosmosError, systemCode} from '../domain/errors.js';
import {isId, makeId} from '../domain/ids.js';
import {diskError} from '../machine/disk-error.js';
import {acquireLock, type LockHolder, lockHolder} from '../machine/file-lock.js';
import {removeFile} from '../machine/remove-file.js';
import {replaceFile} from './documents/safe-file.js';
import type {Transaction} from './documents/transaction.js';
import {namesIn} from './names-in.js';
import type {Fields} from './schema.js';

/** Rows in one file: a change writes one of them, however many rows there are. */
const rowsPerFile = 100;

const datasetSchema = z.looseObject({
	id: z.string(),
	name: z.string(),
	manifest: z.string(),
	out: z.string(),
	createdAt: z.string(),
	rows: z.int().min(0),
	stopRequestedAt: z.string().optional(),
	endedAt: z.string().optional(),
} satisfies Fields<Dataset>);

const rowSchema = z.looseObject({
	index: z.int().min(0),
	key: z.string(),
	line: z.int().optional(),
	hash: z.string().optional(),
	name: z.string(),
	columns: z.record(z.string(), z.unknown()),
	inputs: z.array(
		z.looseObject({
			role: z.string(),
			path: z.string(),
			size: z.number(),
			modified: z.number(),
			sha256: z.string(),
		}),
	),
	promptId: z.string().optional(),
	sweep: z
		.looseObject({
			id: z.string(),
			axes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
		})
		.optional(),
	status: z.enum(rowStatuses),
	reason: z.string().optional() as unknown as z.ZodType<DatasetRow['reason']>,
	message: z.string().optional(),
	runId: z.string().optional(),
	attempts: z.int().min(0),
} satisfies Fields<DatasetRow>);

const file = <T extends z.ZodRawShape>(fields: T) =>
	z.looseObject({version: z.literal(1), ...fields});
const datasetFile = file({dataset: datasetSchema});
const rowsFile = file({rows: z.array(rowSchema)});

/**
 * The datasets of a data folder: `datasets/ID/dataset.json`, and beside it files of up to 100 rows.
 * Only the process that holds a dataset's lock changes its rows.
 */
export type DatasetFiles = {
	/** Newest first. */
	list: () => Promise<Dataset[]>;
	get: (id: string) => Promise<Dataset | undefined>;
	/** With its lock. Undefined when there is one for its output file by now. */
	create: (make: (id: string) => Dataset) => Promise<Locked | undefined>;
	/** Changes it in a transaction across processes. */
	update: (id: string, change: (dataset: Dataset) => Dataset) => Promise<Dataset>;
	/** In the order of the manifest. */
	readRows: (id: string) => Promise<DatasetRow[]>;
	/**
	 * Writes the files in which rows have changed.
	 * @param rows all of them, each at its index
	 * @param changed the indexes of those that differ from what is stored
	 */
	writeRows: (id: string, rows: readonly DatasetRow[], changed: Iterable<number>) => Promise<void>;
	/** Who works on it; undefined if nobody does. */
	holder: (id: string) => Promise<LockHolder | undefined>;
	/** Undefined when another process works on it. */
	lock: (id: string) => Promise<Locked | undefined>;
};

/** A dataset that only this process may change, and the way to give it back. */
export type Locked = {dataset: Dataset; release: () => Promise<void>};

export function openDatasetFiles({
	folder,
	transaction,
}: {
	folder: string;
	transaction: Transaction;
}): DatasetFiles {
	const root = path.join(folder, 'datasets');
	const folderOf = (id: string) => {
		if (!isId(id, 'ds')) {
			throw new CosmosError('not-found', `"${id}" is not the id of a dataset`);
		}

		return path.join(root, id);
	};

	const fileOf = (id: string) => path.join(folderOf(id), 'dataset.json');
	const lockOf = (id: string) => path.join(folderOf(id), 'lock');
	const rowsFileOf = (id: string, at: number) =>
		path.join(folderOf(id), `rows-${String(at).padStart(6, '0')}.json`);

	async function get(id: string): Promise<Dataset | undefined> {
		return (await readDocument(fileOf(id), datasetFile))?.dataset;
	}

	async function write(dataset: Dataset): Promise<Dataset> {
		await replaceFile(fileOf(dataset.id), toText({version: 1, dataset}));
		return dataset;
	}

	async function list(): Promise<Dataset[]> {
		const names = (await namesIn(root)).filter(name => isId(name, 'ds')).sort();
		const found = await Promise.all(names.reverse().map(get));
		return found.filter(one => one !== undefined);
	}

	async function acquire(id: string): Promise<(() => Promise<void>) | undefined> {
		const waiting = new AbortController();
		try {
			return await acquireLock(lockOf(id), {
				note: 'runs the dataset',
				signal: waiting.signal,
				onWait: () => waiting.abort(),
			});
		} catch (error) {
			if (waiting.signal.aborted) {
				return undefined;
			}

			throw error;
		}
	}

	return {
		list,
		get,
		create: make =>
			transaction(async () => {
				const id = makeId('ds', Date.now(), crypto.getRandomValues(new Uint8Array(4)));
				const dataset = make(id);
				if ((await list()).some(({out}) => out === dataset.out)) {
					return undefined;
				}

				await mkdir(folderOf(id), {recursive: true, mode: 0o700}).catch(error => {
					throw diskError(error, 'write', folderOf(id));
				});
				const release = await acquire(id);
				return release && {dataset: await write(dataset), release};
			}),
		update: (id, change) =>
			transaction(async () => {
				const dataset = await get(id);
				if (!dataset) {
					throw new CosmosError('not-found', `no dataset "${id}"`);
				}

				return write(change(dataset));
			}),
		async readRows(id) {
			const names = (await namesIn(folderOf(id))).filter(name => /^rows-\d+\.json$/.test(name));
			const rows: DatasetRow[] = [];
			for (const name of names.sort()) {
				const found = await readDocument(path.join(folderOf(id), name), rowsFile);
				rows.push(...((found?.rows ?? []) as DatasetRow[]));
			}

			return rows;
		},
		async writeRows(id, rows, changed) {
			const files = new Set([...changed].map(index => Math.floor(index / rowsPerFile)));
			for (const at of files) {
				const own = rows.slice(at * rowsPerFile, (at + 1) * rowsPerFile);
				await replaceFile(rowsFileOf(id, at), toText({version: 1, rows: own}));
			}

			// What is left of a longer manifest.
			for (const name of await namesIn(folderOf(id))) {
				const [, at] = /^rows-(\d+)\.json/.exec(name) ?? [];
				if (Number(at) * rowsPerFile >= rows.length) {
					await removeFile(path.join(folderOf(id), name));
				}
			}
		},
		holder: id => lockHolder(lockOf(id)),
		async lock(id) {
			const release = await acquire(id);
			const dataset = release && (await get(id));
			return dataset && {dataset, release};
		},
	};
}

const toText = (value: object) => `${JSON.stringify(value, undefined, '\t')}\n`;

async function readDocument<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
	let text: string;
	try {
		text = await readFile(name, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return undefined;
		}

		throw diskError(error, 'read', name);
	}

	const checked = schema.safeParse(toJson(text));
	if (!checked.success) {
		throw new CosmosError('store-damaged', `${name} is damaged, or was written by a newer cosmos`, {
			hint: `Repair it, or move it away; the previous version is ${name}.previous.`,
		});
	}

	return checked.data;
}

function toJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
