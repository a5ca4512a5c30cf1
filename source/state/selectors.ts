import {flagsOf} from '../domain/runs/measures.js';
import {resultVideo} from '../domain/runs/outputs.js';
import {isUnfinished} from '../domain/runs/run-status.js';
import {formatDuration, formatLocalTime} from '../domain/text-format.js';
import type {Prompt, Run, ShownRun} from '../domain/types.js';
import type {ShownJob} from '../workflow/queue/queue-types.js';
import type {DashboardState} from './dashboard-state.js';
import {hasOlder, mostRows} from './older-rows.js';
import type {ListName, TabName} from './panels.js';
import {visibleJobs, visiblePrompts, visibleRuns} from './visible-rows.js';

export function visibleIds(state: DashboardState, list: ListName): readonly string[] {
	switch (list) {
		case 'prompts':
			return visiblePrompts(state).map(({id}) => id);
		case 'runs':
			return visibleRuns(state).map(({run}) => run.id);
		case 'queue':
			return visibleJobs(state).map(({job}) => job.id);
	}
}

export function visibleCount(state: DashboardState, list: ListName): number {
	switch (list) {
		case 'prompts':
			return visiblePrompts(state).length;
		case 'runs':
			return visibleRuns(state).length;
		case 'queue':
			return visibleJobs(state).length;
	}
}

/** Rows of a list without its filter; undefined until it has been read. */
export function rowCount(state: DashboardState, list: ListName): number | undefined {
	return list === 'queue' ? state.queue?.jobs.length : state[list]?.length;
}

/** How many things a list has; of more than it holds, `1000+`. */
export function wholeCount(state: DashboardState, list: ListName): string {
	return list !== 'queue' && hasOlder(state, list)
		? `${mostRows}+`
		: String(rowCount(state, list) ?? 0);
}

/** Position of the selected row among the visible ones; 0 when it is not there. */
export function selectedIndex(state: DashboardState, list: ListName): number {
	const wanted = state.selected[list];
	return Math.max(0, wanted === undefined ? 0 : findPosition(state, list, wanted));
}

function findPosition(state: DashboardState, list: ListName, wanted: string): number {
	switch (list) {
		case 'prompts':
			return visiblePrompts(state).findIndex(({id}) => id === wanted);
		case 'runs':
			return visibleRuns(state).findIndex(({run}) => run.id === wanted);
		case 'queue':
			return visibleJobs(state).findIndex(({job}) => job.id === wanted);
	}
}

export function selectedPrompt(state: DashboardState): Prompt | undefined {
	return visiblePrompts(state)[selectedIndex(state, 'prompts')];
}

export function selectedRun(state: DashboardState): ShownRun | undefined {
	return visibleRuns(state)[selectedIndex(state, 'runs')];
}

export function selectedJob(state: DashboardState): ShownJob | undefined {
	return visibleJobs(state)[selectedIndex(state, 'queue')];
}

/** The job that the detail shows, if it shows one. */
export function shownJobOf(state: DashboardState): ShownJob | undefined {
	return state.subject === 'queue' ? selectedJob(state) : undefined;
}

/** The marked jobs, or the selected one where none are marked. */
export function targetJobs(state: DashboardState): readonly ShownJob[] {
	const one = shownJobOf(state);
	const marked = (state.queue?.jobs ?? []).filter(({job}) => state.marks.queue.includes(job.id));
	return marked.length > 0 || !one ? marked : [one];
}

/** The run that the detail shows, if it shows a run. */
export function shownRunOf(state: DashboardState): ShownRun | undefined {
	return state.subject === 'runs' ? selectedRun(state) : undefined;
}

/** The selected prompt, or that of the selected run. */
export function targetPrompt(state: DashboardState): Prompt | undefined {
	if (state.subject === 'queue') {
		return undefined;
	}

	const run = shownRunOf(state)?.run;
	return run ? state.prompts?.find(({id}) => id === run.promptId) : selectedPrompt(state);
}

/** The marked prompts, or the selected one where none are marked. */
export function targetPrompts(state: DashboardState): readonly Prompt[] {
	const one = targetPrompt(state);
	const marked = state.subject === 'prompts' ? markedPrompts(state) : [];
	return marked.length > 0 || !one ? marked : [one];
}

/** The marked runs, or the one that is shown where none are marked. */
export function targetRuns(state: DashboardState): readonly ShownRun[] {
	const one = shownRunOf(state);
	const marked = one ? markedRuns(state) : [];
	return marked.length > 0 || !one ? marked : [one];
}

export function markedPrompts({prompts = [], marks}: DashboardState): readonly Prompt[] {
	return prompts.filter(({id}) => marks.prompts.includes(id));
}

function markedRuns({runs = [], marks}: DashboardState): readonly ShownRun[] {
	return runs.filter(({run}) => marks.runs.includes(run.id));
}

/** Whether a run can be stopped: it is running, or may still be. */
export function canStop({shown}: ShownRun): boolean {
	return isUnfinished(shown) || shown === 'interrupted';
}

/** Whether a run can be finished: its outputs fetched, or the run resumed. */
export function canFinish({shown}: ShownRun): boolean {
	return shown === 'uncollected' || shown === 'interrupted';
}

/** Whether a run has a video that the upscaler takes. */
export function canUpscale({run}: ShownRun): boolean {
	return (
		run.operation === 'transfer' && run.status === 'completed' && resultVideo(run) !== undefined
	);
}

const promptTabs = ['prompt', 'lineage', 'commands'] as const;
const runTabs = ['log', 'settings', 'outputs', 'lineage', 'commands'] as const;
const jobTabs = ['job', 'commands'] as const;
const tabs = {prompts: promptTabs, runs: runTabs, queue: jobTabs} as const;

export function tabsOf({subject}: DashboardState): readonly TabName[] {
	return tabs[subject];
}

export function unfinishedRuns({runs = []}: DashboardState): readonly ShownRun[] {
	return runs.filter(({shown}) => isUnfinished(shown));
}

/** The list that has the focus, or that the focused detail belongs to. */
export const focusedList = ({focus, subject}: DashboardState): ListName =>
	focus === 'detail' ? subject : focus;

/** Whether the detail shows the log of a run. */
export const isLogShown = ({subject, tab}: DashboardState) => subject === 'runs' && tab === 'log';
/** Whether that log has the focus. */
export const isLogFocused = (state: DashboardState) =>
	state.focus === 'detail' && isLogShown(state);

export function failureOf(run: Run) {
	return 'failure' in run ? run.failure : undefined;
}

/** Seconds that the run took, or since it started. */
export function secondsOf(run: Run, now: number): number {
	const start = Date.parse(run.times.uploading ?? run.createdAt);
	const end = run.times.ended ? Date.parse(run.times.ended) : now;
	return Math.max(0, (end - start) / 1000);
}

/** What is wrong with the picture of a run's result; undefined when nobody has seen anything. */
export const flagOf = ({measures}: Run) => measures && flagsOf(measures)[0];

/** The state of a run in a few words: `46% eta 1:04`, `done 12:40`, `guardrail`, `black 12:40`. */
export function standing(state: DashboardState, {run, shown}: ShownRun): string {
	const motion = state.motions[run.id];
	switch (shown) {
		case 'completed':
			return `${flagOf(run) ?? 'done'} ${formatDuration(secondsOf(run, state.now))}`;
		case 'failed':
			return failureOf(run)?.reason ?? 'failed';
		case 'uncollected':
			return 'not fetched';
		case 'running': {
			const bar = motion?.bar;
			if (!bar) {
				return `running ${formatDuration(secondsOf(run, state.now))}`;
			}

			// The end of that is not the end of the run.
			if (/^loading\b/i.test(bar.label)) {
				return `loading ${bar.percent}%`;
			}

			const eta = bar.etaSeconds === undefined ? '' : ` eta ${formatDuration(bar.etaSeconds)}`;
			return `${String(bar.percent)}%${eta}`;
		}

		case 'uploading':
		case 'downloading': {
			const transfer = motion?.transfer;
			return transfer && transfer.total > 0
				? `${shown} ${Math.floor((100 * transfer.done) / transfer.total)}%`
				: shown;
		}

		default:
			return shown;
	}
}

/** Written out: setting up a locale's dates takes a twentieth of the start. */
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * When a row's record was created, always as wide: `12:04`, `Nov 24` or, of an earlier year, `Nov'25`. With room
 * `12:04`, `Nov 24 12:04` or `Nov 24  2025`, as `ls` does.
 */
export function rowTime(iso: string, now: number, hasRoom: boolean): string {
	const short = shortTime(iso, now);
	if (short.includes(':')) {
		return short;
	}

	const date = new Date(iso);
	const year = date.getFullYear();
	if (year === new Date(now).getFullYear()) {
		return hasRoom ? `${short} ${formatLocalTime(iso).slice(-5)}` : short;
	}

	return hasRoom
		? `${monthDay(date)}  ${year}`
		: `${months[date.getMonth()]}'${String(year).slice(-2)}`;
}

const monthDay = (date: Date) => `${months[date.getMonth()]} ${date.getDate()}`;

/** `12:04` for today, `Nov 24` for this year, else `2025-11-24`. */
export function shortTime(iso: string, now: number): string {
	const date = new Date(iso);
	const today = new Date(now);
	if (date.toDateString() === today.toDateString()) {
		return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
	}

	return date.getFullYear() === today.getFullYear()
		? monthDay(date)
		: formatLocalTime(iso).slice(0, 10);
}
