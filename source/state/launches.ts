import {hintOf, messageOf, NotToRecoverError} from '../domain/errors.js';
import {formatDuration} from '../domain/text-format.js';
import type {Run} from '../domain/types.js';
import type {RunWatcher} from '../executor/run-watcher.js';
import type {LaunchRequest, Workflow} from '../workflow/workflow-types.js';
import type {Action} from './actions.js';
import type {Notice} from './dashboard-state.js';
import type {Effect} from './effect.js';
import {secondsOf} from './selectors.js';

export type LaunchParts = {
	workflow: Workflow;
	dispatch: (action: Action) => void;
	/** Reads the lists again: what has been stored is in the rows before it is told. */
	readAgain: () => Promise<void>;
	/** Looks at a host anew, without a word on the screen. */
	lookAgain: (host: string) => Promise<void>;
};

/** Milliseconds between two reports of a file's way. */
const transferPause = 100;
/** How many of the newest runs are looked at for interrupted ones at the start. */
const adoptedAmong = 1000;

/** The runs of this dashboard: begins them, stands by them, tells how they ended. */
export function createLaunches({workflow, dispatch, readAgain, lookAgain}: LaunchParts) {
	/** Launches that have not ended: the way to stop each, and its end. */
	const launches = new Map<AbortController, Promise<void>>();

	const notice = (tone: Notice['tone'], text: string, hint = '') =>
		dispatch({type: 'noticed', notice: {tone, text, hint, at: Date.now()}});
	const failed = (error: unknown, what = '') =>
		notice('bad', what + messageOf(error), hintOf(error));

	/** Launches all of them, or none when one is refused. */
	async function launch(effect: Extract<Effect, {kind: 'launch'}>): Promise<void> {
		const {requests, names, together} = effect;
		try {
			await (together ? workflow.checkBatch(requests) : checkEach(requests));
		} catch (error) {
			dispatch({type: 'launch-refused', message: messageOf(error), hint: hintOf(error)});
			return;
		}

		dispatch({type: 'launch-accepted', at: Date.now()});
		await attend(signal =>
			together ? inOneContainer(requests, signal) : inOrder(requests, names, signal),
		);
		const asked = requests[0]?.host ?? workflow.defaultHost;
		if (workflow.hosts.some(({name}) => name === asked)) {
			await lookAgain(asked);
		}
	}

	async function checkEach(requests: readonly LaunchRequest[]): Promise<void> {
		for (const request of requests) {
			await workflow.checkLaunch(request);
		}
	}

	async function inOneContainer(
		requests: readonly LaunchRequest[],
		signal: AbortSignal,
	): Promise<void> {
		try {
			const runs = await workflow.launchBatch(requests, watcherFor(), signal);
			await readAgain();
			for (const run of runs) {
				noticeEnd(run);
			}
		} catch (error) {
			await readAgain();
			failed(error, 'batch: ');
		}
	}

	/** One after the other; a failed one does not keep the others from their turn. */
	async function inOrder(
		requests: readonly LaunchRequest[],
		names: readonly string[],
		signal: AbortSignal,
	): Promise<void> {
		for (const [index, request] of requests.entries()) {
			if (signal.aborted) {
				return;
			}

			await tell(workflow.launch(request, watcherFor(), signal), `${names[index]}: `);
		}
	}

	/** Takes up the runs whose `cosmos` has died, side by side. */
	async function adopt(): Promise<void> {
		const interrupted = await workflow.interruptedRuns(adoptedAmong);
		await Promise.all(
			interrupted.map(async ({run, shown}) => {
				if (shown !== 'interrupted') {
					// It has ended and its end was told; only its host is still to be cleared.
					await workflow.recover(run.id).catch(failed);
					return;
				}

				notice('info', `taking up ${run.promptName}, which was interrupted`, run.id);
				await attend(signal =>
					tell(workflow.recover(run.id, watcherOf(run.id), signal), `${run.promptName}: `),
				);
			}),
		);
	}

	/** Stands by work until its end, which the quit dialog can bring about. */
	async function attend(begin: (signal: AbortSignal) => Promise<void>): Promise<void> {
		const controller = new AbortController();
		const ended = begin(controller.signal);
		launches.set(controller, ended);
		await ended;
		launches.delete(controller);
	}

	/** Waits for a run's end, and tells it or what kept it from starting. */
	async function tell(running: Promise<Run>, what: string): Promise<void> {
		try {
			const run = await running;
			await readAgain();
			noticeEnd(run);
		} catch (error) {
			await readAgain();
			if (error instanceof NotToRecoverError) {
				notice('info', what + error.message);
			} else {
				failed(error, what);
			}
		}
	}

	/** Looks on at runs; `onStart` is told of each when it begins. */
	function watcherFor(onStart = calls): RunWatcher {
		const watchers = new Map<string, RunWatcher>();
		let last: RunWatcher | undefined;
		return {
			onChange(run) {
				if (!watchers.has(run.id)) {
					last = watcherOf(run.id);
					watchers.set(run.id, last);
					void readAgain();
					onStart(run.id);
				}
			},
			onTransfer: progress => last?.onTransfer?.(progress),
			onNotice: text => notice('info', text),
		};
	}

	/** Brings a run before the user's eyes. */
	function calls(runId: string): void {
		dispatch({type: 'run-started', runId});
	}

	function watcherOf(runId: string): RunWatcher {
		let lastTransfer = 0;
		return {
			onTransfer(progress) {
				const now = Date.now();
				if (now - lastTransfer > transferPause) {
					lastTransfer = now;
					dispatch({type: 'transfer', runId, progress});
				}
			},
			onNotice: text => notice('info', text),
		};
	}

	function noticeEnd(run: Run): void {
		const {tone, text, hint} = endNotice(run, Date.now());
		notice(tone, text, hint);
	}

	async function finish(runId: string): Promise<void> {
		const {run, shown} = await workflow.findRun(runId);
		const how = shown === 'uncollected' ? workflow.fetch : workflow.recover;
		notice('info', shown === 'uncollected' ? `fetching ${runId} …` : `taking up ${runId} …`);
		await attend(signal => tell(how(runId, watcherOf(runId), signal), `${run.promptName}: `));
	}

	async function cancel(runId: string): Promise<void> {
		const own = workflow.ownRuns().includes(runId);
		notice('info', `stopping ${runId} …`);
		const run = await workflow.cancel(runId);
		// The launch of an own run tells its end itself.
		if (!own) {
			await readAgain();
			noticeEnd(run);
		}
	}

	return {
		/** For runs that the user has not launched just now: calls nobody to them. */
		quietWatcher: () => watcherFor(() => undefined),
		launch,
		adopt,
		/** Fetches what is still on the hosts and takes up what broke off, side by side. */
		async finish(runIds: readonly string[]) {
			await Promise.all(runIds.map(id => finish(id).catch(failed)));
		},
		/** Ends runs, side by side; one that cannot be ended does not keep the others. */
		async cancel(runIds: readonly string[]) {
			await Promise.all(runIds.map(id => cancel(id).catch(failed)));
		},
		/** Ends all runs of this dashboard and resolves when they have ended. */
		async stopAll() {
			for (const controller of launches.keys()) {
				controller.abort();
			}

			await Promise.allSettled(workflow.ownRuns().map(id => workflow.cancel(id)));
			await Promise.all(launches.values());
		},
	};
}

/** How a run ended, in the words of its operation. */
function endNotice(run: Run, now: number): Pick<Notice, 'tone' | 'text' | 'hint'> {
	const took = formatDuration(secondsOf(run, now));
	const name = run.promptName;
	if (run.status === 'cancelled') {
		return {tone: 'info', text: `${name} cancelled after ${took}`, hint: run.id};
	}

	if ('failure' in run) {
		return {tone: 'bad', text: `${name}: ${run.failure.message}`, hint: run.failure.hint};
	}

	if (run.status !== 'completed') {
		return {tone: 'info', text: `${name} is ${run.status}`, hint: run.id};
	}

	if (run.operation === 'enhance') {
		const what = run.settings.createNew ? 'new prompt' : 'new text for';
		return {
			tone: 'good',
			text: `${name} enhanced in ${took}: ${what} ${run.resultPromptId ?? ''}`,
			hint: run.id,
		};
	}

	const count = run.outputs.length;
	const files = count === 1 ? '1 file' : `${count} files`;
	const done = run.operation === 'upscale' ? 'upscaled' : 'completed';
	return {tone: 'good', text: `${name} ${done} in ${took}: ${files} at home`, hint: run.id};
}
