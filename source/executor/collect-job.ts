import {ConnectionLostError, CosmosError, messageOf} from '../domain/errors.js';
import type {Failure} from '../domain/failures/failure.js';
import {batchModelOf, resultOf} from '../domain/models/models.js';
import {type BatchEnd, explainLine, isHitByEnd, placeInBatch} from '../domain/runs/batch.js';
import {type BatchRest, findFailed, findRest, restartRun} from '../domain/runs/batch-rest.js';
import {isUnfinished, type JobExit} from '../domain/runs/run-status.js';
import type {Run} from '../domain/types.js';
import type {Collected} from './collect-outputs.js';
import {downloadOutputs, finishCollected, isWhole} from './collect-run.js';
import {cleanJob, finishRuns, removeJob, settleSoon} from './end-job.js';
import {changeRun, changeRuns, type JobContext, patienceFor} from './job-context.js';
import {readProcessErrors} from './process-errors.js';
import {retryOnLostConnection} from './reconnect.js';

/** How a job ended, and why, when that is known better than from its exit. */
export type JobEnd = {exit: JobExit; failure?: Failure};

/**
 * Downloads the outputs of an ended job and ends its runs that are not over. Also the way to
 * repeat a collection that failed. Runs of a batch that start again are `uploading` then.
 * @param runs every run of the job
 */
export async function collectJob(
	runs: readonly Run[],
	{exit, failure}: JobEnd,
	context: JobContext,
): Promise<Run[]> {
	const {jobStore, signal, watcher} = context;
	const {code, oomKilled} = exit;
	// A stop that has ended the job must not prevent the download of what was done before.
	const stopped = signal.aborted && code !== 0;
	const begun = await jobStore.log.begun();
	const {tailOf} = jobStore.log;
	const {failed, left} = await findCulprits({exit, failure, runs, begun, tailOf}, context);
	const restarts = new Set(left?.rest.map(({id}) => id));
	if (left) {
		// Until the change is in the store, the parts can be made again from the whole log.
		await jobStore.log.empty([...restarts]);
	}

	const members = await changeRuns(context, runs, stored =>
		left && restarts.has(stored.id)
			? restartRun(stored, left, {code, oomKilled}, jobStore.now())
			: withExit(stored, exit, jobStore.now()),
	);
	if (left) {
		const {id, promptName} = left.failed;
		const others = restarts.size === 1 ? '1 other starts' : `${restarts.size} others start`;
		watcher.onNotice?.(
			`${promptName} (${placeInBatch(left.failed)}, ${id}) ended the batch; ${others} again`,
		);
	}

	// The end of the job is in the store: the engine's record of it is removed meanwhile.
	const removing = removeJob(runs[0] as Run, context);
	const inJob = members.filter(({id}) => !restarts.has(id));
	const end: Ending = {exit, failure, runs: inJob, begun, failed, tailOf, stopped};
	const ended: Run[] = [];
	await context.place.download(signal, async () => {
		for (const run of inJob) {
			ended.push(isUnfinished(run.status) ? await collectRun(run, end, context) : run);
		}
	});

	const cleaned = ended.some(({uncleaned}) => uncleaned)
		? await cleanJob(ended, context, removing)
		: await settleSoon(removing, ended, context).then(
				() => ended,
				() => ended,
			);
	return members.map(run => cleaned.find(({id}) => id === run.id) ?? run);
}

type Culprits = {failed: ReadonlyMap<string, string>; left?: BatchRest};

/** The runs that have ended their job, with their words, and those that start again without them. */
async function findCulprits(
	end: Omit<BatchEnd, 'failed' | 'blamed'>,
	context: JobContext,
): Promise<Culprits> {
	const {jobStore, signal} = context;
	const [first] = end.runs as readonly [Run, ...Run[]];
	const model = first.batch && batchModelOf(first);
	if (!model || signal.aborted || end.exit.code === 0) {
		return {failed: new Map()};
	}

	const runs = await jobStore.read(end.runs.map(({id}) => id));
	const ended = {...end, runs};
	const patiently = <T>(work: () => Promise<T>) =>
		retryOnLostConnection(context, patienceFor([first]), work, signal);
	const isThere = (run: Run) => patiently(() => isWhole(run, context, signal));
	try {
		const errors = await patiently(() => readProcessErrors(first, context));
		const failed = await findFailed(ended, model, errors, isThere);
		// With its end recorded it was decided before; and what was stopped does not start again.
		const isDecided = runs.some(run => run.batch?.exit ?? run.cancelRequestedAt);
		const left = isDecided ? undefined : await findRest(ended, failed, model, isThere);
		return {failed, left};
	} catch (error) {
		if (error instanceof ConnectionLostError || !(error instanceof CosmosError || signal.aborted)) {
			throw error;
		}

		// Without a look at the host's files nothing is decided: all end with their job.
		return {failed: new Map()};
	}
}

/** A run of a job that has ended: its outputs are to be downloaded, unless it was over before. */
function withExit(stored: Run, {code, oomKilled}: JobExit, now: string): Run {
	const known = {
		...stored,
		...(stored.batch && {batch: {...stored.batch, exit: {code, oomKilled}}}),
	};
	// A repeated collection started when the container had ended.
	const begun = (stored.status === 'downloading' && stored.times.downloading) || now;
	return isUnfinished(stored.status)
		? {
				...known,
				status: 'downloading',
				exitCode: code,
				times: {...stored.times, downloading: begun},
			}
		: known;
}

/** `stopped`: the end was requested, and is not a failure. */
type Ending = BatchEnd & {stopped: boolean};

/** Downloads the outputs of one run; the run has ended then, or is `uncollected`. */
async function collectRun(run: Run, end: Ending, context: JobContext): Promise<Run> {
	const {code} = end.exit;
	const signal = end.stopped ? undefined : context.signal;
	const patiently = <T>(work: () => Promise<T>) =>
		retryOnLostConnection(context, patienceFor([run]), work, signal);
	let collected: Collected;
	try {
		if (code !== 0 && !(await patiently(() => isWhole(run, context, signal)))) {
			return endWithout(run, resultOf(run).title, end, context);
		}

		collected = await patiently(() => downloadOutputs(run, context, signal));
	} catch (error) {
		return changeRun(context, run, stored => ({
			...stored,
			status: 'uncollected',
			exitCode: 0,
			failure: collectFailure(error, run.id),
		}));
	}

	return finishCollected(run, collected, code, context);
}

/** Ends a run of a batch whose job ended before its result was there. */
async function endWithout(
	run: Run,
	result: string,
	end: Ending,
	context: JobContext,
): Promise<Run> {
	const exitCode = end.exit.code;
	const failure = await explainLine(run, result, end);
	if (isHitByEnd(run, end)) {
		end.blamed ??= run;
	}

	const [finished] = await finishRuns([run], context, stored =>
		end.stopped
			? {...stored, status: 'cancelled', exitCode}
			: {...stored, status: 'failed', failure, exitCode},
	);
	return finished as Run;
}

function collectFailure(error: unknown, runId: string): Failure {
	return {
		reason: 'collect',
		message: `could not download the outputs: ${messageOf(error)}`,
		hint: [
			error instanceof CosmosError ? error.hint : '',
			`They are still on the host; \`cosmos fetch ${runId}\` tries again without using the GPU.`,
		]
			.filter(Boolean)
			.join(' '),
	};
}
