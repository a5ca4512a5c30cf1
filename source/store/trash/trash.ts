import {readFile, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, systemCode} from '../../domain/errors.js';
import type {Prompt, Run} from '../../domain/types.js';
import {diskError} from '../../machine/disk-error.js';
import type {Collection} from '../documents/collection.js';
import {
	exists,
	type Journal,
	mergeSteps,
	readConsistently,
	type Steps,
	writeStaged,
} from '../documents/journal.js';
import {schemaVersion} from '../documents/schema-version.js';
import {namesIn} from '../names-in.js';
import type {TrashEntry} from './trashed.js';

export type Deletion = {
	prompts: readonly Prompt[];
	/** With their folders. */
	runs: readonly Run[];
	/** Runs that are kept without their outputs. */
	outputsOf: readonly Run[];
};

/** Deleting is moving here; each method is one transaction, all or nothing across a crash. */
export type Trash = {
	/** Newest first. */
	list: () => Promise<TrashEntry[]>;
	/** @param choose decides while nobody else changes the store; what it throws ends it */
	put: (choose: () => Promise<Deletion>, now: string) => Promise<void>;
	/**
	 * Puts entries back where they were.
	 * @throws CosmosError (usage) when the store has got something of that id meanwhile
	 */
	restore: (entries: readonly TrashEntry[]) => Promise<void>;
	/** Removes an entry permanently; false if it was already gone. */
	remove: (entry: TrashEntry) => Promise<boolean>;
	/** Absolute path of an entry's folder. */
	folderOf: (entry: TrashEntry) => string;
};

type TrashParts = {
	root: string;
	journal: Journal;
	transaction: <T>(change: () => Promise<T>) => Promise<T>;
	prompts: Collection<Prompt>;
	runs: Collection<Run>;
};

const namePattern = /^((?:ps|run)_[0-9a-hjkmnp-tv-z]{12})(\.outputs)?$/;
const nothing: ReadonlySet<string> = new Set();

export function createTrash({root, journal, transaction, prompts, runs}: TrashParts): Trash {
	const folder = path.join(root, 'trash');
	const folderOf = ({name}: TrashEntry) => path.join(folder, name);

	/** The entries' names and folders; one that a transaction is moving is where that began. */
	async function places(): Promise<Map<string, string>> {
		const found = new Map<string, string>();
		const steps = await journal.pending();
		for (const [from, to] of steps?.moves ?? []) {
			found.set(to.replace('trash/', ''), path.join(root, from));
		}

		for (const name of await namesIn(folder)) {
			found.set(name, path.join(folder, name));
		}

		for (const [from] of steps?.moves ?? []) {
			found.delete(from.replace('trash/', ''));
		}

		return new Map([...found].filter(([name]) => namePattern.test(name)));
	}

	/** The steps that move a folder of a run from one place to another, if it exists. */
	async function moveOf(from: string, to: string): Promise<Steps['moves']> {
		if (!(await exists(path.join(root, from)))) {
			return [];
		}

		if ((await namesIn(path.join(root, to))).length > 0) {
			throw new CosmosError('home', `there are files in ${path.join(root, to)} already`, {
				hint: '`cosmos verify --fix` moves aside files that belong to no run.',
			});
		}

		return [[from, to]];
	}

	/** Writes an entry's record; returns the steps that put it and its files into the trash. */
	async function stage(entry: TrashEntry, files: string): Promise<Steps['moves']> {
		if (await exists(folderOf(entry))) {
			throw new CosmosError('already-exists', `${entry.name} is already in the trash`, {
				hint: '`cosmos clean --trash` empties it.',
			});
		}

		const staged = `${journal.staging}/trash/${entry.name}`;
		const text = `${JSON.stringify({version: schemaVersion, ...entry}, undefined, '\t')}\n`;
		await writeStaged(path.join(root, staged, 'entry.json'), text);
		return [[staged, `trash/${entry.name}`], ...(await moveOf(files, `trash/${entry.name}/files`))];
	}

	async function put({prompts: texts, runs: gone, outputsOf}: Deletion, deletedAt: string) {
		const moves: Array<Steps['moves'][number]> = [];
		for (const document of texts) {
			const {id} = document;
			moves.push(...(await stage({name: id, id, kind: 'prompt', deletedAt, document}, 'none')));
		}

		for (const document of gone) {
			const {id} = document;
			const entry: TrashEntry = {name: id, id, kind: 'run', deletedAt, document};
			moves.push(...(await stage(entry, `runs/${id}`)));
		}

		for (const {id, promptName} of outputsOf) {
			const entry: TrashEntry = {name: `${id}.outputs`, id, kind: 'outputs', deletedAt, promptName};
			moves.push(...(await stage(entry, `runs/${id}/outputs`)));
		}

		const documents = await Promise.all([
			prompts.stage({put: [], remove: idsOf(texts)}),
			runs.stage({
				put: outputsOf.map(run => ({...run, outputsDeletedAt: deletedAt})),
				remove: idsOf(gone),
			}),
		]);
		await journal.commit(mergeSteps({moves, removes: []}, ...documents));
	}

	async function restore(entries: readonly TrashEntry[]): Promise<void> {
		const moves: Array<Steps['moves'][number]> = [];
		const texts: Prompt[] = [];
		const back = new Map<string, Run>();
		// A run before its outputs: they belong into its folder.
		for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
			const {id, name} = entry;
			if (!(await exists(folderOf(entry)))) {
				throw new CosmosError('not-found', `${name} is no longer in the trash`);
			}

			if (entry.kind === 'prompt') {
				await refuseTwice(prompts, id);
				texts.push(entry.document);
			} else if (entry.kind === 'run') {
				await refuseTwice(runs, id);
				back.set(id, entry.document);
				moves.push(...(await moveOf(`trash/${name}/files`, `runs/${id}`)));
			} else {
				const run = back.get(id) ?? (await runs.get(id));
				if (!run) {
					throw new CosmosError('not-found', `the run of the outputs ${name} is not in the store`);
				}

				const {outputsDeletedAt: _, ...rest} = run;
				back.set(id, rest as Run);
				moves.push(...(await moveOf(`trash/${name}/files`, `runs/${id}/outputs`)));
			}

			// What is left is the record alone.
			await removeFolder(`${folderOf(entry)}.gone`);
			moves.push([`trash/${name}`, `trash/${name}.gone`]);
		}

		const documents = await Promise.all([
			prompts.stage({put: texts, remove: nothing}),
			runs.stage({put: [...back.values()], remove: nothing}),
		]);
		await journal.commit(mergeSteps({moves, removes: []}, ...documents));
		await Promise.all(entries.map(entry => removeFolder(`${folderOf(entry)}.gone`)));
	}

	return {
		folderOf,
		list: () =>
			readConsistently(journal, async () => {
				const entries: TrashEntry[] = [];
				for (const [name, place] of await places()) {
					const entry = await readEntry(place, name);
					if (entry) {
						entries.push(entry);
					}
				}

				return entries.sort((a, b) => (a.deletedAt < b.deletedAt ? 1 : -1));
			}),
		put: (choose, now) => transaction(async () => put(await choose(), now)),
		restore: entries => transaction(() => restore(entries)),
		async remove(entry) {
			const gone = `${folderOf(entry)}.gone`;
			const found = await transaction(async () => {
				if (!(await exists(folderOf(entry)))) {
					return false;
				}

				await removeFolder(gone);
				await rename(folderOf(entry), gone);
				return true;
			});
			await removeFolder(gone);
			return found;
		},
	};
}

async function refuseTwice(
	collection: {get: (id: string) => Promise<unknown>},
	id: string,
): Promise<void> {
	if (await collection.get(id)) {
		throw new CosmosError('already-exists', `${id} is in the store and in the trash`, {
			hint: 'The one in the store is kept; `cosmos clean --trash` removes the other.',
		});
	}
}

function idsOf(documents: readonly {id: string}[]): ReadonlySet<string> {
	return new Set(documents.map(({id}) => id));
}

/** Undefined for one whose record cannot be read: `cosmos verify` reports it. */
async function readEntry(place: string, name: string): Promise<TrashEntry | undefined> {
	const {parseTrashEntry} = await import('./trash-entry.js');
	try {
		return parseTrashEntry(name, await readFile(path.join(place, 'entry.json'), 'utf8'));
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return undefined;
		}

		throw diskError(error, 'read', place);
	}
}

async function removeFolder(folder: string): Promise<void> {
	try {
		await rm(folder, {recursive: true, force: true});
	} catch (error) {
		throw diskError(error, 'write', folder);
	}
}
