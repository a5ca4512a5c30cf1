import {systemCode} from '../domain/errors.js';

/** The result of work on a file or folder; undefined where that is missing. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
	try {
		return await work;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') {
			return undefined;
		}

		throw error;
	}
}
