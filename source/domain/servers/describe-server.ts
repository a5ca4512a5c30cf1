import type {RunServer} from '../types.js';

/** The server of a run, and each time that it had lost the job: `nano (Cosmos3-Nano)`. */
export function describeServer({name, checkpoint, url, again = []}: RunServer): string[] {
	return [
		`${name} (${checkpoint})${url === undefined ? '' : ` at ${url}`}`,
		...again.map(({why}) => `ran again: ${why}`),
	];
}
