import {NotToRecoverError} from '../../domain/errors.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {Run} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {updateRuns} from '../job-store.js';
import {batchOf} from '../runs/run-lookup.js';

/** Whether a dead owner has left work: the run has not ended, or its host is not cleaned. */
export function needsRecovery(run: Run): boolean {
	return isUnfinished(run.status) || run.uncleaned === true;
}

/**
 * Makes this process the owner of a run, and of those of its batch that have no living owner. One
 * transaction: of two concurrent processes only one succeeds.
 * @throws NotToRecoverError when the run needs nobody, or somebody works on one of them
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
			const {id: runId, owner} = stored;
			if (!needsRecovery(stored)) {
				throw new NotToRecoverError(`${runId} needs no recovery: it is ${stored.status}`);
			}

			if (isWorkedOn(stored)) {
				const isOurs = owner.pid === store.owner.pid && owner.startTime === store.owner.startTime;
				const who = isOurs ? 'this cosmos itself' : 'another cosmos';
				throw new NotToRecoverError(
					`${runId} is already handled by ${who}, process ${owner.pid} on ${owner.machine}`,
					`\`cosmos wait ${runId}\` waits until it ends.`,
				);
			}

			return {...stored, owner: store.owner};
		},
	);
}
