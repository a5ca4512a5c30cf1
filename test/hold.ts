import {rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/**
 * What makes a job stop in the middle of its steps until `goOn`: whatever has to be done while it runs
 * has all the time that it needs. A bar shows every step only when they take more than 0.1 s.
 */
export const held = {COSMOS_SIMULATE: 'hold,step-bars', COSMOS_SIMULATE_STEP: '0.15'};

/** Lets the jobs that work in a folder of their host go on, now and later. */
export function release(folder: string): void {
	writeFileSync(path.join(folder, 'go-on'), '');
}

/**
 * Lets the held jobs of a host go on.
 * @param folder the host's folder, in which they work
 * @param end resolves when they have gone on; jobs that start later are held again
 */
export async function goOn<T>(folder: string, end: () => Promise<T>): Promise<T> {
	release(folder);
	try {
		return await end();
	} finally {
		rmSync(path.join(folder, 'go-on'));
	}
}
