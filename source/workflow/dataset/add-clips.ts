/** Adds clips of a dataset to the queue. */
import type {DatasetRow, OutputRow} from '../../domain/dataset/dataset.js';
import {CosmosError, hasCode, messageOf} from '../../domain/errors.js';
import type {LaunchRequest} from '../../domain/settings/launch-request.js';
import type {Store} from '../../store/store.js';
import {now} from '../job-store.js';
import type {QueueActions} from '../queue/queue-types.js';
import type {Clip} from './make-clips.js';
import {failedRow, inputProblem} from './row-outcome.js';
import type {RowTable} from './row-table.js';

/** A job's id, or why there is none. */
type Added = [index: number, jobId: string | Partial<DatasetRow>];

/**
 * @param requestOf what a clip asks for, once its row has a prompt
 * @returns the clips that are in the queue, by their job, and the rows of the others
 * @throws CosmosError (home)
 */
export async function addClips(
	{store, queue}: {store: Store; queue: QueueActions['queue']},
	table: RowTable,
	clips: ReadonlyMap<number, Clip>,
	indexes: readonly number[],
	requestOf: (index: number) => LaunchRequest,
): Promise<{jobs: ReadonlyMap<string, number>; failed: OutputRow[]}> {
	const failed: OutputRow[] = [];
	const ready: number[] = [];
	for (const index of indexes) {
		const problem = await inputProblem(table.get(index));
		if (problem === undefined) {
			ready.push(index);
		} else {
			failed.push(...(await table.end(index, failedRow('input-changed', problem))));
		}
	}

	for (const index of ready.filter(at => table.get(at).promptId === undefined)) {
		const {prompt} = clips.get(index) as Clip;
		const {id: promptId} = await store.addPrompt(own => ({...prompt, id: own, createdAt: now()}));
		table.set(index, {promptId});
	}

	// A job is found again by its prompt, so that is stored first.
	await table.save();
	const jobs = new Map<string, number>();
	for (const [index, added] of await addJobs(queue, ready, requestOf)) {
		if (typeof added === 'string') {
			jobs.set(added, index);
		} else {
			failed.push(...(await table.end(index, added)));
		}
	}

	return {jobs, failed};
}

/** All at once, or one by one if one of them cannot be added. */
async function addJobs(
	queue: QueueActions['queue'],
	indexes: readonly number[],
	requestOf: (index: number) => LaunchRequest,
): Promise<Added[]> {
	const toJob = (index: number) => ({requests: [requestOf(index)], priority: 'low' as const});
	if (indexes.length === 0) {
		return [];
	}

	try {
		const jobs = await queue.add(indexes.map(toJob));
		return jobs.map((job, at) => [indexes[at] as number, job.id]);
	} catch (error) {
		if (!(error instanceof CosmosError) || error.kind === 'home') {
			throw error;
		}

		if (indexes.length === 1) {
			const isInput = hasCode(error, 'input-changed') || hasCode(error, 'bad-input');
			const reason = isInput ? 'input-changed' : 'not-started';
			return [[indexes[0] as number, failedRow(reason, messageOf(error))]];
		}
	}

	const all: Added[] = [];
	for (const index of indexes) {
		all.push(...(await addJobs(queue, [index], requestOf)));
	}

	return all;
}
