import {ConnectionLostError, CosmosError, messageOf, NoAnswerError} from '../domain/errors.js';
import {leadOf} from '../domain/runs/batch.js';
import {resultVideo} from '../domain/runs/outputs.js';
import {isUnfinished} from '../domain/runs/run-status.js';
import type {Run} from '../domain/types.js';
import type {HostSession} from './host-session.js';
import {changeOpenRuns, changeRuns, type JobContext} from './job-context.js';
import {retryOnLostConnection} from './reconnect.js';
import {outputsOf, remoteNameOf, runFolderOf} from './run-folder.js';
import {inputPart, inputPath} from './transfer.js';
import {recordOf} from './transport/transport.js';

/** Seconds to wait for a connection that is lost while cleaning. */
const cleaningPatience = 120;

/** Writes final statuses, then cleans up the host. */
export async function endJob(
	runs: readonly Run[],
	context: JobContext,
	finish: (run: Run) => Run,
): Promise<Run[]> {
	return cleanJob(await finishRuns(runs, context, finish), context);
}

/**
 * Writes final statuses of the runs that have not ended. The store records that the host has to be cleaned until it is done, so
 * that nothing is forgotten if we die in between.
 */
export async function finishRuns(
	runs: readonly Run[],
	context: JobContext,
	finish: (run: Run) => Run,
): Promise<Run[]> {
	return changeOpenRuns(context, runs, stored => {
		const {waitingFor: _, ...finished} = finish(stored);
		return {
			...finished,
			uncleaned: true,
			times: {...finished.times, ended: context.jobStore.now()},
		} as Run;
	});
}

/**
 * Removes what the engine keeps of an ended job. Never rejects: false means that `cleanJob` has to
 * try again, and that reports what is wrong.
 */
export async function removeJob(run: Run, {session}: JobContext): Promise<boolean> {
	try {
		await session.engine.remove(leadOf(run));
		return true;
	} catch {
		return false;
	}
}

/**
 * Removes what an ended job left on the host. The folder is kept while the outputs of
 * one of them wait there.
 * @param runs every run of the job
 * @param removing the removal of the job, when it is already in progress
 */
export async function cleanJob(
	runs: readonly Run[],
	context: JobContext,
	removing?: Promise<boolean>,
): Promise<Run[]> {
	const {session, watcher} = context;
	const {transport, engine, remoteDir} = session;
	const [first] = runs as readonly [Run, ...Run[]];
	const lead = leadOf(first);
	const ended = runs.filter(({uncleaned}) => uncleaned);
	// An output that was not downloaded is the only copy.
	const isOver = !runs.some(
		({status, refused}) => isUnfinished(status) || status === 'uncollected' || refused,
	);
	const clearFolders = async () => {
		for (const run of ended) {
			await keepResult(run, session);
		}

		const parts = ended.flatMap(({inputs}) =>
			inputs.flatMap(({path, sha256}) => {
				const part = sha256 && inputPart({path, sha256}, lead);
				return part ? [part, recordOf(part)] : [];
			}),
		);
		await transport.remove(
			...[...(isOver ? [runFolderOf(lead)] : []), ...new Set(parts)].map(
				name => `${remoteDir}/${name}`,
			),
		);
	};

	const clear = async () => {
		// The files of a killed job can be removed only after the engine has removed the job.
		const clearing =
			removing &&
			clearFolders().then(
				() => true,
				() => false,
			);
		const [removed, cleared] = await Promise.all([removing, clearing]);
		if (!removed) {
			await engine.remove(lead);
		}

		if (!cleared) {
			await clearFolders();
		}
	};

	try {
		await settleSoon(retryOnLostConnection(context, cleaningPatience, clear), runs, context);
	} catch (error) {
		if (!(error instanceof CosmosError)) {
			throw error;
		}

		// The results are local and the statuses correct; what is left on the host costs only space.
		watcher.onNotice?.(
			`could not clean up on ${first.host}: ${messageOf(error)}; \`cosmos recover ${first.id}\` tries again`,
		);
		return [...runs];
	}

	const cleaned = await changeRuns(context, ended, ({uncleaned: _, ...stored}) => stored as Run);
	return runs.map(run => cleaned.find(({id}) => id === run.id) ?? run);
}

/** Milliseconds that clearing up may take once a stop was asked for: after a job that was ended, after any other. */
const clearingAfterStop = {ended: 20_000, other: 1500};

/**
 * Waits for what can be done later as well, but not long once a stop was asked for.
 * @throws NoAnswerError when it is given up
 */
export async function settleSoon<T>(
	work: Promise<T>,
	runs: readonly Run[],
	{signal, session}: JobContext,
): Promise<T> {
	const {name} = session.host;
	let timer: NodeJS.Timeout | undefined;
	let limit = () => {};
	const givenUp = new Promise<never>((_, reject) => {
		limit = () => {
			const isEnded = runs.some(
				({status, times}) => status === 'cancelled' && times.starting !== undefined,
			);
			const time = clearingAfterStop[isEnded ? 'ended' : 'other'];
			const error = new NoAnswerError(name, `${name} did not clear up`, time, '');
			timer = setTimeout(() => reject(error), time);
		};
	});
	if (signal.aborted) {
		limit();
	} else {
		signal.addEventListener('abort', limit, {once: true});
	}

	try {
		return await Promise.race([work, givenUp]);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', limit);
	}
}

/**
 * Moves the video of a transfer among the inputs: an upscale of it then needs no upload. Its hash
 * has been compared with the local file.
 */
async function keepResult(run: Run, {transport, remoteDir}: HostSession): Promise<void> {
	const output =
		run.operation === 'transfer' && run.status === 'completed' ? resultVideo(run) : undefined;
	if (!output) {
		return;
	}

	try {
		await transport.rename(
			`${remoteDir}/${outputsOf(run)}/${remoteNameOf(run, output)}`,
			`${remoteDir}/${inputPath(output.name, output.sha256)}`,
		);
	} catch (error) {
		// Moved by an earlier attempt, or not permitted: then an upscale uploads it.
		if (error instanceof ConnectionLostError || !(error instanceof CosmosError)) {
			throw error;
		}
	}
}
