import {stat} from 'node:fs/promises';
import type {RunInput} from '../../domain/types.js';
import {hashFile} from '../../executor/transfer.js';

/** Why an input is not what the run got; undefined when it is. */
export async function explainChange({
	path: file,
	size,
	sha256,
}: RunInput): Promise<string | undefined> {
	const found = await stat(file).catch(() => undefined);
	if (!found) {
		return `${file} no longer exists`;
	}

	const same = found.size === size && (sha256 === undefined || (await hashFile(file)) === sha256);
	return same ? undefined : `${file} has changed since the run`;
}
