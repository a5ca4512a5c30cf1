import {existsSync} from 'node:fs';
import {mkdir, rename, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {systemCode} from '../../domain/errors.js';
import {diskError} from '../../machine/disk-error.js';
import {fileStamp} from '../../machine/file-stamp.js';
import {syncFolder} from '../../machine/sync-folder.js';
import {createFileCache} from '../file-cache.js';
import {DamagedFileError} from '../verify/damaged-file.js';
import {type KeepOpen, keepPrevious, replaceFile, setAside, writeSynced} from './safe-file.js';

/** What one transaction does, in paths relative to the data folder, `/` between parts. */
export type Steps = {
	/** Files and folders to move; an existing document file is replaced. */
	moves: ReadonlyArray<readonly [from: string, to: string]>;
	/** Document files to remove, with their previous state. */
	removes: readonly string[];
};

/**
 * Makes a change of several files atomic: its files are prepared in the staging folder, the list of
 * steps is written, and then they are done. Before the list exists nothing has happened, from
 * then on everything has: readers apply it, and the next writer finishes what a
 * crash has left undone. Only for the holder of the store's lock, but for `pending` and `stamp`.
 */
export type Journal = {
	/** Name of the folder, in the data folder, in which a transaction prepares its files. */
	readonly staging: string;
	/** The steps that count as done but may not be done yet. */
	pending: () => Promise<Steps | undefined>;
	/** Whether the list of steps can be read, where there is one. */
	isWhole: () => Promise<boolean>;
	/** Changes with every transaction. */
	stamp: () => Promise<string>;
	commit: (steps: Steps) => Promise<void>;
	/** Finishes what a crash has interrupted, and removes what was never committed. */
	finish: () => Promise<void>;
};

const listName = 'transaction.json';
const doneName = 'transaction.done';

export function createJournal(folder: string, onNotice: (message: string) => void): Journal {
	const list = path.join(folder, listName);
	const done = path.join(folder, doneName);
	const staging = path.join(folder, 'staging');
	const cache = createFileCache<Steps>(1);

	async function pending(): Promise<Steps | undefined> {
		return cache.get(list, async handle => parseSteps(await handle.readFile('utf8'), list));
	}

	async function apply({moves, removes}: Steps): Promise<void> {
		const touched = new Set<string>([folder]);
		for (const name of removes) {
			const file = path.join(folder, name);
			await rm(file, {force: true});
			await rm(`${file}.previous`, {force: true});
			touched.add(path.dirname(file));
		}

		for (const [from, to] of moves) {
			const target = path.join(folder, to);
			await move(path.join(folder, from), target);
			touched.add(path.dirname(target));
		}

		for (const one of touched) {
			await syncFolder(one);
		}

		await rename(list, done);
		await syncFolder(folder);
	}

	async function finish(): Promise<void> {
		try {
			const steps = await pending();
			if (steps) {
				await apply(steps);
			}
		} catch (error) {
			if (!(error instanceof DamagedFileError)) {
				throw diskError(error, 'write', list);
			}

			onNotice(`${error.message}. It was moved to ${await setAside(list)}.`);
			return;
		}

		// Of a transaction that was never decided.
		if (existsSync(staging)) {
			await rm(staging, {recursive: true, force: true}).catch(error => {
				throw diskError(error, 'write', staging);
			});
		}
	}

	return {
		staging: 'staging',
		pending: () =>
			pending().catch(error => {
				// The files as they are; the next change sets the list aside.
				if (error instanceof DamagedFileError) {
					return undefined;
				}

				throw error;
			}),
		isWhole: () =>
			pending().then(
				() => true,
				() => false,
			),
		async stamp() {
			return `${fileStamp(list)} ${fileStamp(done)}`;
		},
		async commit(steps) {
			if (steps.moves.length + steps.removes.length === 0) {
				return;
			}

			await replaceFile(list, `${JSON.stringify({version: 1, ...steps})}\n`);
			await finish();
		},
		finish,
	};
}

export function mergeSteps(...all: readonly Steps[]): Steps {
	return {
		moves: all.flatMap(({moves}) => moves),
		removes: all.flatMap(({removes}) => removes),
	};
}

/** How often a reader starts again because of other processes' transactions. */
const mostRounds = 5;

/** Reads again if a transaction was committed meanwhile: nobody sees half of it. */
export async function readConsistently<T>(
	journal: Pick<Journal, 'stamp'>,
	read: () => Promise<T>,
): Promise<T> {
	for (let round = 1; ; round++) {
		const before = await journal.stamp();
		const result = await read();
		if (round === mostRounds || before === (await journal.stamp())) {
			return result;
		}
	}
}

/** Writes and syncs a file that is not referenced yet. */
export async function writeStaged(file: string, text: string, keep?: KeepOpen): Promise<void> {
	try {
		await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
		const written = await writeSynced(file, text, keep !== undefined);
		if (written) {
			keep?.(written);
		}

		await syncFolder(path.dirname(file));
	} catch (error) {
		throw diskError(error, 'write', file);
	}
}

/** A move that is done already is none. */
async function move(from: string, to: string): Promise<void> {
	if (!(await exists(from))) {
		return;
	}

	await mkdir(path.dirname(to), {recursive: true, mode: 0o700});
	if (to.endsWith('.json')) {
		await keepPrevious(to);
	}

	await rename(from, to);
}

export async function exists(file: string): Promise<boolean> {
	try {
		await stat(file);
		return true;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return false;
		}

		throw diskError(error, 'read', file);
	}
}

function parseSteps(text: string, file: string): Steps {
	try {
		const {version, moves, removes} = JSON.parse(text);
		const names: unknown[] = [...moves.flat(), ...removes];
		if (version === 1 && names.every(isInside)) {
			return {moves, removes};
		}
	} catch {
		// Said below.
	}

	throw new DamagedFileError(file, 'it is not a valid journal');
}

/** Whether a name stays in the data folder: what is done with it must not reach anything else. */
function isInside(name: unknown): boolean {
	return (
		typeof name === 'string' &&
		!/[\\\0]/.test(name) &&
		name.split('/').every(part => !['', '.', '..'].includes(part))
	);
}
