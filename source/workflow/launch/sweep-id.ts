import {makeId} from '../../domain/ids.js';

/** The id of a new sweep. */
export function newSweepId(): string {
	return makeId('sw', Date.now(), crypto.getRandomValues(new Uint8Array(4)));
}
