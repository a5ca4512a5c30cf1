import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {openStore} from '../source/store/store.js';
import {samplePrompt, sampleRun} from '../test/store/samples.js';

/** Runs in the store that the cases about the program's own speed look at. */
export const runCount = 300;

/** A home with a data folder of many runs; `env` brings the program there. */
export async function withFullStore<T>(work: (env: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
	const home = await mkdtemp(path.join(tmpdir(), 'cosmos-bench-'));
	const data = path.join(home, 'data');
	const store = await openStore({folder: data});
	try {
		const {id} = await store.addPrompt(samplePrompt);
		for (let count = 0; count < runCount; count++) {
			await store.addRun(runId => ({
				...sampleRun(runId, {promptId: id}),
				status: 'cancelled',
			}));
		}

		return await work({PATH: process.env.PATH, HOME: home, COSMOS_DATA: data});
	} finally {
		store.close();
		await rm(home, {recursive: true});
	}
}
