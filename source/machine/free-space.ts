import {statfs} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, systemCode} from '../domain/errors.js';
import {formatBytes} from '../domain/text-format.js';

const mebibyte = 2 ** 20;

/** Bytes that stay free on this machine's disk, so that the record of a failure can always be written. */
export const reserve = 64 * mebibyte;

/** Bytes between two looks at the disk. */
const lookEvery = 16 * mebibyte;

/** Free bytes for this user where a folder is or will be. */
export async function freeSpace(folder: string): Promise<number> {
	try {
		const {bavail, bsize} = await statfs(folder);
		return bavail * bsize;
	} catch (error) {
		const above = path.dirname(folder);
		if (systemCode(error) === 'ENOENT' && above !== folder) {
			return freeSpace(above);
		}

		throw error;
	}
}

/**
 * Looks at the disk of a folder now and then while something is written there.
 * @returns to be called with the bytes of each write; rejects when less than the reserve is left
 */
export function createSpaceWatch(folder: string): (size: number) => Promise<void> {
	let unseen = 0;
	return async size => {
		unseen += size;
		if (unseen < lookEvery) {
			return;
		}

		unseen = 0;
		const left = await freeSpace(folder);
		if (left < reserve) {
			throw new CosmosError(
				'local-disk-full',
				`local disk is nearly full: ${formatBytes(left)} left in ${folder}`,
				{
					hint: `Free some space there; cosmos leaves the last ${formatBytes(reserve)} for its records.`,
				},
			);
		}
	};
}
