import {CosmosError, messageOf, systemCode} from '../../domain/errors.js';

/** Errors of the local disk have the kind `home` and name the file. */
export async function onLocalDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const full = systemCode(error) === 'ENOSPC' || systemCode(error) === 'EDQUOT';
		throw new CosmosError(
			full ? 'local-disk-full' : 'home',
			full ? `local disk is full: ${file}` : `cannot use ${file}: ${messageOf(error)}`,
			{hint: full ? 'Free some space and try again.' : '', cause: error},
		);
	}
}
