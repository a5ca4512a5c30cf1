import {lstat, readdir} from 'node:fs/promises';
import path from 'node:path';
import {systemCode} from '../domain/errors.js';
import {diskError} from '../machine/disk-error.js';

/** Bytes of all files below a folder; links are not followed. 0 when it is not there. */
export async function folderSize(folder: string): Promise<number> {
	try {
		const names = await readdir(folder, {recursive: true});
		let sum = 0;
		for (const name of names) {
			const found = await lstat(path.join(folder, name)).catch(() => undefined);
			sum += found?.isFile() ? found.size : 0;
		}

		return sum;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return 0;
		}

		throw diskError(error, 'read', folder);
	}
}
