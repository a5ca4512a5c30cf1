/** Runs the clips of a dataset through the queue, and says what became of each. */
import path from 'node:path';
import {countRows, type DatasetRow, type OutputRow} from '../../domain/dataset/dataset.js';
import {isQueued, type Job, type JobPart} from '../../domain/queue/job.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {LaunchRequest} from '../../domain/settings/launch-request.js';
import {counted} from '../../domain/text-format.js';
import type {Run} from '../../domain/types.js';
import {createBell} from '../../machine/bell.js';
import {watchFolder} from '../../machine/folder-watch.js';
import type {QueueWatcher} from '../../queue/queue-watcher.js';
import type {DatasetFiles} from '../../store/dataset-files.js';
import type {Local} from '../launch/launch-parts.js';
import type {QueueActions} from '../queue/queue-types.js';
import {addClips} from './add-clips.js';
import {createAttempts} from './attempts.js';
import type {DatasetEnd, DatasetRequest} from './dataset-types.js';
import {hasFailedTooOften, modifiedAt, type Prepared} from './prepare-dataset.js';
import {isOver, outcomeOf, outcomeWithoutRun} from './row-outcome.js';
import type {RowTable} from './row-table.js';
import {watchStuckRuns} from './stuck-runs.js';

export type DatasetParts = Local &
	QueueActions & {
		files: DatasetFiles;
		/** Collects the outputs of an `uncollected` run again. */
		fetch: (runId: string) => Promise<Run>;
		cancelRun: (runId: string) => Promise<Run>;
	};

/** Jobs of a dataset in the queue at the same time. More are added when half of them have ended. */
const mostQueued = 128;
/** Milliseconds between two looks at jobs that other processes run. */
const lookPause = 1000;

/**
 * @param id of the dataset, whose lock is held
 * @throws CosmosError (home)
 */
export async function* runRows(
	parts: DatasetParts,
	id: string,
	{prepared, table}: {prepared: Prepared; table: RowTable},
	request: DatasetRequest,
	signal: AbortSignal,
): AsyncGenerator<OutputRow, DatasetEnd> {
	const {store, files, config, queue} = parts;
	const {rows, clips} = prepared;
	const bell = createBell();
	/** Clips in the queue, by their part of a job: jobs may be merged meanwhile. */
	const active = new Map(prepared.queued);
	const inQueue = new Set(active.values());
	const waiting = prepared.toRun.filter(index => !inQueue.has(index));
	const attempts = createAttempts(config);
	let stopped: DatasetEnd['stopped'];
	let isToLook = true;
	let lookedAt = 0;
	let failure: {error: unknown} | undefined;
	let isDone = false;
	const ended: Job[] = [];

	function requestOf(index: number): LaunchRequest {
		const {promptId} = table.get(index);
		const request = attempts.request(index, clips.get(index)?.request as LaunchRequest);
		return {...request, promptId, dataset: id, priority: 'low'} as LaunchRequest;
	}

	/** Adds jobs for the next clips. @returns rows that cannot run */
	async function addMore(): Promise<OutputRow[]> {
		const next = waiting.splice(0, mostQueued - active.size);
		const {jobs, failed} = await addClips(parts, table, clips, next, requestOf);
		for (const [job, index] of jobs) {
			active.set(job, index);
		}

		return failed;
	}

	const isOurs = ({id: part}: JobPart) => active.has(part);

	/** What a job's end means for its clips: the rows that have ended, none if they are tried again. */
	async function handleEnd(job: Job): Promise<OutputRow[]> {
		const done: OutputRow[] = [];
		for (const {id: part, runId} of job.parts.filter(isOurs)) {
			const index = active.get(part) as number;
			active.delete(part);
			done.push(...(await handleClip(index, job, runId)));
		}

		return done;
	}

	async function handleClip(
		index: number,
		job: Job,
		runId: string | undefined,
	): Promise<OutputRow[]> {
		const run = runId === undefined ? undefined : (await store.getRun(runId))?.run;
		const row = table.get(index);
		const tried = row.attempts + (run ? 1 : 0);
		const common = {attempts: tried, ...(run && {runId: run.id})};
		const outcome =
			run && !isUnfinished(run.status)
				? outcomeOf(run, row, stuck.stopped)
				: outcomeWithoutRun(job);
		if (outcome.status === 'failed' && stopped === undefined) {
			const next = attempts.after(index, outcome.reason, run?.host ?? job.host, run);
			if (next === 'fetch' && run?.status === 'uncollected') {
				return fetchAgain(index, run, common, outcome);
			}

			if (next !== 'end') {
				table.set(index, common);
				waiting.unshift(index);
				return [];
			}
		}

		return table.end(index, {...common, ...outcome});
	}

	async function fetchAgain(
		index: number,
		run: Run,
		common: Partial<DatasetRow>,
		outcome: Partial<DatasetRow>,
	): Promise<OutputRow[]> {
		const again = await parts.fetch(run.id).catch(() => run);
		const row = table.get(index);
		return table.end(index, {
			...common,
			...(again.status === 'completed' ? outcomeOf(again, row, stuck.stopped) : outcome),
		});
	}

	async function lookForStop(): Promise<void> {
		if ((await files.get(id))?.stopRequestedAt) {
			stopped ??= 'stop';
			bell.ring();
		}
	}

	/** Jobs that have ended in other processes. */
	async function look(): Promise<void> {
		isToLook = false;
		lookedAt = Date.now();
		const {jobs} = await store.readQueue({ids: [...active.keys()]});
		ended.push(...jobs.filter(job => job.parts.some(isOurs) && isOver(job)));
	}

	async function stopWaiting(): Promise<void> {
		waiting.length = 0;
		const {jobs} = await store.readQueue({ids: [...active.keys()]});
		// One that was merged with jobs of others goes on.
		for (const job of jobs.filter(one => one.parts.every(isOurs) && isQueued(one))) {
			// It may have started meanwhile.
			await queue.cancel(job.id).then(
				() => job.parts.map(part => active.delete(part.id)),
				() => undefined,
			);
		}
	}

	const watcher: QueueWatcher = {
		...request.watcher,
		onJob(job) {
			request.watcher?.onJob?.(job);
			others[job.status === 'working' && job.parts[0]?.request.dataset !== id ? 'add' : 'delete'](
				job.id,
			);
			if (isOver(job) && job.parts.some(isOurs)) {
				ended.push(job);
				bell.ring();
			}
		},
	};
	const working = new AbortController();
	/** The dataset has ended: nothing more starts, and other jobs that run here finish. */
	const enough = new AbortController();
	const others = new Set<string>();
	const unwatch = [
		store.watch(what => {
			if (what === 'queue') {
				isToLook = true;
				bell.ring();
			}
		}),
		watchFolder(path.join(store.folder, 'datasets', id), name => {
			if (name === undefined || name === 'dataset.json') {
				lookForStop().catch(() => undefined);
			}
		}),
	];
	const onAbort = () => {
		if (enough.signal.aborted) {
			working.abort();
		}

		bell.ring();
	};

	signal.addEventListener('abort', onAbort);
	const stuck = watchStuckRuns(store, {
		minutes: request.stuckAfter,
		isOurs: jobId => active.has(jobId),
		stop: parts.cancelRun,
		onNotice: text => request.onNotice?.(text),
	});
	const queueRuns = parts
		.runQueue(watcher, working.signal, {enough: enough.signal})
		.catch(error => {
			failure ??= {error};
			bell.ring();
		});
	try {
		await lookForStop();
		for (const [index, runId] of prepared.uncollected) {
			const run = await parts.fetch(runId).catch(() => undefined);
			if (run?.status === 'completed' && waiting.includes(index)) {
				waiting.splice(waiting.indexOf(index), 1);
				const done = await table.end(index, {
					...outcomeOf(run, table.get(index), stuck.stopped),
					runId,
					attempts: 1,
				});
				await table.append(done);
				yield* done;
			}
		}

		while (active.size + waiting.length + ended.length > 0) {
			if (failure) {
				throw failure.error;
			}

			const done: OutputRow[] = [];
			for (const job of ended.splice(0)) {
				done.push(...(await handleEnd(job)));
			}

			if (stopped === undefined && hasFailedTooOften(request.maxFailures, rows)) {
				stopped = 'max-failures';
			}

			if (signal.aborted) {
				stopped = 'signal';
			}

			if (stopped !== undefined) {
				await stopWaiting();
			} else if (waiting.length > 0 && active.size <= mostQueued / 2) {
				done.push(...(await addMore()));
			}

			if (done.length > 0) {
				await table.append(done);
				yield* done;
			}

			await table.saveSoon();
			if (stopped === 'signal') {
				break;
			}

			if (ended.length > 0 || active.size + waiting.length === 0) {
				continue;
			}

			if (isToLook && Date.now() - lookedAt >= lookPause) {
				await look();
			} else {
				await bell.next(signal, isToLook ? lookedAt + lookPause : undefined);
			}
		}

		isDone = true;
	} finally {
		stuck.end();
		for (const stop of unwatch) {
			stop();
		}

		if (active.size + waiting.length > 0 && !failure) {
			await stopWaiting();
		}

		await table.save();
		await table.writeFile();
		enough.abort();
		if (!isDone || signal.aborted) {
			working.abort();
		} else if (others.size > 0) {
			const jobs = `${counted(others.size, 'other job')} of the queue`;
			request.onNotice?.(`every row has ended; waiting for ${jobs}, which Ctrl-C leaves running`);
		}

		await queueRuns;
		signal.removeEventListener('abort', onAbort);
	}

	const isChanged =
		request.manifest !== '-' && (await modifiedAt(request.manifest)) !== prepared.modified;
	return {
		...{id, counts: countRows(rows)},
		...(stopped !== undefined && {stopped}),
		...(isChanged && {manifestChanged: true}),
	};
}
