import {type FSWatcher, watch} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError, systemCode} from '../../../domain/errors.js';
import type {JobExit} from '../../../domain/runs/run-status.js';
import {createBell} from '../../../machine/bell.js';
import {coalesce, watchFolder} from '../../../machine/folder-watch.js';
import type {RunJobOptions} from '../engine.js';
import type {FoundJob, JobRecords} from './job-records.js';
import {outputFile, recordFile} from './supervisor/job-files.js';

/** Milliseconds between two checks in any case: a killed supervisor leaves no sign. */
const recheckPause = 1000;
/** Milliseconds from a report of new output until it is read, together with what has followed. */
const readPause = 10;
/** Bytes read at once. */
const chunkSize = 65_536;

/**
 * Streams a job's output from a byte on, as it is written, and resolves when the job has exited.
 * @throws CosmosError (host) when there is no such job
 */
export async function followJob(
	records: JobRecords,
	runId: string,
	offset: number,
	onOutput: RunJobOptions['onOutput'],
): Promise<JobExit> {
	const output = await openOutput(records, runId);
	const changes = watchJob(records.folderOf(runId));
	let position = offset;
	try {
		for (;;) {
			// The check comes before the reading: an exited job writes no more.
			const found = changes.mayHaveEnded() ? await records.look(runId) : undefined;
			position = await readOn(output, position, onOutput);
			if (found?.state === 'exited') {
				return found.exit;
			}

			if (found?.state === 'gone') {
				throw noSuchJob(runId);
			}

			await changes.next();
		}
	} finally {
		changes.stop();
		await output.close();
	}
}

/**
 * Waits until a job neither starts nor runs, or, with `until: 'begun'`, until it no longer starts.
 * Returns the result of the last check, even if `signal` has ended the wait.
 */
export async function waitForJob(
	records: JobRecords,
	runId: string,
	until: 'begun' | 'over',
	signal?: AbortSignal,
): Promise<FoundJob> {
	const isDone = ({state}: FoundJob) =>
		signal?.aborted === true ||
		!(state === 'starting' || (state === 'running' && until === 'over'));
	let found = await records.look(runId);
	if (isDone(found)) {
		return found;
	}

	const changes = watchJob(records.folderOf(runId));
	signal?.addEventListener('abort', changes.ring);
	try {
		for (;;) {
			if (changes.mayHaveEnded()) {
				found = await records.look(runId);
			}

			if (isDone(found)) {
				return found;
			}

			await changes.next();
		}
	} finally {
		signal?.removeEventListener('abort', changes.ring);
		changes.stop();
	}
}

export function noSuchJob(runId: string): CosmosError {
	return new CosmosError('container-missing', `there is no process for ${runId} here`, {
		hint: 'It never started, or its leftovers were removed.',
	});
}

async function openOutput(records: JobRecords, runId: string): Promise<FileHandle> {
	try {
		return await open(path.join(records.folderOf(runId), outputFile));
	} catch (error) {
		throw systemCode(error) === 'ENOENT' ? noSuchJob(runId) : error;
	}
}

/** Reads everything, as fast as it is consumed. Returns the new position. */
async function readOn(
	output: FileHandle,
	start: number,
	onOutput: RunJobOptions['onOutput'],
): Promise<number> {
	let position = start;
	for (;;) {
		const buffer = Buffer.allocUnsafe(chunkSize);
		const {bytesRead} = await output.read(buffer, 0, chunkSize, position);
		if (bytesRead === 0) {
			return position;
		}

		position += bytesRead;
		await onOutput(buffer.subarray(0, bytesRead));
	}
}

/** Reports changes of a job's files, and after a while in any case. */
function watchJob(folder: string) {
	const bell = createBell();
	let endPossible = true;
	const ring = () => {
		endPossible = true;
		bell.ring();
	};

	const unwatch = watchFolder(folder, name => {
		if (name === undefined || name === recordFile) {
			ring();
		}
	});
	const growth = coalesce(readPause, bell.ring);
	const output = watchFile(path.join(folder, outputFile), growth.ring);
	return {
		/** Makes it look. */
		ring,
		/** Whether the job may have ended since the last call. */
		mayHaveEnded() {
			const answer = endPossible;
			endPossible = false;
			return answer;
		},
		async next() {
			const timer = setTimeout(ring, recheckPause);
			await bell.next();
			clearTimeout(timer);
		},
		stop() {
			unwatch();
			output?.close();
			growth.stop();
		},
	};
}

/**
 * A watch on the file itself: macOS reports a file that grows to those who watch its folder only
 * when it is closed. Without a watch (inotify's limits) the periodic check has to do.
 */
function watchFile(file: string, onChange: () => void): FSWatcher | undefined {
	try {
		return watch(file, onChange).on('error', () => undefined);
	} catch {
		return undefined;
	}
}
