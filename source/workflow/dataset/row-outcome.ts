/** What the end of a job means for its clip, and whether a clip can still run. */
import {stat} from 'node:fs/promises';
import type {DatasetRow, RowReason} from '../../domain/dataset/dataset.js';
import {hasEnded, type Job} from '../../domain/queue/job.js';
import {heldByHand} from '../../domain/queue/queue-change.js';
import type {Run} from '../../domain/types.js';
import {hashFile} from '../../executor/transfer.js';

export const failedRow = (reason: RowReason, message: string) =>
	({status: 'failed', reason, message}) as const;

/** A job that only a person can go on with is over for the dataset. */
export function isOver(job: Job): boolean {
	return hasEnded(job) || (job.status === 'held' && job.reason !== heldByHand);
}

type Outcome =
	| {status: 'completed' | 'cancelled'}
	| {status: 'failed'; reason: RowReason; message: string};

/** @param stuck runs that were stopped because they had no new output */
export function outcomeOf(run: Run, row: DatasetRow, stuck: ReadonlySet<string>): Outcome {
	if (run.status === 'failed' || run.status === 'uncollected') {
		return {status: 'failed', reason: run.failure.reason, message: run.failure.message};
	}

	if (run.status !== 'completed') {
		return stuck.has(run.id)
			? {status: 'failed', reason: 'stuck', message: 'the run had no new output, and was stopped'}
			: {status: 'cancelled'};
	}

	const other = run.inputs.find(({role, sha256}) => {
		const read = row.inputs.find(input => input.role === role);
		return read && sha256 !== undefined && read.sha256 !== sha256;
	});
	return other
		? {
				status: 'failed',
				reason: 'input-changed',
				message: `${other.path} changed after the manifest was read: ${run.id} used the new file`,
			}
		: {status: 'completed'};
}

/** Of a job that could not start, was cancelled before, or is held because its run may still be running. */
export function outcomeWithoutRun(job: Job): Outcome {
	switch (job.status) {
		case 'failed':
			return {status: 'failed', reason: 'not-started', message: job.problem};
		case 'held':
			return {status: 'failed', reason: 'not-started', message: job.reason};
		default:
			return {status: 'cancelled'};
	}
}

/** What is wrong with the inputs of a clip now; a file that was only touched is what it was. */
export async function inputProblem({inputs}: DatasetRow): Promise<string | undefined> {
	for (const {path: file, size, modified, sha256} of inputs) {
		const found = await stat(file).catch(() => undefined);
		if (!found?.isFile()) {
			return `${file} is missing`;
		}

		const isSame = found.size === size && Math.trunc(found.mtimeMs) === Math.trunc(modified);
		if (!isSame && (await hashFile(file).catch(() => '')) !== sha256) {
			return `${file} has changed since the manifest was read`;
		}
	}

	return undefined;
}
