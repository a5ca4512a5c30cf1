import {ConnectionLostError} from '../domain/errors.js';
import {findRecipeFailure} from '../domain/failures/recipe-failure.js';
import {explainExit, type JobExit} from '../domain/runs/run-status.js';
import {jobLostCode} from '../domain/servers/server.js';
import type {Run} from '../domain/types.js';
import {collectJob} from './collect-job.js';
import {endJob, finishRuns} from './end-job.js';
import {changeRuns, type JobContext, patienceFor} from './job-context.js';
import {keptPlace, WithdrawnError} from './place.js';
import {retryOnLostConnection} from './reconnect.js';
import {runFolderOf} from './run-folder.js';
import {askForPlace, runJob} from './run-job.js';
import {StepError} from './run-steps.js';
import {throwIfAborted} from './transport/abortable.js';
import {uploadJob} from './upload-job.js';

/**
 * Runs one job, from the stored `pending` on: upload, wait for its place, start, stream, wait, collect, verify,
 * clean. After a lost connection it reconnects. A job has one run, or the runs of a batch, which share a
 * container. Resolves with the runs as they are in the store at its end, also when they failed or
 * were cancelled. Of a job that was withdrawn they are cancelled, and belong to no job of the queue.
 * @throws ConnectionLostError when the host did not answer again while the job's time limit lasted
 * @throws CosmosError (home) when the store or the log cannot be written
 */
export async function executeJob(runs: readonly Run[], context: JobContext): Promise<Run[]> {
	return concludeJob(runs, context, async () => {
		try {
			return await startJob(runs, context);
		} finally {
			context.place.leave();
		}
	});
}

/**
 * Uploads, waits for the GPU, and runs. It can be withdrawn until it has the GPU.
 * @throws WithdrawnError when it was
 * @throws ConnectionLostError also when its host has fallen silent before and it has others: its runs have ended
 */
async function startJob(runs: readonly Run[], context: JobContext): Promise<JobExit> {
	const {signal, place} = context;
	const withdrawal = new AbortController();
	const withdraw = () => withdrawal.abort(new WithdrawnError());
	place.withdrawn.addEventListener('abort', withdraw, {once: true});
	if (place.withdrawn.aborted) {
		withdraw();
	}

	const before = {...context, signal: AbortSignal.any([signal, withdrawal.signal])};
	let hasTurn = false;
	try {
		const job = await uploadJob(runs, before);
		const {turn} = await askForPlace(runs, before);
		// From here on it is too late; one that was withdrawn meanwhile has no turn.
		const last = turn.then(() => {
			place.withdrawn.removeEventListener('abort', withdraw);
			throwIfAborted(withdrawal.signal);
			hasTurn = true;
		});
		return await runJob(runs, job, before, last);
	} catch (error) {
		const isLost = error instanceof ConnectionLostError;
		if ((isLost || error instanceof StepError) && withdrawal.signal.aborted && !signal.aborted) {
			throw new WithdrawnError();
		}

		if (isLost && place.hasOtherHosts && !hasTurn && !signal.aborted) {
			// Nothing has run there, and nothing will: what waits there starts only at our word.
			await finishRuns(runs, context, giveBack);
		}

		throw error;
	}
}

/**
 * Ends the runs of a job once it has ended.
 * @param work resolves with the end of the job
 */
export async function concludeJob(
	runs: readonly Run[],
	context: JobContext,
	work: () => Promise<JobExit>,
): Promise<Run[]> {
	const {jobStore, signal} = context;
	const [first] = runs as readonly [Run, ...Run[]];
	let exit: JobExit;
	try {
		exit = await work();
		// From here on the host's copy of the output may be removed.
		await jobStore.log.settle();
	} catch (error) {
		if (error instanceof WithdrawnError) {
			return withdrawRuns(runs, context);
		}

		if (!(error instanceof StepError)) {
			throw error;
		}

		const {failure} = error;
		if (first.batch && failure.reason === 'container-lost') {
			await jobStore.log.settle();
			return collectJob(runs, {exit: lostExit, failure}, context);
		}

		return endJob(runs, context, stored =>
			signal.aborted ? {...stored, status: 'cancelled'} : {...stored, status: 'failed', failure},
		);
	}

	const lost =
		first.server && exit.code === jobLostCode ? await whyLost(first, exit, context) : undefined;
	if (lost !== undefined && !signal.aborted) {
		const again = await runAgain(first, lost, context);
		if (again) {
			return executeJob([again], {...context, place: keptPlace(context.place)});
		}
	}

	// A job that finished before it was stopped has a result, and that is kept. Of a
	// batch some runs may have one in any case.
	if (exit.code === 0 || first.batch) {
		return collectJob(runs, {exit}, context);
	}

	if (signal.aborted) {
		return endJob(runs, context, stored => ({
			...stored,
			status: 'cancelled',
			exitCode: exit.code,
		}));
	}

	const logged = await jobStore.log.tailOf(first.id);
	// A helper that ended with its server could not report it.
	const tail = lost === undefined ? logged : `${logged}\nserver lost: ${lost}\n`;
	const own = first.operation === 'recipe' && (await findRecipeFailure(first.recipe, tail));
	const failure = explainExit(exit, tail, first.settings.timeLimit, first, own || undefined);
	return endJob(runs, context, stored => ({
		...stored,
		status: 'failed',
		failure,
		exitCode: exit.code,
	}));
}

/** Ends runs of which nothing has run: their job in the queue has none from then on. */
export function withdrawRuns(runs: readonly Run[], context: JobContext): Promise<Run[]> {
	return endJob(runs, context, giveBack);
}

function giveBack({jobId: _, ...stored}: Run): Run {
	return {...stored, status: 'cancelled'} as Run;
}

/** Times that a job may be lost by its server before that counts as the job's own doing. */
const mostLost = 5;

/**
 * Prepares a run whose server has lost its job to start again; undefined when it was lost too often. The helper
 * has said that nothing works on it any more.
 */
async function runAgain(run: Run, why: string, context: JobContext): Promise<Run | undefined> {
	const {jobStore, watcher} = context;
	const [stored = run] = await jobStore.read([run.id]);
	const {server} = stored;
	if (!server || (server.again?.length ?? 0) >= mostLost) {
		return undefined;
	}

	watcher.onNotice?.(`${run.id} runs again: ${why}`);
	await jobStore.log.empty([run.id]);
	const at = jobStore.now();
	const [changed] = await changeRuns(context, [run], one => ({
		...one,
		status: 'uploading',
		server: {...server, again: [...(server.again ?? []), {at, why}]},
	}));
	await removeLost(run, context);
	return changed;
}

/** Why a server has lost a run. */
async function whyLost(
	{id}: Run,
	{engineMessage}: JobExit,
	{jobStore}: JobContext,
): Promise<string> {
	const logged = /^server lost: (.*)$/m.exec(await jobStore.log.tailOf(id))?.[1];
	return (
		logged ??
		(engineMessage === '' ? 'the server has ended' : 'the server ended as the job started')
	);
}

/** Removes what a run has on the host of a start that its server has lost. */
export async function removeLost(run: Run, context: JobContext): Promise<void> {
	const {engine, transport, remoteDir} = context.session;
	await retryOnLostConnection(context, patienceFor([run]), async () => {
		await engine.remove(run.id);
		await transport.remove(`${remoteDir}/${runFolderOf(run.id)}`);
	});
}

/** The end of a removed container is unknown; a removal kills it. */
const lostExit: JobExit = {code: 137, oomKilled: false, engineMessage: ''};
