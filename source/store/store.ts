import path from 'node:path';
import {CosmosError} from '../domain/errors.js';
import {isId, makeId} from '../domain/ids.js';
import type {Job} from '../domain/queue/job.js';
import {isUnfinished, shownStatus, transitions} from '../domain/runs/run-status.js';
import type {Owner, Prompt, Run, ShownRun} from '../domain/types.js';
import {coalesce, watchFolder} from '../machine/folder-watch.js';
import {isAlive, thisProcess} from '../machine/process-identity.js';
import type {Exported, Imported} from './archive/archive-report.js';
import type {ExportOptions} from './archive/export.js';
import type {ImportOptions} from './archive/import.js';
import {type Collection, createCollection} from './documents/collection.js';
import {createJournal} from './documents/journal.js';
import {makePrivateFolder} from './documents/safe-file.js';
import {readStoreVersion} from './documents/store-version.js';
import {createTransaction, type Transaction} from './documents/transaction.js';
import {createQueueDocument, type QueueDocument} from './queue/queue-document.js';
import type {StoredQueue} from './queue/queue-index.js';
import type {RunFilter, StoreChange} from './run-filter.js';
import {createTrash, type Trash} from './trash/trash.js';
import type {Repairable, VerifyOptions} from './verify/finding.js';

/**
 * The documents of one data folder, shared by every process that opens it. Reading never writes.
 * @throws CosmosError (home) from every method when the disk refuses or a document is damaged
 */
export type Store = QueueDocument & {
	/** Absolute path of the data folder. */
	readonly folder: string;
	/** This process, as it signs the runs it works on. */
	readonly owner: Owner;
	/** Newest first. */
	listPrompts: (limit?: number, matches?: (prompt: Prompt) => boolean) => Promise<Prompt[]>;
	getPrompt: (id: string) => Promise<Prompt | undefined>;
	/**
	 * Adds a prompt with a new id.
	 * @param isThere knows the prompt if it has been added before: then that one is given back
	 */
	addPrompt: (
		make: (id: string) => Prompt,
		isThere?: (prompt: Prompt) => boolean,
	) => Promise<Prompt>;
	/** Adds several prompts with new ids, all or none. */
	addPrompts: (
		count: number,
		make: (ids: readonly string[]) => readonly Prompt[],
	) => Promise<Prompt[]>;
	/** Changes one prompt in a transaction across processes; what `change` returns is stored. */
	updatePrompt: (id: string, change: (prompt: Prompt) => Prompt) => Promise<Prompt>;
	/** Every id, oldest first. */
	promptIds: () => Promise<string[]>;
	/** Newest first. */
	listRuns: (filter?: RunFilter) => Promise<ShownRun[]>;
	/** Every run, newest first, one after the other, without keeping them. */
	eachRun: (visit: (run: ShownRun) => void) => Promise<void>;
	getRun: (id: string) => Promise<ShownRun | undefined>;
	addRun: (make: (id: string) => Run) => Promise<Run>;
	/** Adds several runs, all or none. */
	addRuns: (count: number, make: (ids: readonly string[]) => readonly Run[]) => Promise<Run[]>;
	runIds: () => Promise<string[]>;
	/**
	 * Changes one run in a transaction across processes.
	 * @param change gets the run as it is now; what it returns is stored
	 * @returns the stored run
	 */
	updateRun: (id: string, change: (run: Run) => Run) => Promise<Run>;
	/** Changes several runs in one transaction; of those that were added together all or none. */
	updateRuns: (ids: readonly string[], change: (run: Run) => Run) => Promise<Run[]>;
	/** The local folder of a run's files: `log`, `spec.json`, `outputs/`. Created by `addRun`. */
	runFolder: (id: string) => string;
	/** Deleted records, until they are removed permanently. */
	readonly trash: Trash;
	/** Writes records and their files into one archive. */
	exportTo: (options: ExportOptions) => Promise<Exported>;
	/** Imports an archive: all that fits or, after a crash, nothing. */
	importFrom: (options: ImportOptions) => Promise<Imported>;
	/** Checks everything in the data folder; changes nothing. The findings include their repairs. */
	verify: (options?: VerifyOptions) => Promise<Repairable[]>;
	readonly transaction: Transaction;
	/** Calls back after a change by any process; returns the way to stop. */
	watch: (onChange: (what: StoreChange) => void) => () => void;
	/** Stops watching, and resolves when the changes that have begun are written. */
	close: () => Promise<void>;
};

export type StoreOptions = {
	/** The data folder; made by the first change. */
	folder: string;
	/**
	 * Called with one line about a damaged file that a change has moved aside. Default: a
	 * warning of the process.
	 */
	onNotice?: (message: string) => void;
	/** Milliseconds since 1970, for the ids. @default Date.now */
	clock?: () => number;
};

/** A schema is loaded only where something has to be checked: that costs more than most verbs do. */
const kinds = {
	prompts: {
		prefix: 'ps',
		what: 'prompt',
		name: 'prompts',
		schema: async () => (await import('./schema.js')).promptSchema,
	},
	runs: {
		prefix: 'run',
		what: 'run',
		name: 'run-index',
		schema: async () => (await import('./schema.js')).runSchema,
	},
	queue: {
		prefix: 'queue',
		what: 'queue',
		name: 'queue',
		schema: async () => (await import('./queue/queue-schema.js')).queueSchema,
	},
	jobs: {
		prefix: 'job',
		what: 'job',
		name: 'jobs',
		schema: async () => (await import('./queue/queue-schema.js')).jobSchema,
	},
} as const;
/** The folders whose changes a watcher gets as one. */
const foldersOf: Readonly<Record<StoreChange, readonly string[]>> = {
	prompts: [kinds.prompts.name],
	runs: [kinds.runs.name],
	queue: [kinds.queue.name, kinds.jobs.name],
};
/** Milliseconds that a clock may have been set back. */
const clockTolerance = 3_600_000;
/** Milliseconds over which changes are gathered into one call of a watcher. */
const watchDelay = 25;

/**
 * Opens the documents of a data folder. None is read yet, and nothing is made before the first
 * change.
 * @throws CosmosError (home) for a store that a newer program has changed
 */
export async function openStore(options: StoreOptions): Promise<Store> {
	const folder = path.resolve(options.folder);
	await readStoreVersion(folder);
	const onNotice = options.onNotice ?? (message => process.emitWarning(message));
	const journal = createJournal(folder, onNotice);
	const {transaction, settle} = createTransaction(folder, journal, onNotice);
	const shared = {clock: options.clock ?? Date.now, onNotice, root: folder, journal};
	const prompts = createCollection<Prompt>({...shared, ...kinds.prompts});
	const runs = createCollection<Run>({...shared, ...kinds.runs});
	const queue = createCollection<StoredQueue>({...shared, ...kinds.queue});
	const jobs = createCollection<Job>({...shared, ...kinds.jobs});
	const watchers = new Set<(what: StoreChange) => void>();
	let unwatch: (() => void) | undefined;

	/** One watch of the folders serves all: a change is several events, and a worker's jobs all watch. */
	function watchAll(): () => void {
		const stops = (Object.keys(foldersOf) as StoreChange[]).map(what =>
			watchDocuments(
				foldersOf[what].map(name => path.join(folder, name)),
				() => {
					for (const watcher of [...watchers]) {
						watcher(what);
					}
				},
			),
		);
		return () => {
			for (const stop of stops) {
				stop();
			}
		};
	}

	function stopWatching(): void {
		watchers.clear();
		unwatch?.();
		unwatch = undefined;
	}

	function runFolder(id: string): string {
		if (!isId(id, 'run')) {
			throw new CosmosError('not-found', `"${id}" is not the id of a run`);
		}

		return path.join(folder, 'runs', id);
	}

	function makeFolder(id: string): Promise<void> {
		return makePrivateFolder(path.join(runFolder(id), 'outputs'));
	}

	function eachRun(visit: (run: ShownRun) => void): Promise<void> {
		const lives = createLivenessCache();
		return runs.each(run => visit(show(run, lives)));
	}

	const parts = {root: folder, journal, transaction, prompts, runs};
	const trash = createTrash(parts);
	return {
		folder,
		owner: thisProcess(),
		listPrompts: (limit, matches) => prompts.list({limit, matches}),
		getPrompt: prompts.get,
		addPrompt: (make, isThere) =>
			transaction(async () => {
				const [found] = isThere ? await prompts.list({limit: 1, matches: isThere}) : [];
				return found ?? prompts.add(make);
			}),
		addPrompts: (count, make) => transaction(() => prompts.addAll(count, make)),
		updatePrompt: (id, change) => transaction(() => prompts.update(id, change)),
		promptIds: prompts.ids,
		listRuns: filter => listRuns(runs, filter),
		eachRun,
		async getRun(id) {
			const run = await runs.get(id);
			return run && show(run, isAlive);
		},
		addRun: make => transaction(() => runs.add(make, makeFolder)),
		addRuns: (count, make) => transaction(() => runs.addAll(count, make, makeFolder)),
		runIds: runs.ids,
		updateRun: (id, change) => transaction(() => runs.update(id, run => step(run, change))),
		updateRuns: (ids, change) => transaction(() => runs.updateAll(ids, run => step(run, change))),
		runFolder,
		transaction,
		...createQueueDocument({
			state: queue,
			jobs,
			jobSchema: kinds.jobs.schema,
			journal,
			transaction,
		}),
		trash,
		async exportTo(what) {
			const {exportStore} = await import('./archive/export.js');
			return exportStore({folder, listPrompts: prompts.list, eachRun}, what);
		},
		async importFrom(what) {
			const {importArchive} = await import('./archive/import.js');
			return importArchive({...parts, trash}, what);
		},
		async verify(verifying) {
			const {verifyStore} = await import('./verify/verify.js');
			return verifyStore({...parts, queue, jobs, trash}, verifying);
		},
		watch(onChange) {
			const watcher = (what: StoreChange) => onChange(what);
			watchers.add(watcher);
			unwatch ??= watchAll();
			return () => {
				watchers.delete(watcher);
				if (watchers.size === 0) {
					stopWatching();
				}
			};
		},
		async close() {
			stopWatching();
			await settle();
		},
	};
}

async function listRuns(
	runs: Collection<Run>,
	{limit, status, promptId, jobIds, batchId, since, after, matches}: RunFilter = {},
): Promise<ShownRun[]> {
	const lives = createLivenessCache();
	const found = await runs.list({
		limit,
		...(after && {from: after}),
		...(since && {from: makeId('run', Date.parse(since) - clockTolerance, new Uint8Array(4))}),
		matches: run =>
			run.id !== after &&
			(promptId === undefined || run.promptId === promptId) &&
			(batchId === undefined || run.batch?.id === batchId) &&
			(jobIds === undefined || (run.jobId !== undefined && jobIds.includes(run.jobId))) &&
			(status === undefined || show(run, lives).shown === status) &&
			(matches?.(show(run, lives)) ?? true),
	});
	return found.map(run => show(run, lives));
}

function show(run: Run, lives: (owner: Owner) => boolean): ShownRun {
	// Only an unfinished run's owner matters, and to look for it costs a file.
	const shown = isUnfinished(run.status) ? shownStatus(run, lives(run.owner)) : run.status;
	return {run, shown};
}

/** Looks for each owner once: a listing has many runs of few owners. */
function createLivenessCache(): (owner: Owner) => boolean {
	const known = new Map<string, boolean>();
	return owner => {
		const key = `${owner.pid} ${owner.startTime} ${owner.bootId} ${owner.machine}`;
		const lives = known.get(key) ?? isAlive(owner);
		known.set(key, lives);
		return lives;
	};
}

/** A change of a run, which may leave its status or take it one legal step on. */
function step(run: Run, change: (run: Run) => Run): Run {
	const {id, status} = run;
	const next = change(run);
	if (next.status !== status && !transitions[status].includes(next.status)) {
		throw new CosmosError('wrong-state', `${id} is ${status}; it cannot become ${next.status}`, {
			hint:
				transitions[status].length === 0
					? 'A finished run cannot change; launch a new one.'
					: `It can become ${transitions[status].join(', ')}.`,
		});
	}

	return next;
}

/** Calls back when a document file has changed, once for a burst of changes. */
function watchDocuments(folders: readonly string[], onChange: () => void): () => void {
	const changes = coalesce(watchDelay, onChange);
	const stops = folders.map(folder =>
		watchFolder(folder, name => {
			if (name === undefined || name.endsWith('.json')) {
				changes.ring();
			}
		}),
	);
	return () => {
		changes.stop();
		for (const stop of stops) {
			stop();
		}
	};
}
