import {constants, readdirSync, readFileSync} from 'node:fs';
import {copyFile, link, open, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {systemCode} from '../domain/errors.js';
import type {Owner} from '../domain/types.js';
import {ifThere} from './if-there.js';
import {isAlive, thisProcess} from './process-identity.js';
import {removeFile} from './remove-file.js';

/** Seconds after which an empty lock file counts as stale (power cut). */
const namelessPatience = 10;

/** What a lock file says of its holder. */
export type LockHolder = {
	owner: Owner;
	/** What for, in the holder's own words. */
	note: string;
	/** ISO 8601. */
	since: string;
};

/** A lock file as found. */
export type LockRecord = {
	/** Never the same for two holdings of a lock. */
	nonce: string;
	/** Undefined when the content cannot be read. */
	holder?: LockHolder;
	/** Its holder is dead: it may be taken over. */
	stale: boolean;
};

/** This process's bid for a lock: a complete file, ready to be renamed to the lock. */
export type LockBid = {nonce: string; file: string; discard: () => Promise<void>};

export async function makeBid(lock: string, note: string): Promise<LockBid> {
	const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex');
	const file = `${lock}.${nonce}`;
	const holder: LockHolder = {owner: thisProcess(), note, since: new Date().toISOString()};
	await writeFile(file, `${JSON.stringify({nonce, ...holder})}\n`, {flag: 'wx', mode: 0o600});
	return {nonce, file, discard: () => removeFile(file)};
}

/** Gives the bid's content a name that must be free. False if it is not. */
export async function claimName(bid: LockBid, name: string): Promise<boolean> {
	try {
		await link(bid.file, name);
		return true;
	} catch (error) {
		if (systemCode(error) === 'EEXIST') {
			return false;
		}

		if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(systemCode(error) ?? '')) {
			return copyTo(bid, name);
		}

		throw error;
	}
}

/** For file systems without hard links (exFAT); for some microseconds the copy has no content. */
async function copyTo(bid: LockBid, name: string): Promise<boolean> {
	try {
		await copyFile(bid.file, name, constants.COPYFILE_EXCL);
		return true;
	} catch (error) {
		if (systemCode(error) === 'EEXIST') {
			return false;
		}

		throw error;
	}
}

/** Which holding of a lock this is; undefined when nobody holds it or its content cannot be read. */
export async function readNonce(lock: string): Promise<string | undefined> {
	return parseContent((await ifThere(readFile(lock, 'utf8'))) ?? '')?.nonce;
}

/** The lock as it is now; undefined when nobody holds it. */
export async function readRecord(lock: string): Promise<LockRecord | undefined> {
	const file = await ifThere(open(lock));
	if (!file) {
		return undefined;
	}

	try {
		const content = parseContent(await file.readFile('utf8'));
		if (content) {
			const {nonce, ...holder} = content;
			return {nonce, holder, stale: !isAlive(holder.owner)};
		}

		const {ino, mtimeMs} = await file.stat();
		const age = Math.abs(Date.now() - mtimeMs) / 1000;
		return {nonce: `nameless-${ino}-${Math.round(mtimeMs)}`, stale: age > namelessPatience};
	} finally {
		await file.close();
	}
}

/**
 * The content of a lock file, if complete. Checked by hand: each change of the store reads
 * locks, and a schema's library takes longer to load than a change takes.
 */
function parseContent(text: string): (LockHolder & {nonce: string}) | undefined {
	try {
		const {nonce, note, since, owner} = JSON.parse(text);
		const {pid, startTime, bootId, machine} = owner;
		const texts: unknown[] = [nonce, note, since, startTime, bootId, machine];
		const isWhole = texts.every(one => typeof one === 'string') && Number.isSafeInteger(pid);
		return isWhole && /^[0-9a-f]+$/.test(nonce)
			? {nonce, note, since, owner: {pid, startTime, bootId, machine}}
			: undefined;
	} catch {
		return undefined;
	}
}

/**
 * Removes a stale lock. Several processes may try at once: if each checked and then removed it, the
 * second could remove the first one's new lock. So the right to remove is itself claimed, under a
 * name derived from the stale lock's nonce. While the stale lock exists its claims are never removed,
 * and the next claim is possible only if the previous one is of a dead process; so at most one
 * living process has the right at any time, and the check before the removal stays valid.
 * @returns false when another living process is about to do it
 */
export async function removeStale(lock: string, stale: LockRecord, bid: LockBid): Promise<boolean> {
	const claimOf = (turn: number) => `${lock}.${stale.nonce}.${turn}`;
	let turn = 1;
	while (!(await claimName(bid, claimOf(turn)))) {
		const rival = await readRecord(claimOf(turn));
		if (rival?.stale !== true) {
			// Not a rival: its claim was removed with the stale lock.
			return rival === undefined;
		}

		turn++;
	}

	if ((await readRecord(lock))?.nonce === stale.nonce) {
		await removeFile(lock);
	}

	for (; turn > 0; turn--) {
		await removeFile(claimOf(turn));
	}

	return true;
}

/** The suffix of the name of a bid or a claim. */
export const lockTail = /\.([0-9a-f]{16}|nameless-[\d-]+)(\.\d+)?$/;

/** Names of the locks in a folder and of what belongs to them; none if it is missing. */
export async function lockFilesIn(folder: string): Promise<string[]> {
	const names = (await ifThere(readdir(folder))) ?? [];
	return names.filter(name => /^lock$|\.lock$/.test(name.replace(lockTail, '')));
}

/**
 * Removes the bids and claims of killed processes. Only for the holder of the lock: to it every
 * stale lock of a claim is gone. Others wait meanwhile, each with a bid: these are checked
 * without the thread pool, which takes ten times as long as the check.
 */
export async function clearDead(lock: string, own: LockBid): Promise<void> {
	const folder = path.dirname(lock);
	const start = `${path.basename(lock)}.`;
	for (const name of readdirSync(folder)) {
		const rest = name.startsWith(start) ? name.slice(start.length) : '';
		const file = path.join(folder, name);
		if (lockTail.test(`.${rest}`) && file !== own.file && !isOfLiving(file)) {
			if ((await readRecord(file))?.stale) {
				await removeFile(file);
			}
		}
	}
}

/** False also if that cannot be decided quickly. */
function isOfLiving(file: string): boolean {
	try {
		const content = parseContent(readFileSync(file, 'utf8'));
		return content !== undefined && isAlive(content.owner);
	} catch {
		return false;
	}
}
