import {ConnectionLostError, CosmosError, NoAnswerError} from '../domain/errors.js';
import {gpusOf} from '../domain/hosts/host.js';
import type {ModelJob} from '../domain/models/model-job.js';
import {samplingOf} from '../domain/models/models.js';
import {checkpointsOf} from '../domain/models/repositories.js';
import {leadOf, timeLimitOf} from '../domain/runs/batch.js';
import {createLineWatch} from '../domain/runs/line-watch.js';
import type {HostProvenance} from '../domain/runs/provenance.js';
import {isBeforeStart, type JobExit} from '../domain/runs/run-status.js';
import {findServerKind} from '../domain/servers/server-kinds.js';
import type {Run, StepTimes} from '../domain/types.js';
import {thisProgram} from '../package-root.js';
import {collectEarly} from './collect-early.js';
import type {RunJobOptions} from './engine/engine.js';
import {
	beforeTurn,
	changeOpenRuns,
	changeRuns,
	grace,
	type JobContext,
	patienceFor,
} from './job-context.js';
import {alone, WithdrawnError} from './place.js';
import {retryOnLostConnection, stopPatience} from './reconnect.js';
import {runFolderOf} from './run-folder.js';
import {runStep, StepError} from './run-steps.js';
import {findServer, serverPlace} from './server-place.js';
import {abortable} from './transport/abortable.js';

/** Bytes of the log that may wait for the local disk before the host has to wait. */
const mostUnwritten = 1024 * 1024;

/** Records that all is there, and asks for the GPU; `turn` resolves when the job may have it. */
export async function askForPlace(
	runs: readonly Run[],
	context: JobContext,
): Promise<{turn: Promise<void>}> {
	const {jobStore, place, signal} = context;
	const holder = place.holder?.();
	await changeRuns(context, runs, stored => ({
		...stored,
		status: 'starting',
		...(holder !== undefined && {waitingFor: holder}),
		times: {...stored.times, starting: jobStore.now()},
	}));
	const writing = inOrder();
	const onWait = (waitingFor: string) => {
		writing.add(() => changeOpenRuns(context, runs, stored => ({...stored, waitingFor})));
	};
	const entered = place.enter(leadOf(runs[0] as Run), onWait, holder);
	const turn = (async () => {
		await Promise.race([abortable(entered, signal), writing.failure]);
		await writing.done();
	})();
	// Whoever waits for it learns of a failure.
	turn.catch(() => undefined);
	return {turn};
}

/**
 * Starts the job and waits for its end, across lost connections; an abort stops it on the host.
 * @param turn resolves when it may have the GPU; an engine that can prepares it before
 */
export async function runJob(
	runs: readonly Run[],
	job: ModelJob,
	context: JobContext,
	turn: Promise<void>,
): Promise<JobExit> {
	const {session, signal} = context;
	const [first] = runs as readonly [Run, ...Run[]];
	const isPrepared = session.engine.preparesJobs && !first.server && context.place !== alone;
	if (!isPrepared) {
		await runStep('engine', signal, () => turn);
	}

	// From here until a stop can reach the start, nothing is awaited.
	if (signal.aborted) {
		throw new StepError('engine', new CosmosError('cancelled', 'cancelled before it started'));
	}

	const start: StartJob = options =>
		session.engine.run(
			{
				runId: leadOf(first),
				slot: first.lane,
				gpus: gpusOf(session.host, first.lane),
				startedBy: context.startedBy,
				workFolder: session.remoteDir,
				runFolder: runFolderOf(leadOf(first)),
				command: job.command,
				image: job.image,
				isWhole: job.isWhole,
				container: job.container,
				checkpoints: session.host.simulated ? [] : checkpointsOf(first),
				env: context.env,
				timeLimit: timeLimitOf(runs),
				...(first.server && {
					server: serverPlace(
						session.host,
						findServer(session.host, first.server.name),
						session.remoteDir,
					),
				}),
			},
			options,
		);
	if (!isPrepared) {
		return attend(runs, context, {start});
	}

	let end: number | undefined;
	turn.then(
		() => {
			end = performance.now() + patienceFor(runs) * 1000;
		},
		() => undefined,
	);
	return attend(runs, context, {
		start: options => start({...options, turn}),
		// Until its turn nothing can be lost.
		patience: lost => end ?? lost + beforeTurn(context, Number.POSITIVE_INFINITY) * 1000,
	});
}

/** Resumes a job that was started before: its output from where the log ends, its end. */
export async function rejoinJob(runs: readonly Run[], context: JobContext): Promise<JobExit> {
	const {place} = context;
	try {
		await place.resume(leadOf(runs[0] as Run));
		return await attend(runs, context);
	} finally {
		place.leave();
	}
}

type StartJob = (options: RunJobOptions) => Promise<JobExit>;

/**
 * @param start how a job starts; without it the job has already started
 * @param patience with a lost connection. @default `patienceFor`
 */
async function attend(
	runs: readonly Run[],
	context: JobContext,
	{
		start,
		patience = patienceFor(runs),
	}: {start?: StartJob; patience?: number | ((lost: number) => number)} = {},
): Promise<JobExit> {
	const {session, jobStore, watcher, signal} = context;
	const [first] = runs as readonly [Run, ...Run[]];
	const runId = leadOf(first);
	const writing = inOrder();
	let unwritten = 0;
	const early = collectEarly(runs, context);
	const begins = first.server ? findServerKind(first.server.kind).begins : samplingOf(first);
	const isSampling = begins && createLineWatch(begins);
	/** As long as no connection is lost: the time of late output is unknown. */
	let watching = isSampling !== undefined && (start !== undefined || runs.some(isLoading));
	let began = !start && runs.some(hasBegun);
	const options: RunJobOptions = {
		onOutput(chunk) {
			watcher.onOutput?.(chunk);
			early.onOutput(chunk);
			if (watching && isSampling?.(chunk)) {
				watching = false;
				if (first.server) {
					// The server takes the next job into its own queue.
					context.place.leave();
				}

				const sampling = jobStore.now();
				writing.add(() => changeTimes(runs, context, times => ({...times, sampling})));
			}

			unwritten += chunk.length;
			const written = writing.add(async () => {
				await jobStore.log.append(chunk);
				unwritten -= chunk.length;
			});
			return unwritten > mostUnwritten ? written : undefined;
		},
		onWait(holder) {
			watcher.onNotice?.(`waiting for ${holder} on ${first.host}`);
			writing.add(() => changeOpenRuns(context, runs, stored => ({...stored, waitingFor: holder})));
		},
		onEnd: context.place.leave,
		onStart(madeBy) {
			began = true;
			writing.add(() => markRunning(runs, context, watching, madeBy));
		},
	};

	/** After a lost connection the job may run, have ended, or never have started. */
	async function goOn(): Promise<JobExit> {
		await writing.done();
		if (watching && began) {
			await changeTimes(runs, context, times => ({...times, loading: undefined}));
		}

		watching = false;
		if (signal.aborted) {
			await session.engine.stop(runId, grace);
		}

		const {state} = await session.engine.find(runId);
		if (state === 'running' || state === 'exited') {
			if (!began) {
				options.onStart?.();
			}

			if (state === 'running') {
				early.lookAgain(await jobStore.log.begun());
			}

			return session.engine.attach(runId, await jobStore.log.size(), options);
		}

		if (state === 'removed' || (state === 'gone' && began) || !start) {
			throw new StepError('container-lost', containerLost(first));
		}

		if (signal.aborted) {
			throw new CosmosError('cancelled', `${runId} was stopped before it started`);
		}

		return start(options);
	}

	const stopper = stopOnAbort(runId, context);
	let attempt = start ? () => start(options) : goOn;
	try {
		const work = async () => {
			const next = attempt;
			attempt = goOn;
			return runStep('engine', signal, next);
		};
		const ended = retryOnLostConnection(context, patience, work);
		// An error of the local disk is reported immediately; the job continues on the host.
		const exit = await Promise.race([ended, writing.failure, stopper.overdue]);
		await stopper.settled();
		return exit;
	} catch (error) {
		const isToStop = signal.aborted && !(signal.reason instanceof WithdrawnError);
		if (isToStop && error instanceof ConnectionLostError) {
			// Whoever takes the runs up knows by this that they are to be stopped.
			await changeOpenRuns(context, runs, stored => ({
				...stored,
				cancelRequestedAt: jobStore.now(),
			}));
		}

		throw error;
	} finally {
		stopper.disarm();
		await Promise.all([writing.done(), early.end()]);
	}
}

/** Ends the job on the host when the run is cancelled. */
function stopOnAbort(runId: string, {session, signal}: JobContext) {
	let stopping: Promise<unknown> = Promise.resolve();
	let timer: NodeJS.Timeout | undefined;
	const {promise: overdue, reject: fail} = Promise.withResolvers<never>();
	overdue.catch(() => undefined);
	const stop = () => {
		timer = setTimeout(() => fail(notStopped(session.host.name, runId)), stopPatience * 1000);
		stopping = session.engine.stop(runId, grace);
		// `settled` reports it; until then it must not count as unhandled.
		stopping.catch(() => undefined);
	};

	signal.addEventListener('abort', stop, {once: true});
	return {
		disarm() {
			clearTimeout(timer);
			signal.removeEventListener('abort', stop);
		},
		/** Only ever rejects: when the host has not ended the job although it was asked to. */
		overdue,
		async settled() {
			try {
				await stopping;
			} catch (error) {
				// The job has ended anyway: it was queried again over the next connection.
				if (!(error instanceof ConnectionLostError)) {
					throw error;
				}
			}
		},
	};
}

function notStopped(host: string, runId: string): NoAnswerError {
	return new NoAnswerError(
		host,
		`${host} did not confirm that ${runId} was stopped`,
		stopPatience * 1000,
		`It may still run there; \`cosmos recover ${runId}\` stops it when the host answers.`,
	);
}

function containerLost(run: Run): CosmosError {
	return new CosmosError(
		'container-missing',
		`the container of ${leadOf(run)} no longer exists on ${run.host}`,
		{
			hint: 'Somebody removed it before its result was read. The log so far is saved; run it again.',
		},
	);
}

/** @param watched the output is followed from its first byte on */
async function markRunning(
	runs: readonly Run[],
	context: JobContext,
	watched: boolean,
	madeBy?: HostProvenance,
): Promise<void> {
	const now = context.jobStore.now();
	const cosmos = madeBy && (await thisProgram());
	await changeOpenRuns(context, runs, ({waitingFor: _, ...stored}) => ({
		...stored,
		status: 'running',
		...(cosmos && {madeBy: {cosmos, ...madeBy}}),
		times: {
			...stored.times,
			running: now,
			loading: watched ? now : undefined,
			sampling: undefined,
		},
	}));
}

/** Whether the job of a run has begun: one that has ended has. */
export const hasBegun = ({status}: Run) => !isBeforeStart(status);

const isLoading = ({times}: Run) => times.loading !== undefined && times.sampling === undefined;

async function changeTimes(
	runs: readonly Run[],
	context: JobContext,
	change: (times: StepTimes) => StepTimes,
): Promise<void> {
	await changeOpenRuns(context, runs, stored => ({...stored, times: change(stored.times)}));
}

/** Writes one after the other, in the order of the calls; the first failure ends them all. */
function inOrder() {
	let last: Promise<unknown> = Promise.resolve();
	const {promise: failure, reject: fail} = Promise.withResolvers<never>();
	// `done` reports it too; until then it must not count as unhandled.
	failure.catch(() => undefined);
	return {
		/** Rejects with the first failure; never resolves. */
		failure,
		/** Resolves when it is written, or will not be. */
		add(write: () => Promise<unknown>): Promise<void> {
			last = last.then(write);
			return last.then(() => undefined, fail);
		},
		async done() {
			await last;
		},
	};
}
