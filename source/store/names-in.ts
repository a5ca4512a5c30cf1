import {readdir} from 'node:fs/promises';
import {systemCode} from '../domain/errors.js';
import {diskError} from '../machine/disk-error.js';

/** The entries of a folder, sorted; none if it is missing. */
export async function namesIn(folder: string): Promise<string[]> {
	try {
		return (await readdir(folder)).sort();
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return [];
		}

		throw diskError(error, 'read', folder);
	}
}
