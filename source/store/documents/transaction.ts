import {existsSync} from 'node:fs';
import path from 'node:path';
import {withLock} from '../../machine/file-lock.js';
import type {Journal} from './journal.js';
import {makePrivateFolder} from './safe-file.js';
import {schemaVersion} from './schema-version.js';
import {readStoreVersion, upgradeStore} from './store-version.js';

/** Does something while no other process changes the store. */
export type Transaction = <T>(change: () => Promise<T>) => Promise<T>;

/** Milliseconds that one process may keep the others from changing the store. */
const lockPatience = 30_000;

/**
 * Each transaction first ends what a crash has left undone, and the first one in a store of an older
 * schema upgrades it.
 * @param folder the data folder
 * @returns also what resolves when the changes that have begun are written
 */
export function createTransaction(
	folder: string,
	journal: Journal,
	onNotice: (message: string) => void,
): {transaction: Transaction; settle: () => Promise<void>} {
	const begun = new Set<Promise<unknown>>();

	async function prepare(): Promise<void> {
		const version = await readStoreVersion(folder);
		await journal.finish();
		const backup = version === schemaVersion ? undefined : await upgradeStore(folder, version);
		if (backup !== undefined) {
			onNotice(`upgraded the store to schema ${schemaVersion}; the old one is in ${backup}`);
		}
	}

	return {
		async transaction(change) {
			if (!existsSync(path.join(folder, path.sep))) {
				await makePrivateFolder(folder);
			}

			return withLock(path.join(folder, 'lock'), {patience: lockPatience}, async () => {
				const done = prepare().then(change);
				begun.add(done);
				try {
					return await done;
				} finally {
					begun.delete(done);
				}
			});
		},
		async settle() {
			await Promise.allSettled(begun);
		},
	};
}
