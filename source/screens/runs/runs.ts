import path from 'node:path';
import type {TransferProgress} from '../../executor/run-watcher.js';
import type {DashboardState, RunMotion, Step} from '../../state/dashboard-state.js';
import {focusOn} from '../../state/focus.js';
import {home} from '../../state/keys/contexts.js';
import {homeKeys, show} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {canFinish, canStop, shownRunOf, targetRuns, unfinishedRuns} from '../../state/selectors.js';
import {openVideo, videoOf} from '../../workflow/runs/open-video.js';
import type {LaunchRequest} from '../../workflow/workflow-types.js';
import type {Feature} from '../feature.js';
import {findBatchMates} from './batch-mates.js';
import {createLaunches} from './launches.js';
import {createMotionWatch} from './motion-watch.js';

declare module '../../state/event.js' {
	interface Events {
		/** What the end of a run's log says. */
		motion: {runId: string; bar: RunMotion['bar']; lastLine: string};
		transfer: {runId: string; progress: TransferProgress};
		/** A run of this process has begun. */
		'run-started': {runId: string};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		/** Each of the requests, one after the other, or `together` in one container. */
		launch: {
			requests: readonly LaunchRequest[];
			/** What each is called in its notices. */
			names: readonly string[];
			together: boolean;
		};
		cancel: {runIds: readonly string[]};
		/** Fetches outputs and resumes interrupted runs. */
		fetch: {runIds: readonly string[]};
		/** One of the outputs; without a name, the result. */
		'open-video': {runId: string; name?: string};
		/** Stops the unfinished runs of this process; ends when they have ended. */
		'stop-own-runs': unknown;
	}
}

const noVideo = (state: DashboardState) => {
	const run = shownRunOf(state)?.run;
	return run && run.operation !== 'enhance' && run.status === 'completed'
		? undefined
		: 'select a completed run with a result first';
};

/** Runs: stopped, finished, watched. */
export const runs = {
	keys: homeKeys(home, [
		[
			'stop',
			's',
			'stop',
			'stop the run, or the marked ones; asks first',
			state => show(state, stopQuestion(state)),
			{
				disabled: state =>
					targetRuns(state).some(canStop) ? undefined : 'select a run that is not finished first',
				changes: true,
				destroys: true,
				verb: 'kill',
			},
		],
		[
			'fetch',
			'F',
			'fetch',
			'fetch outputs, resume interrupted runs',
			state => [
				state,
				{
					kind: 'fetch',
					runIds: targetRuns(state)
						.filter(canFinish)
						.map(({run}) => run.id),
				},
			],
			{
				disabled: state =>
					targetRuns(state).some(canFinish)
						? undefined
						: 'select a run that is interrupted or not fetched first',
				changes: true,
			},
		],
		[
			'open-video',
			'O',
			'',
			'open the result of the run',
			state => {
				const run = shownRunOf(state)?.run;
				return run ? [state, {kind: 'open-video', runId: run.id}] : [state];
			},
			{disabled: noVideo, verb: 'open'},
		],
	]),
	on: {
		motion: (state, {runId, bar, lastLine}) => [
			withMotion(state, runId, {...state.motions[runId], bar, lastLine}),
		],
		transfer: (state, {runId, progress}) => [
			withMotion(state, runId, {...(state.motions[runId] ?? {lastLine: ''}), transfer: progress}),
		],
		'run-started': showRun,
	},
	work(world) {
		const {workflow, dispatch, notice, terminal, findOpener} = world;
		const launches = createLaunches(world);
		const motions = createMotionWatch(workflow, (runId, {bar, lastLine}) =>
			dispatch({type: 'motion', runId, bar, lastLine}),
		);
		let timer: NodeJS.Timeout | undefined;
		/** A tick a second while a run is unfinished. */
		const tick = (on: boolean) => {
			if (on) {
				timer ??= setInterval(() => dispatch({type: 'ticked', now: Date.now()}), 1000);
			} else {
				clearInterval(timer);
				timer = undefined;
			}
		};

		return {
			perform: {
				launch: launches.launch,
				cancel: ({runIds}) => launches.cancel(runIds),
				fetch: ({runIds}) => launches.finish(runIds),
				'stop-own-runs': launches.stopAll,
				async 'open-video'({runId, name}) {
					const video = videoOf(await workflow.findRun(runId), workflow.runFolder(runId), name);
					const command = findOpener();
					notice('info', `opening ${path.basename(video)} …`, video);
					await openVideo(video, {command, env: terminal.env, inTerminal: false});
				},
			},
			start() {
				if (!world.state().readOnly) {
					launches.adopt().catch(world.failed);
				}
			},
			follow(state) {
				const unfinished = unfinishedRuns(state);
				motions.keep(unfinished.map(({run}) => run));
				tick(unfinished.length > 0);
			},
			close() {
				motions.close();
				tick(false);
			},
		};
	},
} satisfies Feature;

function withMotion(state: DashboardState, runId: string, motion: RunMotion): DashboardState {
	return {...state, motions: {...state.motions, [runId]: motion}};
}

/** A run of ours has begun: it is what the user wants to see. */
function showRun(state: DashboardState, {runId}: {runId: string}): Step {
	const next: DashboardState = {
		...state,
		filters: {...state.filters, runs: ''},
		runsOf: undefined,
		selected: {...state.selected, runs: runId},
		// The run itself now says what the notice announced.
		noticeShown: state.noticeShown && state.notices.at(-1)?.tone !== 'info',
		ownRuns: state.ownRuns.includes(runId) ? state.ownRuns : [...state.ownRuns, runId],
	};
	// Whoever is busy with a form or a log is not torn away from it.
	return next.overlay || next.focus === 'detail'
		? [next]
		: [{...focusOn(next, 'runs'), tab: 'log'}];
}

/** Names that a question lists; more are counted. */
const mostNames = 6;

function stopQuestion(state: DashboardState): OverlayOf<'confirm'> | undefined {
	const named = targetRuns(state);
	const mates = findBatchMates(named, state.runs ?? []);
	const asked = [...named, ...mates];
	const stopped = asked.filter(canStop).map(({run}) => run);
	if (stopped.length === 0) {
		return undefined;
	}

	const many = stopped.length > 1;
	const ended = asked.length - stopped.length;
	return {
		kind: 'confirm',
		title: many ? `Stop ${stopped.length} runs?` : 'Stop the run?',
		lines: [
			...stopped.slice(0, mostNames).map(run => `${run.promptName} on ${run.host}, ${run.id}`),
			...(stopped.length > mostNames ? [`and ${stopped.length - mostNames} more`] : []),
			...(ended > 0
				? [`${ended} of the marked runs ${ended === 1 ? 'has' : 'have'} already ended`]
				: []),
			...(mates.length > 0 ? ['The runs of a batch share a container and end together.'] : []),
			'',
			many
				? 'They end now and their results are lost; the logs are kept.'
				: 'It ends now and its result is lost; the log is kept.',
		],
		yes: many ? 'stop them' : 'stop it',
		no: many ? 'let them run' : 'let it run',
		effect: {kind: 'cancel', runIds: stopped.map(({id}) => id)},
	};
}
