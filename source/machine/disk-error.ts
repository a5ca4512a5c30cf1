import path from 'node:path';
import {CosmosError, messageOf, systemCode} from '../domain/errors.js';

/**
 * The message for an error of the local disk.
 * @param error what the file system threw; a CosmosError is passed on as it is
 * @param file the requested file or folder
 */
export function diskError(error: unknown, doing: 'read' | 'write', file: string): CosmosError {
	if (error instanceof CosmosError) {
		return error;
	}

	const {message, hint} = explain(error, doing, file);
	const isFull = ['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '');
	return new CosmosError(isFull ? 'local-disk-full' : 'home', message, {hint, cause: error});
}

function explain(
	error: unknown,
	doing: 'read' | 'write',
	file: string,
): {message: string; hint: string} {
	const folder = path.dirname(file);
	switch (systemCode(error)) {
		case 'ENOSPC':
		case 'EDQUOT':
			return {
				message: `cannot ${doing} ${file}: the disk of ${folder} is full`,
				hint: `Free space there, or give another data folder with --data.`,
			};
		case 'EROFS':
			return {
				message: `cannot ${doing} ${file}: the disk of ${folder} is read-only`,
				hint: `Give a data folder on another disk with --data.`,
			};
		case 'EACCES':
		case 'EPERM':
			return {
				message: `not allowed to ${doing} ${file}`,
				hint: `Take ownership of ${folder} (chown), or give another data folder with --data.`,
			};
		case 'ENOTDIR':
		case 'EEXIST':
			return {
				message: `cannot ${doing} ${file}: a file is in the way of a folder`,
				hint: `Move that file away, or give another data folder with --data.`,
			};
		default:
			return {message: `cannot ${doing} ${file}: ${messageOf(error)}`, hint: ''};
	}
}
