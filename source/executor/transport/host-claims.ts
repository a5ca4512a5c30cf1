import {CosmosError} from '../../domain/errors.js';
import {listingLimits} from './transport.js';

/** A file whose size is not what was said of it: it is still written to, or the host lies. */
export function changedSize(
	host: string,
	file: string,
	expected: number | undefined,
	found: number,
): CosmosError {
	return new CosmosError(
		'download-incomplete',
		`${host}: ${file} has ${found} bytes, not ${expected}`,
		{
			hint: 'Another program may still be writing to it; try again when it has ended.',
		},
	);
}

/** A folder with more in it than anybody needs, or one that never ends. */
export function tooMuchListed(host: string, folder: string): CosmosError {
	const {entries, depth} = listingLimits;
	return new CosmosError(
		'host',
		`${host} lists more than ${entries} files, or ${depth} folders in one another, in ${folder}`,
		{hint: 'Look at the folder there, and move away what does not belong in it.'},
	);
}
