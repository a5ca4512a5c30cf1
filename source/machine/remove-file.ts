import {unlink} from 'node:fs/promises';
import {systemCode} from '../domain/errors.js';

/** Removes a file if it exists. `rm` would check twice first, at a cost for every change. */
export async function removeFile(file: string): Promise<void> {
	try {
		await unlink(file);
	} catch (error) {
		if (systemCode(error) !== 'ENOENT') {
			throw error;
		}
	}
}
