import {hasEnded} from '../../domain/job.js';
import {isUnfinished} from '../../domain/run-status.js';
import type {DashboardState} from '../dashboard-state.js';
import {problemsIn} from '../forms/launch-form.js';
import {layoutOf} from '../layout.js';
import {originOf, runOfJob} from '../origin.js';
import {
	canFinish,
	canStop,
	canUpscale,
	promptsAtHand,
	runAtHand,
	runsAtHand,
	shownJobOf,
} from '../selectors.js';

/** Whether a command can do something now. */
export type Works = (state: DashboardState) => boolean;

export const hasPrompt: Works = state => promptsAtHand(state).length > 0;
export const hasRecipe: Works = state => state.recipes.length > 0 && hasPrompt(state);
export const hasRun: Works = state => runAtHand(state) !== undefined;
export const inPrompts: Works = state => state.subject === 'prompts' && hasPrompt(state);
export const upscalable: Works = state => runsAtHand(state).some(canUpscale);
export const hasLog: Works = state => hasRun(state) && state.tab === 'log';
export const searched: Works = state => hasLog(state) && state.log.search !== undefined;
export const liveLog: Works = state =>
	hasLog(state) && isUnfinished(runAtHand(state)?.shown ?? 'failed');
export const detailShown: Works = state => layoutOf(state).showDetail;
export const narrowed: Works = ({focus, filters, marks, runsOf}) =>
	focus !== 'detail' &&
	(filters[focus] !== '' || marks[focus].length > 0 || (focus === 'runs' && runsOf !== undefined));
export const touring: Works = state => state.touring;
export const hasJobs: Works = ({queue}) => (queue?.jobs.length ?? 0) > 0;
export const hasEndedJobs: Works = ({queue}) => queue?.jobs.some(({job}) => hasEnded(job)) ?? false;
export const hasWaiting: Works = ({queue}) =>
	(queue?.jobs.filter(({job}) => job.status === 'waiting').length ?? 0) > 1;
export const hasMerged: Works = ({queue}) => (queue?.undoable ?? 0) > 0;
export const severalHosts: Works = ({hosts}) => hosts.length > 1;
export const hasOrigin: Works = state =>
	runOfJob(state) !== undefined || (state.subject !== 'prompts' && originOf(state) !== undefined);
export const hasOrders: Works = ({focus}) => focus !== 'queue';
export const stoppable: Works = state => runsAtHand(state).some(canStop);
export const hasThing: Works = state =>
	state.subject === 'runs' ? hasRun(state) : hasPrompt(state);
export const hasId: Works = state => hasThing(state) || shownJobOf(state) !== undefined;
export const hasVideo: Works = state => {
	const run = runAtHand(state)?.run;
	return run !== undefined && run.operation !== 'enhance' && run.status === 'completed';
};
export const finishable: Works = state => runsAtHand(state).some(canFinish);

export const canMerge: Works = ({overlay}) =>
	overlay?.kind === 'batching' &&
	!(overlay.view.state === 'made' && overlay.view.plan.groups.length === 0);
export const writesNote: Works = ({overlay}) =>
	overlay?.kind === 'record' && overlay.purpose === 'note';
export const deletesPrompts: Works = ({overlay}) =>
	overlay?.kind === 'delete' &&
	!overlay.request.outputsOnly &&
	overlay.request.ids.some(id => id.startsWith('ps_'));
export const deletable: Works = ({overlay}) =>
	overlay?.kind === 'delete' &&
	overlay.view.state === 'made' &&
	overlay.view.preview.refusals.length === 0;
export const noProblem: Works = ({overlay}) =>
	overlay?.kind === 'launch' && Object.keys(problemsIn(overlay.form)).length === 0;
