import {type BatchEnd, explainLine, isHitByEnd} from '../domain/batch.js';
import {CosmosError, messageOf} from '../domain/errors.js';
import type {Failure} from '../domain/failure.js';
import {outputFolder} from '../domain/models/model-job.js';
import {batchModelOf, resultOf} from '../domain/models/models.js';
import {explainMissing, isUnfinished, type JobExit} from '../domain/run-status.js';
import type {OutputFile, RefusedOutput, Run} from '../domain/types.js';
import {type Collected, collectOutputs} from './collect-outputs.js';
import {cleanJob, finishRuns, removeJob, settleSoon} from './end-job.js';
import {changeRun, changeRuns, type JobContext, patienceFor} from './job-context.js';
import {retryOnLostConnection} from './reconnect.js';
import {localName, outputsOf} from './run-folder.js';

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
	const open = await changeRuns(
		context,
		runs.filter(({status}) => isUnfinished(status)),
		stored => ({
			...stored,
			...(stored.batch && {batch: {...stored.batch, exit: {code, oomKilled}}}),
			status: 'downloading',
			exitCode: code,
			times: {
				...stored.times,
				// A repeated collection started when the container had ended.
				downloading:
					(stored.status === 'downloading' && stored.times.downloading) || jobStore.now(),
			},
		}),
	);
	// The end of the job is in the store: the engine's record of it is removed meanwhile.
	const removing = removeJob(runs[0] as Run, context);
	// A stop that has ended the job must not prevent the download of what was done before.
	const stopped = signal.aborted && code !== 0;
	const begun = await jobStore.log.begun();
	const end: Ending = {exit, failure, runs, begun, tailOf: jobStore.log.tailOf, stopped};
	const ended: Run[] = [];
	for (const run of runs) {
		const current = open.find(({id}) => id === run.id);
		ended.push(current ? await collectRun(current, end, context) : run);
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
	const {jobStore, watcher} = context;
	const {code} = end.exit;
	const result = resultOf(run);
	let collected: Collected;
	const signal = end.stopped ? undefined : context.signal;
	try {
		if (code !== 0 && !(await isWhole(run, context, signal))) {
			return endWithout(run, result.title, end, context);
		}

		collected = await downloadOutputs(run, context, signal);
	} catch (error) {
		return changeRun(context, run, stored => ({
			...stored,
			status: 'uncollected',
			exitCode: 0,
			failure: collectFailure(error, run.id),
		}));
	}

	const {outputs, refused} = collected;
	if (refused.length > 0) {
		watcher.onNotice?.(refusedText(run, refused, context));
	}

	const isThere = outputs.some(({name, size}) => result.has(name) && size > 0);
	const taken = isThere
		? await jobStore.takeResult(run)
		: {
				failure: explainMissing(
					result.title,
					await jobStore.log.tailOf(run.id),
					code,
					namesOf(outputs),
				),
			};
	const kept = refused.length > 0 && {refused: refused.slice(0, mostNamed).map(shorten)};
	const [finished] = await finishRuns([run], context, stored =>
		'failure' in taken
			? {...stored, ...kept, status: 'failed', failure: taken.failure, exitCode: code, outputs}
			: {...stored, ...kept, ...taken.record, status: 'completed', exitCode: 0, outputs},
	);
	return finished as Run;
}

/** Outputs that stayed on the host, of which a record keeps the names, and the characters of each. */
const mostNamed = 100;
const longestNamed = 200;

function shorten({name, why}: RefusedOutput): RefusedOutput {
	return {name: name.length > longestNamed ? `${name.slice(0, longestNamed)}…` : name, why};
}

/** One line: what stayed there, why, and where it is. */
function refusedText(
	run: Run,
	refused: readonly RefusedOutput[],
	{session: {host, remoteDir}}: JobContext,
): string {
	const [first, ...more] = refused.map(shorten) as [RefusedOutput, ...RefusedOutput[]];
	const what = `${JSON.stringify(first.name)}${more.length > 0 ? ` and ${more.length} more` : ''}`;
	return `not downloaded from ${host.name}: ${what}: ${first.why}; copy it from ${remoteDir}/${outputsOf(run)}`;
}

const namesOf = (files: readonly OutputFile[]) => files.map(({name}) => name);

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

/** Whether a run of a batch has its result although the job ended with another code than 0. */
async function isWhole(
	run: Run,
	context: JobContext,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	const {transport, remoteDir} = context.session;
	const list = () => transport.listFiles(`${remoteDir}/${outputsOf(run)}`, signal);
	const files = await retryOnLostConnection(context, patienceFor([run]), list, signal);
	const seal = batchModelOf(run)?.seal;
	const result = resultOf(run);
	const here = files.flatMap(({name, size}) => (size > 0 ? (localName(run, name) ?? []) : []));
	return here.some(result.has) && here.some(name => name === seal);
}

async function downloadOutputs(
	run: Run,
	context: JobContext,
	signal: AbortSignal | undefined,
): Promise<Collected> {
	const {session, jobStore, watcher} = context;
	const collect = () =>
		collectOutputs(
			session.transport,
			`${session.remoteDir}/${outputsOf(run)}`,
			`${jobStore.folderOf(run.id)}/${outputFolder}`,
			{
				onTransfer: watcher.onTransfer,
				signal,
				localName: name => localName(run, name),
			},
		);
	return retryOnLostConnection(context, patienceFor([run]), collect, signal);
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
