import {existsSync} from 'node:fs';
import path from 'node:path';
import {CosmosError} from '../domain/errors.js';
import {createBell} from './bell.js';
import {diskError} from './disk-error.js';
import {fileStamp} from './file-stamp.js';
import {watchFolder} from './folder-watch.js';
import {
	claimName,
	clearDead,
	type LockBid,
	type LockHolder,
	type LockRecord,
	lockFilesIn,
	lockTail,
	makeBid,
	readNonce,
	readRecord,
	removeStale,
} from './lock-record.js';
import {isElsewhere} from './process-identity.js';
import {removeFile} from './remove-file.js';

export type {LockHolder} from './lock-record.js';

export type LockOptions = {
	/** What the lock is for; other waiters see it. */
	note?: string;
	/** Ends the waiting. */
	signal?: AbortSignal;
	/** Somebody else has the lock: called for each holder that we wait for. */
	onWait?: (holder: LockHolder) => void;
	/** Gives up when the same holder has blocked us for this many milliseconds. */
	patience?: number;
};

/** Milliseconds between two checks of a holder: a killed one leaves its lock behind. */
const recheckPause = 1000;

/**
 * The last of those in this process that hold or want each lock. Between processes whoever is
 * quickest gets it; inside one process they queue. Kept by path, because one process may open the
 * same folder twice.
 */
const lines = new Map<string, Promise<void>>();

/**
 * Acquires a lock that at most one living process holds: a file with its holder's identity. The lock of
 * a dead holder is taken over. Its folder must exist.
 * @param lock path of the lock file
 * @returns the way to give it back
 * @throws CosmosError (cancelled) when `signal` aborts the wait, (home) when patience ends or the
 * disk refuses
 */
export async function acquireLock(
	lock: string,
	options: LockOptions = {},
): Promise<() => Promise<void>> {
	const key = path.resolve(lock);
	const before = lines.get(key);
	const {promise: place, resolve: leaveLine} = Promise.withResolvers<void>();
	const line = Promise.all([before, place]).then(() => undefined);
	lines.set(key, line);
	const leave = () => {
		leaveLine();
		if (lines.get(key) === line) {
			lines.delete(key);
		}
	};

	try {
		if (before) {
			await waitInLine(key, before, options);
		}

		const nonce = await take(key, options);
		const own = fileStamp(key);
		return async () => {
			try {
				await giveBack(key, nonce, own);
			} finally {
				leave();
			}
		};
	} catch (error) {
		leave();
		throw diskError(error, 'write', key);
	}
}

/** Runs a task while holding a lock. */
export async function withLock<T>(
	lock: string,
	options: LockOptions,
	task: () => Promise<T>,
): Promise<T> {
	const release = await acquireLock(lock, options);
	try {
		return await task();
	} finally {
		await release();
	}
}

/**
 * Files of locks in a folder whose process is dead: the locks themselves, and bids for them.
 * @returns each file's name, and the name of its lock
 */
export async function findStaleLocks(folder: string): Promise<Array<{name: string; lock: string}>> {
	const found: Array<{name: string; lock: string}> = [];
	for (const name of await lockFilesIn(folder)) {
		const record = await readRecord(path.join(folder, name));
		if (record?.stale) {
			found.push({name, lock: name.replace(lockTail, '')});
		}
	}

	return found;
}

/**
 * Removes what dead processes have left of the locks in a folder: who takes a lock clears that. One that is
 * held by another for long is left to whoever takes it next.
 */
export async function clearStaleLocks(folder: string): Promise<void> {
	for (const lock of new Set((await findStaleLocks(folder)).map(({lock}) => lock))) {
		const signal = AbortSignal.timeout(5000);
		await withLock(path.join(folder, lock), {signal}, async () => undefined).catch(error => {
			if (!signal.aborted) {
				throw error;
			}
		});
	}
}

/** Removes the locks in a folder whose holders are on another machine, or in another container. */
export async function removeForeignLocks(folder: string): Promise<void> {
	for (const name of await lockFilesIn(folder)) {
		const file = path.join(folder, name);
		const holder = (await readRecord(file))?.holder;
		if (holder && isElsewhere(holder.owner)) {
			await removeFile(file);
		}
	}
}

/** The living holder of a lock, if there is one. Changes nothing. */
export async function lockHolder(lock: string): Promise<LockHolder | undefined> {
	try {
		const record = await readRecord(lock);
		return record?.stale ? undefined : record?.holder;
	} catch (error) {
		throw diskError(error, 'read', lock);
	}
}

async function waitInLine(lock: string, before: Promise<void>, options: LockOptions) {
	if (options.onWait) {
		const holder = await lockHolder(lock);
		if (holder) {
			options.onWait(holder);
		}
	}

	const bell = createBell();
	before.then(bell.ring);
	await bell.next(options.signal);
	throwIfAborted(lock, options.signal);
}

/** Waits until the lock file is ours; returns its nonce. */
async function take(lock: string, options: LockOptions): Promise<string> {
	throwIfAborted(lock, options.signal);
	const bid = await makeBid(lock, options.note ?? '');
	try {
		if (!(await claimName(bid, lock))) {
			await waitFor(lock, bid, options);
		}

		await clearDead(lock, bid);
		return bid.nonce;
	} catch (error) {
		await giveBack(lock, bid.nonce);
		throw error;
	} finally {
		await bid.discard();
	}
}

async function waitFor(lock: string, bid: LockBid, options: LockOptions): Promise<void> {
	const patience = options.patience ?? Number.POSITIVE_INFINITY;
	// A single waiter need not check each time that another one is quicker.
	const concerns = () => options.onWait !== undefined || !existsSync(lock);
	const pause = Math.min(recheckPause, patience);
	const bell = createBell();
	const unwatch = watchFolder(path.dirname(lock), name => {
		if ((name === undefined || name === path.basename(lock)) && concerns()) {
			bell.ring();
		}
	});
	let nonce = '';
	let waitingSince = 0;
	try {
		while (!(await claimName(bid, lock))) {
			const record = await readRecord(lock);
			if (!record || (record.stale && (await removeStale(lock, record, bid)))) {
				continue;
			}

			if (record.nonce !== nonce) {
				nonce = record.nonce;
				waitingSince = performance.now();
				if (record.holder) {
					options.onWait?.(record.holder);
				}
			} else if (performance.now() - waitingSince >= patience) {
				throw outOfPatience(lock, record);
			}

			await bell.next(options.signal, Date.now() + pause);
			throwIfAborted(lock, options.signal);
		}
	} finally {
		unwatch();
	}
}

function outOfPatience(lock: string, {holder}: LockRecord): CosmosError {
	if (!holder) {
		return new CosmosError('store-locked', `${lock} is locked, but does not say by which process`, {
			hint: 'If no other cosmos is running, remove that file.',
		});
	}

	const {owner, since} = holder;
	const where = isElsewhere(owner) ? ` on ${owner.machine}` : '';
	return new CosmosError(
		'store-locked',
		`${lock} has been held by process ${owner.pid}${where} since ${since}`,
		{hint: 'If that process is gone or stuck, stop it and remove that file.'},
	);
}

/** @param own what the lock file was when it was taken */
async function giveBack(lock: string, nonce: string, own?: string): Promise<void> {
	try {
		// The user may have removed it, and another process may hold it now.
		if (fileStamp(lock) === own || (await readNonce(lock)) === nonce) {
			await removeFile(lock);
		}
	} catch (error) {
		throw diskError(error, 'write', lock);
	}
}

function throwIfAborted(lock: string, signal?: AbortSignal): void {
	if (signal?.aborted) {
		throw new CosmosError('cancelled', `cancelled while waiting for ${path.basename(lock)}`);
	}
}
