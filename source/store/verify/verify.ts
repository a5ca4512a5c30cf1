import {copyFile, mkdir, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import type {Job} from '../../domain/queue/job.js';
import type {Prompt, Run} from '../../domain/types.js';
import {diskError} from '../../machine/disk-error.js';
import {findStaleLocks, lockHolder, withLock} from '../../machine/file-lock.js';
import type {Collection} from '../documents/collection.js';
import {exists, type Journal} from '../documents/journal.js';
import {namesIn} from '../names-in.js';
import type {StoredQueue} from '../queue/queue-index.js';
import type {Trash} from '../trash/trash.js';
import type {CheckedStore, Repairable, VerifyOptions} from './finding.js';
import {checkDocuments} from './verify-documents.js';
import {checkFiles} from './verify-files.js';
import {checkQueue} from './verify-queue.js';
import {checkRuns} from './verify-runs.js';

export type VerifyParts = Pick<CheckedStore, 'root' | 'transaction'> & {
	journal: Journal;
	prompts: Collection<Prompt>;
	runs: Collection<Run>;
	queue: Collection<StoredQueue>;
	jobs: Collection<Job>;
	trash: Trash;
};

/** Checks everything in a data folder; changes nothing. The findings include their repairs. */
export async function verifyStore(
	parts: VerifyParts,
	{deep = false, onProgress = () => undefined}: VerifyOptions = {},
): Promise<Repairable[]> {
	const {root, transaction, prompts, runs, queue, jobs, trash} = parts;
	const started = new Date().toISOString();
	const checked: CheckedStore = {
		root,
		transaction,
		putAside: name => putAside(root, name, started, rename),
		copyAside: name => putAside(root, name, started, copyFile),
	};
	const documents = [
		...(await checkDocuments(checked, prompts)),
		...(await checkDocuments(checked, runs)),
		...(await checkDocuments(checked, queue)),
		...(await checkDocuments(checked, jobs)),
	];
	const findings = [
		...(await checkTransaction(parts)),
		...documents,
		...(await checkFiles(checked)),
		...(await checkLocks(root)),
	];
	// What belongs to a record can only be judged where every record can be read.
	if (!documents.some(({kind}) => kind === 'newer')) {
		const trashed = new Set((await trash.list()).map(({id}) => id));
		const now = () => new Date().toISOString();
		findings.push(
			...(await checkRuns(checked, {runs, prompts, deep, trashed, now, onProgress})),
			...(await checkTrash(checked, parts)),
			...(await checkQueue(checked, parts)),
		);
	}

	// What a living writer has in hand is no leftover.
	const isBusy = (await lockHolder(path.join(root, 'lock'))) !== undefined;
	return isBusy ? findings.filter(({kind}) => kind !== 'unfinished') : findings;
}

async function putAside(
	root: string,
	name: string,
	started: string,
	bring: (from: string, to: string) => Promise<void>,
): Promise<void> {
	// Windows allows no colon in a name.
	const target = path.join(root, 'set-aside', started.replaceAll(':', '-'), name);
	try {
		await mkdir(path.dirname(target), {recursive: true, mode: 0o700});
		await bring(path.join(root, name), target);
	} catch (error) {
		throw diskError(error, 'write', target);
	}
}

async function checkTransaction({root, journal, transaction}: VerifyParts): Promise<Repairable[]> {
	// Every transaction begins with the end of the one before.
	const repair = () => transaction(async () => undefined);
	if (await exists(path.join(root, 'transaction.json'))) {
		const isWhole = await journal.isWhole();
		return [
			{
				kind: isWhole ? 'unfinished' : 'damaged',
				path: 'transaction.json',
				what: isWhole ? 'is an interrupted change' : 'is damaged: it is not a valid journal',
				fix: isWhole ? 'finish the change' : 'move it aside',
				repair,
			},
		];
	}

	return (await exists(path.join(root, journal.staging)))
		? [
				{
					kind: 'unfinished',
					path: journal.staging,
					what: 'holds preparations for a change that never happened',
					fix: 'remove it',
					repair,
				},
			]
		: [];
}

async function checkTrash(
	{root, transaction, putAside: aside}: CheckedStore,
	{trash, prompts, runs}: VerifyParts,
): Promise<Repairable[]> {
	const entries = await trash.list();
	const known = new Set(entries.map(({name}) => name));
	const findings: Repairable[] = [];
	for (const name of await namesIn(path.join(root, 'trash'))) {
		const place = `trash/${name}`;
		if (name.endsWith('.gone')) {
			findings.push({
				kind: 'unfinished',
				path: place,
				what: 'was being removed permanently, but that was interrupted',
				fix: 'remove it',
				repair: () => rm(path.join(root, place), {recursive: true, force: true}),
			});
		} else if (!known.has(name)) {
			findings.push({
				kind: 'trash',
				path: place,
				what: 'is not a readable trash entry',
				fix: 'move it aside',
				repair: () => transaction(() => aside(place)),
			});
		}
	}

	for (const {name, id, kind} of entries) {
		const twin = kind === 'outputs' ? undefined : ((await prompts.get(id)) ?? (await runs.get(id)));
		if (twin) {
			findings.push({
				kind: 'trash',
				path: `trash/${name}`,
				what: 'is in the store as well',
				advice: '`cosmos clean --trash` removes the one in the trash.',
			});
		}
	}

	return findings;
}

/** Locks, and requests for locks, whose process is gone. */
async function checkLocks(root: string): Promise<Repairable[]> {
	const findings: Repairable[] = [];
	for (const folder of ['', 'lanes']) {
		for (const {name, lock} of await findStaleLocks(path.join(root, folder))) {
			findings.push({
				kind: 'lock',
				path: path.posix.join(folder, name),
				what: 'is a lock left by a process that is gone',
				fix: 'remove it',
				// Who takes a lock clears what the dead have left of it.
				repair: () =>
					withLock(path.join(root, folder, lock), {patience: 5000}, async () => undefined),
			});
		}
	}

	return findings;
}
