import {type BatchEnd, explainLine, isHitByEnd} from '../domain/batch.js';
import {CosmosError, messageOf} from '../domain/errors.js';
import type {Failure} from '../domain/failure.js';
import {resultOf} from '../domain/models/models.js';
import {isUnfinished, type JobExit} from '../domain/run-status.js';
import type {Run} from '../domain/types.js';
import type {Collected} from './collect-outputs.js';
import {downloadOutputs, finishCollected, isWhole} from './collect-run.js';
import {cleanJob, finishRuns, removeJob, settleSoon} from './end-job.js';
import {changeRun, changeRuns, type JobContext, patienceFor} from './job-context.js';
import {retryOnLostConnection} from './reconnect.js';

/** How a job ended, and why, when that is known better than from its exit. */
export type JobEnd = {exit: JobExit; failure?: Failure};

/**
 * Downloads the outputs of an ended job and ends its runs that are not over. Also the way to
 * repeat a collection that failed.
 * @param runs every run of the job
 */
export async function collectJob(
	runs: readonly Run[],
	{exit, failure}: JobEnd,
	context: JobContext,
): Promise<Run[]> {
	const {jobStore, signal} = context;
	const {code, oomKilled} = exit;
	const members = await changeRuns(context, runs, stored => {
		const known = {
			...stored,
			...(stored.batch && {batch: {...stored.batch, exit: {code, oomKilled}}}),
		};
		return isUnfinished(stored.status)
			? {
					...known,
					status: 'downloading',
					exitCode: code,
					times: {
						...stored.times,
						// A repeated collection started when the container had ended.
						downloading:
							(stored.status === 'downloading' && stored.times.downloading) || jobStore.now(),
					},
				}
			: known;
	});
	// The end of the job is in the store: the engine's record of it is removed meanwhile.
	const removing = removeJob(runs[0] as Run, context);
	// A stop that has ended the job must not prevent the download of what was done before.
	const stopped = signal.aborted && code !== 0;
	const begun = await jobStore.log.begun();
	const end: Ending = {exit, failure, runs: members, begun, tailOf: jobStore.log.tailOf, stopped};
	const ended: Run[] = [];
	for (const run of members) {
		ended.push(isUnfinished(run.status) ? await collectRun(run, end, context) : run);
	}

	if (ended.some(({uncleaned}) => uncleaned)) {
		return cleanJob(ended, context, removing);
	}

	await settleSoon(removing, ended, context).catch(() => undefined);
	return ended;
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
