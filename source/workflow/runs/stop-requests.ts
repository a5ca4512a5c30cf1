import {setTimeout} from 'node:timers/promises';
import type {Store} from '../../store/store.js';

/** The pause after a look, as a multiple of how long it took: looking takes a fifth of the time. */
const pauseForLook = 4;

/**
 * Stops one of our runs when another process requests it through the store. Every change of any
 * run may be such a request, so with many runs we look at them one after the other, and pause in between.
 * @param own the runs of this process, each with the way to stop it
 * @returns the way to end this
 */
export function handleStopRequests(
	store: Store,
	own: ReadonlyMap<string, AbortController>,
): () => void {
	let looking = false;
	let again = false;

	async function look(): Promise<void> {
		for (const [id, controller] of own) {
			const found = await store.getRun(id);
			if (found?.run.cancelRequestedAt) {
				controller.abort();
			}
		}
	}

	async function lookInTurn(): Promise<void> {
		again = true;
		if (looking) {
			return;
		}

		looking = true;
		while (again) {
			again = false;
			const begun = performance.now();
			// A store that cannot be read is reported where something is written.
			await look().catch(() => undefined);
			const pause = (performance.now() - begun) * pauseForLook;
			await setTimeout(own.size > 1 ? pause : 0);
		}

		looking = false;
	}

	return store.watch(what => {
		if (what === 'runs') {
			lookInTurn();
		}
	});
}
