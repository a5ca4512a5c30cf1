import {CosmosError} from '../domain/errors.js';
import {isUnfinished} from '../domain/run-status.js';
import type {Run} from '../domain/types.js';
import type {Store} from '../store/store.js';
import {updateRuns} from './run-home.js';
import {batchOf} from './run-lookup.js';

/** Whether a dead owner has left work: the run is not over, or its host not cleared. */
export function needsRecovery(run: Run): boolean {
	return isUnfinished(run.status) || run.uncleaned === true;
}

/**
 * Makes a run this process's own, and with it those of its batch that need somebody. One
 * transaction: of two processes that try, one is refused.
 * @throws CosmosError (usage) when the run needs nobody, or somebody works on one of them
 */
export async function adoptRuns(
	store: Store,
	id: string,
	isWorkedOn: (run: Run) => boolean,
): Promise<Run[]> {
	const members = await batchOf(store, id);
	const left = members.filter(({run}) => run.id === id || needsRecovery(run));
	return updateRuns(
		store,
		left.map(({run}) => run.id),
		stored => {
			const {shown} = members.find(({run}) => run.id === stored.id) ?? {shown: stored.status};
			if (!needsRecovery(stored)) {
				throw new CosmosError('usage', `${stored.id} needs no recovery: it is ${shown}`);
			}

			if (isWorkedOn(stored)) {
				throw new CosmosError('usage', `a living cosmos works on ${stored.id}: it is ${shown}`, {
					hint: `Its process is ${stored.owner.pid} on ${stored.owner.machine}.`,
				});
			}

			return {...stored, owner: store.owner};
		},
	);
}
