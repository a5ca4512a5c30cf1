import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {NotToRecoverError} from '../../domain/errors.js';
import type {Job} from '../../domain/queue/job.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {Run} from '../../domain/types.js';
import {removeForeignLocks} from '../../machine/file-lock.js';
import {isElsewhere, movedHint, nobody} from '../../machine/process-identity.js';
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
					isElsewhere(owner) ? movedHint : `\`cosmos wait ${runId}\` waits until it ends.`,
				);
			}

			return {...stored, owner: store.owner};
		},
	);
}

/**
 * Makes runs and jobs nobody's that processes of another machine, or of another container, have worked on, for a data
 * folder that was moved or copied here: from here they cannot be told from living ones.
 */
export async function takeOver(store: Store): Promise<void> {
	const ids: string[] = [];
	await store.eachRun(({run}) => {
		if (needsRecovery(run) && isElsewhere(run.owner)) {
			ids.push(run.id);
		}
	});
	for (const id of ids) {
		await store.updateRun(id, stored => ({...stored, owner: nobody()}));
	}

	await store.changeQueue(queue => {
		const isForeign = (job: Job) => job.status === 'working' && isElsewhere(job.owner);
		const free = (job: Job): Job => (isForeign(job) ? ({...job, owner: nobody()} as Job) : job);
		return queue.jobs.some(isForeign) ? {...queue, jobs: queue.jobs.map(free)} : queue;
	});
	const datasets = path.join(store.folder, 'datasets');
	const names = await readdir(datasets).catch(() => []);
	for (const folder of [
		path.join(store.folder, 'lanes'),
		...names.map(name => path.join(datasets, name)),
	]) {
		await removeForeignLocks(folder);
	}
}
