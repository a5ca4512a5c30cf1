import {hintOf, messageOf, NotToRecoverError} from '../../domain/errors.js';
import {nameSweep} from '../../domain/sweep/expand.js';
import {counted, formatDuration} from '../../domain/text-format.js';
import type {Run} from '../../domain/types.js';
import type {RunWatcher} from '../../executor/run-watcher.js';
import type {Notice} from '../../state/dashboard-state.js';
import type {EffectOf} from '../../state/effect.js';
import {secondsOf} from '../../state/selectors.js';
import type {World} from '../../state/world.js';
import {newSweepId} from '../../workflow/launch/sweep-id.js';
import {isWithdrawn} from '../../workflow/queue/withdrawn-runs.js';
import type {LaunchRequest} from '../../workflow/workflow-types.js';

/** Milliseconds between two reports of a file's progress. */
const transferPause = 100;
/** Warnings of a launch that are shown one by one. */
const mostWarnings = 3;
/** How many of the newest runs are searched for interrupted ones at the start. */
const adoptedAmong = 1000;

/** The runs of this dashboard: starts them, waits for them, reports how they ended. */
export function createLaunches(world: World) {
	const {workflow, dispatch, notice, failed, readAgain} = world;
	/** Launches that have not ended: the way to stop each, and its end. */
	const launches = new Map<AbortController, Promise<void>>();
	const watcherOf = (runId: string) => watchRun(world, runId);

	/** Launches all of them, or none when one is refused. */
	async function launch(effect: EffectOf<'launch'>): Promise<void> {
		const {names, together} = effect;
		const requests = nameSweep(effect.requests, newSweepId());
		let warnings: readonly string[];
		try {
			warnings = await (together ? workflow.checkBatch(requests) : checkEach(requests));
		} catch (error) {
			dispatch({type: 'launch-refused', message: messageOf(error), hint: hintOf(error)});
			return;
		}

		dispatch({type: 'launch-accepted', at: Date.now()});
		warn(warnings);
		await track(signal =>
			together ? inOneContainer(requests, signal) : inOrder(requests, names, signal),
		);
		const asked = requests[0]?.host ?? workflow.defaultHost;
		if (workflow.hosts.some(({name}) => name === asked)) {
			await world.perform({kind: 'ask-host', host: asked, quietly: true});
		}
	}

	async function checkEach(requests: readonly LaunchRequest[]): Promise<string[]> {
		const warnings: string[] = [];
		for (const request of requests) {
			warnings.push(...(await workflow.checkLaunch(request)));
		}

		return warnings;
	}

	/** Says what a person should know: the form knows a file only as it was when the prompt was created. */
	function warn(warnings: readonly string[]): void {
		const lines = [...new Set(warnings)];
		const more = lines.length - mostWarnings;
		for (const line of lines.slice(0, mostWarnings)) {
			notice('info', line);
		}

		if (more > 0) {
			notice('info', `and ${counted(more, 'more warning')}`);
		}
	}

	async function inOneContainer(
		requests: readonly LaunchRequest[],
		signal: AbortSignal,
	): Promise<void> {
		await report(workflow.launchBatch(requests, createRunWatcher(world, calls), signal), 'batch: ');
	}

	/** One after the other has the GPU; a failed one does not hold up the others. */
	async function inOrder(
		requests: readonly LaunchRequest[],
		names: readonly string[],
		signal: AbortSignal,
	): Promise<void> {
		const groups = requests.map(request => [request]);
		const watcherFor = (index: number) =>
			index === 0 ? createRunWatcher(world, calls) : nextWatcher();
		const ends = workflow.launchSeries(groups, watcherFor, signal);
		for (const [index, end] of ends.entries()) {
			await report(end, `${names[index]}: `);
		}
	}

	/** Shows a run that was prepared while another one was running only when it runs itself. */
	function nextWatcher(): RunWatcher {
		const watcher = createRunWatcher(world);
		let isShown = false;
		return {
			...watcher,
			onChange(run) {
				watcher.onChange?.(run);
				if (run.status === 'running' && !isShown) {
					isShown = true;
					calls(run.id);
				}
			},
		};
	}

	/** Resumes the runs whose `cosmos` has died, side by side. */
	async function adopt(): Promise<void> {
		const interrupted = await workflow.interruptedRuns(adoptedAmong);
		await Promise.all(
			interrupted.map(async ({run, shown}) => {
				if (shown !== 'interrupted') {
					// It has ended and its end was reported; only its host is still to be cleaned up.
					await workflow.recover(run.id).catch(failed);
					return;
				}

				notice('info', `resuming ${run.promptName}, which was interrupted`, run.id);
				await track(signal =>
					reportResumed(run, workflow.recover(run.id, watcherOf(run.id), signal)),
				);
			}),
		);
	}

	/** Keeps work until its end, which the quit dialog can bring about. */
	async function track(begin: (signal: AbortSignal) => Promise<void>): Promise<void> {
		const controller = new AbortController();
		const ended = begin(controller.signal);
		launches.set(controller, ended);
		await ended;
		launches.delete(controller);
	}

	/** Waits for a run's end and reports it, or what kept it from starting. */
	async function report(running: Promise<readonly Run[]>, what: string): Promise<void> {
		try {
			const runs = await running;
			await readAgain();
			for (const run of runs) {
				noticeEnd(run);
			}
		} catch (error) {
			await readAgain();
			if (error instanceof NotToRecoverError) {
				notice('info', what + error.message);
			} else {
				failed(error, what);
			}
		}
	}

	/** The same of a run that was resumed, unless its job in the queue goes on with another one. */
	async function reportResumed(run: Run, resuming: Promise<Run>): Promise<void> {
		const ended = resuming.then(end => {
			if (!isWithdrawn(run, end)) {
				return [end];
			}

			notice('info', `${run.promptName} had not started: its job is in the queue`, run.jobId);
			return [];
		});
		await report(ended, `${run.promptName}: `);
	}

	/** Shows a run to the user. */
	function calls(runId: string): void {
		dispatch({type: 'run-started', runId});
	}

	function noticeEnd(run: Run): void {
		const {tone, text, hint} = endNotice(run, Date.now());
		notice(tone, text, hint);
	}

	async function finish(runId: string): Promise<void> {
		const {run, shown} = await workflow.findRun(runId);
		const how = shown === 'uncollected' ? workflow.fetch : workflow.recover;
		notice('info', shown === 'uncollected' ? `fetching ${runId} …` : `resuming ${runId} …`);
		await track(signal => reportResumed(run, how(runId, watcherOf(runId), signal)));
	}

	async function cancel(runId: string): Promise<void> {
		const own = workflow.ownRuns().includes(runId);
		notice('info', `stopping ${runId} …`);
		const run = await workflow.cancel(runId);
		// The launch of an own run reports its end itself.
		if (!own) {
			await readAgain();
			noticeEnd(run);
		}
	}

	return {
		launch,
		adopt,
		/** Fetches outputs and resumes interrupted runs, side by side. */
		async finish(runIds: readonly string[]) {
			await Promise.all(runIds.map(id => finish(id).catch(failed)));
		},
		/** Stops runs, side by side; one that cannot be stopped does not keep the others. */
		async cancel(runIds: readonly string[]) {
			await Promise.all(runIds.map(id => cancel(id).catch(failed)));
		},
		/** Stops all runs of this dashboard and resolves when they have ended. */
		async stopAll() {
			for (const controller of launches.keys()) {
				controller.abort();
			}

			await Promise.allSettled(workflow.ownRuns().map(id => workflow.cancel(id)));
			await Promise.all(launches.values());
		},
	};
}

/** Watches the runs of a job; `onStart` gets each when it begins. */
export function createRunWatcher(
	world: World,
	onStart: (runId: string) => void = () => undefined,
): RunWatcher {
	const watchers = new Map<string, RunWatcher>();
	let last: RunWatcher | undefined;
	return {
		onChange(run) {
			if (!watchers.has(run.id)) {
				last = watchRun(world, run.id);
				watchers.set(run.id, last);
				void world.readAgain();
				onStart(run.id);
			}
		},
		onTransfer: progress => last?.onTransfer?.(progress),
		onNotice: text => world.notice('info', text),
	};
}

function watchRun({dispatch, notice}: World, runId: string): RunWatcher {
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

	const files = counted(run.outputs.length, 'file');
	const done = run.operation === 'upscale' ? 'upscaled' : 'completed';
	return {tone: 'good', text: `${name} ${done} in ${took}: ${files} downloaded`, hint: run.id};
}
