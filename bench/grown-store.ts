import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {makeId} from '../source/domain/ids.js';
import type {Run} from '../source/domain/types.js';
import {writeStaged} from '../source/store/documents/journal.js';
import {formatSegment} from '../source/store/documents/segment-text.js';
import {samplePrompt, sampleRun} from '../test/store/samples.js';

/** Documents in a full segment; see `store/documents/collection.ts`. */
const perSegment = 100;

export type GrownStore = {folder: string; ids: string[]};

/** A data folder of many runs, written as the store writes them but without a transaction for each. */
export async function growStore(folder: string, count: number): Promise<GrownStore> {
	const ids: string[] = [];
	for (let start = 0; start < count; start += perSegment) {
		const runs: Run[] = [];
		for (let index = start; index < Math.min(count, start + perSegment); index++) {
			const id = makeId('run', Date.UTC(2026, 0, 1) + index * 1000, new Uint8Array(4));
			ids.push(id);
			runs.push({...sampleRun(id), status: 'cancelled'});
		}

		const name = (runs[0] as Run).id;
		await writeStaged(path.join(folder, 'run-index', `${name}.json`), formatSegment(runs));
	}

	// Without a prompt the samples would be made first.
	const prompt = samplePrompt(makeId('ps', Date.UTC(2026, 0, 1), new Uint8Array(4)));
	await writeStaged(path.join(folder, 'prompts', `${prompt.id}.json`), formatSegment([prompt]));
	return {folder, ids};
}

/** Stores of several sizes for as long as `work` takes. */
export async function withGrownStores<T>(
	counts: readonly number[],
	work: (stores: readonly GrownStore[]) => Promise<T>,
): Promise<T> {
	const home = await mkdtemp(path.join(tmpdir(), 'cosmos-bench-'));
	try {
		const stores: GrownStore[] = [];
		for (const count of counts) {
			stores.push(await growStore(path.join(home, String(count)), count));
		}

		return await work(stores);
	} finally {
		// A peer may still write into it while it ends.
		await rm(home, {recursive: true, force: true, maxRetries: 10});
	}
}
