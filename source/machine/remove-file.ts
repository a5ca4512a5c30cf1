import {unlink} from 'node:fs/promises';
import {systemCode} from '../domain/errors.js';

/** Removes a file unless somebody else has. `rm` would look twice before, which every change pays. */
export async function removeFile(file: string): Promise<void> {
	try {
		await unlink(file);
	} catch (error) {
		if (systemCode(error) !== 'ENOENT') {
			throw error;
		}
	}
}
