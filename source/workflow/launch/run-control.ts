import type {Config} from '../../config/config.js';
import {findHost} from '../../config/find-host.js';
import {CosmosError} from '../../domain/errors.js';
import {slotsOf} from '../../domain/hosts/host.js';
import {isComputing} from '../../domain/queue/job.js';
import {leadOf} from '../../domain/runs/batch.js';
import {hasEverStarted, isUnfinished} from '../../domain/runs/run-status.js';
import type {Run, ShownRun} from '../../domain/types.js';
import type {HostSession} from '../../executor/host-session.js';
import type {HostSessions} from '../../executor/host-sessions.js';
import type {JobContext} from '../../executor/job-context.js';
import {alone, keptPlace, type Place} from '../../executor/place.js';
import type {RunWatcher} from '../../executor/run-watcher.js';
import {abortable} from '../../executor/transport/abortable.js';
import {elsewhereError, isAlive, isElsewhere, nobody} from '../../machine/process-identity.js';
import type {Store} from '../../store/store.js';
import {createJobStore, now, updateRuns} from '../job-store.js';
import {ownerMark} from '../owner-mark.js';
import {removeWithdrawn} from '../queue/withdrawn-runs.js';
import {batchOf, existingRun} from '../runs/run-lookup.js';
import {handleStopRequests} from '../runs/stop-requests.js';
import type {LaunchRequest} from '../workflow-types.js';
import {type CheckedBatch, checkBatch} from './batch-check.js';
import {jobEnvironment, passedOn} from './job-environment.js';
import {addRuns, recordServer} from './launch-record.js';
import {adoptRuns, needsRecovery, takeOver} from './run-adopt.js';
import {waitForFinalState} from './run-end.js';
import {createSlotChoice} from './slot-choice.js';

export type RunControlParts = {
	config: Config;
	store: Store;
	sessions: HostSessions;
	env: NodeJS.ProcessEnv;
};

/** Launching, recovering, fetching and cancelling runs from this process. */
export function createRunControl(parts: RunControlParts) {
	const {config, store, sessions, env} = parts;
	/** Runs that this process works on, each with the way to stop it. */
	const own = new Map<string, AbortController>();
	const {choose} = createSlotChoice(parts);
	/** Recoveries in progress, by the run that their job is named after. */
	const takingUp = new Map<string, Promise<Run[]>>();
	const unwatch = handleStopRequests(store, own);
	/** Requests to stop that are being written. */
	const recording = new Set<Promise<void>>();

	async function launch(
		request: LaunchRequest,
		watcher: RunWatcher = {},
		signal?: AbortSignal,
	): Promise<Run> {
		const [run] = await launchBatch([request], watcher, signal);
		return run as Run;
	}

	async function launchBatch(
		requests: readonly LaunchRequest[],
		watcher: RunWatcher = {},
		signal?: AbortSignal,
		place: Place = alone,
	): Promise<Run[]> {
		const launch = await checkBatch(parts, requests);
		// Loaded while the host answers.
		const executing = import('../../executor/execute-job.js');
		const {session, slot, warning} = await abortable(choose(launch), signal);

		const {host} = session;
		const server = await serverFor(launch, session);
		// What cannot be read is reported before anything is recorded.
		await jobEnvironment(host, env);
		if (server) {
			watcher.onNotice?.(`server ${server.name} of ${host.name} does it`);
		} else if (!launch.lane && (launch.target !== host.name || slotsOf(host).length > 1)) {
			watcher.onNotice?.(`${launch.target}: running on ${host.name}, slot ${slot}`);
		}

		if (warning) {
			watcher.onNotice?.(`warning: ${warning}`);
		}

		const runs = await addRuns(
			store,
			host,
			server?.lane ?? slot,
			launch.tasks,
			server && recordServer(server),
		);
		for (const run of runs) {
			watcher.onChange?.(run);
		}

		const verifyInputs = requests.some(request => request.verifyInputs);
		return work(runs, {watcher, signal, place}, async context => {
			const {executeJob} = await executing;
			return executeJob(runs, {...context, verifyInputs});
		});
	}

	/** The model server that does a launch; undefined for a container. */
	async function serverFor({tasks, serverChoice, lane}: CheckedBatch, session: HostSession) {
		if ((session.host.servers ?? []).length === 0 && !serverChoice.server) {
			return undefined;
		}

		const {chooseServer} = await import('./server-choice.js');
		return chooseServer(store, session, tasks, {...serverChoice, lane});
	}

	/** It reconnects after a lost connection. */
	async function reach(hostName: string): Promise<void> {
		const session = await sessions.open(findHost(config, hostName));
		await session.transport.connect();
	}

	async function fetch(
		runId: string,
		watcher: RunWatcher = {},
		signal?: AbortSignal,
	): Promise<Run> {
		const {run: before, shown} = await existingRun(store, runId);
		if (before.status === 'uncollected') {
			// As long as its host does not answer it stays as it is.
			await abortable(reach(before.host), signal);
		}

		const run = await store.updateRun(runId, stored => {
			if (stored.status !== 'uncollected') {
				throw new CosmosError('wrong-state', `${stored.id} has nothing to fetch: it is ${shown}`, {
					hint: 'Only an uncollected run has outputs left on its host.',
				});
			}

			// A stop of an earlier download is over.
			const {failure: _, cancelRequestedAt: _asked, ...rest} = stored;
			return {...rest, status: 'downloading', owner: store.owner};
		});
		return oneOf(await takeUp([run], {watcher, signal, place: alone}), runId);
	}

	/** @param place of its job in the queue; without one, what has not started is left to the queue */
	async function recover(
		runId: string,
		watcher: RunWatcher = {},
		signal?: AbortSignal,
		place?: Place,
	): Promise<Run> {
		const {run} = await existingRun(store, runId);
		// The runs of a batch are resumed together, whichever of them is named, and all are announced at once.
		const underWay = takingUp.get(leadOf(run));
		if (underWay) {
			return oneOf(await underWay, runId);
		}

		const recovering = recoverAll(run, {watcher, signal, place});
		if (run.batch) {
			takingUp.set(leadOf(run), recovering);
		}

		try {
			return oneOf(await recovering, runId);
		} finally {
			takingUp.delete(leadOf(run));
		}
	}

	/** Resumes a run and all of its batch that need it; resolves with every run of the job. */
	async function recoverAll(
		{id}: Run,
		{place, ...given}: Omit<Given, 'place'> & {place?: Place},
	): Promise<Run[]> {
		const runs = await adoptRuns(store, id, isWorkedOn);
		return takeUp(runs, {...given, place: place ?? (await placeFor(runs))});
	}

	/** A job of the queue starts when its turn comes there: a run of it that has not started gives up its place. */
	async function placeFor(runs: readonly Run[]): Promise<Place> {
		const [{jobId = ''} = {}] = runs;
		if (runs.some(hasEverStarted)) {
			return alone;
		}

		const job = await store.getJob(jobId);
		return job && !isComputing(job) ? {...alone, withdrawn: AbortSignal.abort()} : alone;
	}

	/** Ends a run that has not started, so that its job in the queue has none; one that has started is resumed. */
	async function withdraw(runId: string): Promise<void> {
		await recover(runId, {}, undefined, {...alone, withdrawn: AbortSignal.abort()});
	}

	/** Whether a living process, this one included, is working on the run. */
	function isWorkedOn({id, owner}: Run): boolean {
		const isOurs = owner.pid === store.owner.pid && owner.startTime === store.owner.startTime;
		return own.has(id) || (!isOurs && isAlive(owner));
	}

	/** Runs whose `cosmos` has died before it was done with them, newest first. */
	async function interrupted(limit?: number): Promise<ShownRun[]> {
		const runs = await store.listRuns({limit});
		return runs.filter(({run}) => needsRecovery(run) && !isWorkedOn(run));
	}

	/** @param runs those of one job that are ours now */
	async function takeUp(runs: readonly Run[], given: Given): Promise<Run[]> {
		for (const run of runs) {
			given.watcher.onChange?.(run);
		}

		return work(runs, given, async (context, members) => {
			const {recoverJob} = await import('../../executor/recover-job.js');
			return recoverJob(members, context);
		});
	}

	/** Does a job; what starts again without one of its runs is a job of its own, and follows. */
	async function work(
		runs: readonly Run[],
		{watcher, signal, place}: Given,
		task: JobTask,
	): Promise<Run[]> {
		const controller = new AbortController();
		const stop = () => {
			const recorded = recordStop(runs).finally(() => {
				recording.delete(recorded);
				controller.abort();
			});
			recording.add(recorded);
		};

		let isAborted = signal?.aborted === true;
		if (isAborted && !runs.some(isToStop)) {
			stop();
		}

		signal?.addEventListener('abort', stop, {once: true});
		for (const {id} of runs) {
			own.set(id, controller);
		}

		const ended = new Map<string, Run>();
		try {
			let left = runs;
			for (let next = task; left.length > 0; next = startAgain) {
				if (left.some(isToStop)) {
					isAborted = true;
					controller.abort();
				}

				const opening = isAborted ? undefined : controller.signal;
				const given = {watcher, signal: controller.signal, opening};
				const its = left.some(hasEverStarted) ? keptPlace(place) : place;
				const done = await workOnce(left, next, {...given, place: its});
				for (const run of done) {
					ended.set(run.id, run);
				}

				left = done.filter(({status}) => isUnfinished(status));
			}

			await removeWithdrawn(store, runs, [...ended.values()]);
			return [...ended.values()];
		} finally {
			signal?.removeEventListener('abort', stop);
			for (const {id} of runs) {
				own.delete(id);
			}

			await leave(runs.filter(run => needsRecovery(ended.get(run.id) ?? run)));
		}
	}

	/** Nobody works any more on what is left of runs, although this process lives: anyone may resume them. */
	async function leave(runs: readonly Run[]): Promise<void> {
		await updateRuns(
			store,
			runs.map(({id}) => id),
			stored =>
				needsRecovery(stored) && stored.owner.pid === store.owner.pid
					? {...stored, owner: nobody()}
					: stored,
			// A disk that takes nothing has been reported.
		).catch(() => undefined);
	}

	/**
	 * Opens the local records and logs of a job's runs while `task` works on them.
	 * @param given.opening ends the wait for the host
	 */
	async function workOnce(
		runs: readonly Run[],
		task: JobTask,
		{opening, ...given}: Pick<JobContext, 'watcher' | 'signal' | 'place'> & {opening?: AbortSignal},
	): Promise<Run[]> {
		const [first] = runs as readonly [Run, ...Run[]];
		const host = findHost(config, first.host);
		const members = first.batch ? (await batchOf(store, first.id)).map(({run}) => run) : runs;
		const {jobStore, close} = createJobStore({store, config}, members);
		try {
			const context: JobContext = {
				// A run that was to be stopped from the beginning needs the host for it.
				session: await abortable(sessions.open(host), opening),
				jobStore,
				// A job that runs already needs no token.
				env: await jobEnvironment(host, env).catch(() => passedOn(host, env)),
				startedBy: ownerMark(),
				...given,
			};
			return await task(context, members);
		} finally {
			await close();
		}
	}

	/**
	 * Records that a stop was requested, before the job is stopped. Whoever sees the job end, even after
	 * this process has died, then knows that it did not fail.
	 */
	async function recordStop(runs: readonly Run[]): Promise<void> {
		try {
			await updateRuns(
				store,
				runs.map(({id}) => id),
				stored => (isUnfinished(stored.status) ? {...stored, cancelRequestedAt: now()} : stored),
			);
		} catch {
			// A stop must not fail because the disk is full.
		}
	}

	/**
	 * Stops a run and those that share its container. Their owner is notified through the store;
	 * if it is dead, this process stops what is left of them. Resolves with the final state.
	 */
	async function cancel(runId: string): Promise<Run> {
		const {run, shown} = await existingRun(store, runId);
		if (!isUnfinished(run.status)) {
			throw new CosmosError('wrong-state', `${run.id} has already ended: it is ${run.status}`);
		}

		const members = await batchOf(store, run.id);
		const open = members.filter(member => isUnfinished(member.run.status));
		await updateRuns(
			store,
			open.map(member => member.run.id),
			stored => (isUnfinished(stored.status) ? {...stored, cancelRequestedAt: now()} : stored),
		);
		own.get(run.id)?.abort();
		if (shown === 'interrupted') {
			return recover(run.id);
		}

		if (isElsewhere(run.owner)) {
			throw elsewhereError(run.id, run.owner);
		}

		const ends = open.map(member => waitForFinalState(store, member.run.id, recover));
		return oneOf(await Promise.all(ends), run.id);
	}

	return {
		launch,
		launchBatch,
		reach,
		batchOf: (runId: string) => batchOf(store, runId),
		recover,
		withdraw,
		interrupted,
		takeOver: () => takeOver(store),
		fetch,
		cancel,
		ownRuns: () => [...own.keys()],
		async stopsRecorded() {
			await Promise.all(recording);
		},
		close: unwatch,
	};
}

/** What comes with the work on a job. */
type Given = {watcher: RunWatcher; signal: AbortSignal | undefined; place: Place};

/** The work of one container. */
type JobTask = (context: JobContext, members: readonly Run[]) => Promise<Run[]>;

const startAgain: JobTask = async (context, members) => {
	const {executeJob} = await import('../../executor/execute-job.js');
	return executeJob(members, context);
};

const isToStop = ({cancelRequestedAt}: Run) => cancelRequestedAt !== undefined;

function oneOf(runs: readonly Run[], runId: string): Run {
	return runs.find(({id}) => id === runId) as Run;
}
