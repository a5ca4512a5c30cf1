import {hasEnded, isQueued, type Job} from '../../domain/queue/job.js';
import type {Place} from '../../domain/queue/queue-change.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import type {Effect} from '../../state/effect.js';
import {jobWords} from '../../state/job-words.js';
import {homeKeys} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {shownJobOf, targetJobs} from '../../state/selectors.js';
import type {ShownJob} from '../../workflow/queue/queue-types.js';
import type {LaunchRequest} from '../../workflow/workflow-types.js';
import {openBatching} from '../batching/batching.js';
import type {Feature} from '../feature.js';
import {selectBeside} from '../home/select-beside.js';
import {createQueueWork} from './queue-work.js';

declare module '../../state/effect.js' {
	interface Effects {
		'queue-add': {requests: readonly LaunchRequest[]; together: boolean};
		'queue-hold': {ids: readonly string[]};
		'queue-release': {ids: readonly string[]};
		'queue-cancel': {ids: readonly string[]};
		'queue-move': {id: string; place: Place};
		'queue-pause': unknown;
		'queue-resume': unknown;
		'queue-forget': unknown;
		'queue-undo': unknown;
		/** Starts nothing new from the queue. */
		'stop-queue': unknown;
	}
}

const context: Context = {
	name: 'queue',
	title: 'Queue',
	order: 2,
	rank: 0,
	isActive: ({subject}) => subject === 'queue',
};

/** Jobs that a question lists; more are counted. */
const mostNames = 6;

const mergeHelp = 'merge waiting transfers that can share a container';
const undoHelp = 'split merged jobs, until one of them starts';
const cancelHelp = 'remove the job from the queue, or stop it';
const forgetHelp = 'clear the jobs that have ended';

const noJobs = ({queue}: DashboardState) =>
	(queue?.jobs.length ?? 0) > 0 ? undefined : 'the queue is empty';
const oneWaiting = ({queue}: DashboardState) =>
	(queue?.jobs.filter(({job}) => job.status === 'waiting').length ?? 0) > 1
		? undefined
		: 'merging needs two or more waiting jobs';
const noneMerged = ({queue}: DashboardState) =>
	(queue?.undoable ?? 0) > 0 ? undefined : 'no merged jobs can be split';
const noneEnded = ({queue}: DashboardState) =>
	queue?.jobs.some(({job}) => hasEnded(job)) ? undefined : 'no job has ended';

const merge = (state: DashboardState): Step => [{...state, overlay: openBatching()}];
const pause = (state: DashboardState): Step => [
	state,
	{kind: state.queue?.paused ? 'queue-resume' : 'queue-pause'},
];
const request =
	(kind: 'queue-undo' | 'queue-forget') =>
	(state: DashboardState): Step => [state, {kind}];

const move =
	(by: 1 | -1) =>
	(state: DashboardState): Step => {
		const job = shownJobOf(state)?.job;
		const queued = (state.queue?.jobs ?? []).map(shown => shown.job).filter(isQueued);
		const at = queued.findIndex(({id}) => id === job?.id);
		const neighbour: Job | undefined = at < 0 ? undefined : queued[at + by];
		return job && neighbour
			? [
					staying(state),
					{
						kind: 'queue-move',
						id: job.id,
						place: {at: by > 0 ? 'after' : 'before', job: neighbour.id},
					},
				]
			: [staying(state)];
	};

/** The queue: order, hold, pause, cancel. */
export const queue = {
	keys: [
		...homeKeys(
			context,
			[
				['queue-hold', 'h', 'hold/release', 'hold the job, or release it', hold],
				['queue-earlier', 'K', 'J K:move', 'move the job up in the queue', move(-1)],
				['queue-later', 'J', '', 'move the job down in the queue', move(1)],
				['queue-cancel', 'x', 'cancel', cancelHelp, cancel, {destroys: true}],
			],
			{disabled: noJobs, changes: true},
		),
		...homeKeys(
			context,
			[
				['queue-pause', 'p', 'pause/resume', 'pause the queue, or resume it', pause],
				['queue-batch', 'b', 'batch', mergeHelp, merge, {disabled: oneWaiting}],
				['queue-undo', 'u', 'undo', undoHelp, request('queue-undo'), {disabled: noneMerged}],
				[
					'queue-forget',
					'C',
					'',
					forgetHelp,
					request('queue-forget'),
					{disabled: noneEnded, destroys: true},
				],
			],
			{changes: true},
		),
	],
	work: createQueueWork,
	lasting: [
		'queue-add',
		'queue-hold',
		'queue-release',
		'queue-cancel',
		'queue-move',
		'queue-pause',
		'queue-resume',
		'queue-forget',
		'queue-undo',
	],
} satisfies Feature;

/** The selection stays with the job, wherever it moves. */
function staying(state: DashboardState): DashboardState {
	return {...state, selected: {...state.selected, queue: shownJobOf(state)?.job.id}};
}

/** Holds the jobs that wait; releases them when all are held. */
function hold(state: DashboardState): Step {
	const queued = targetJobs(state)
		.map(({job}) => job)
		.filter(isQueued);
	const waiting = queued.filter(({status}) => status !== 'held');
	const changed = waiting.length > 0 ? waiting : queued;
	const ids = changed.map(({id}) => id);
	return ids.length === 0
		? [staying(state)]
		: [staying(state), {kind: waiting.length > 0 ? 'queue-hold' : 'queue-release', ids}];
}

/** A waiting job can be put back; several, and what is running, are asked about. */
function cancel(state: DashboardState): Step {
	const jobs = targetJobs(state).filter(({job}) => !hasEnded(job));
	const asksFirst = jobs.length > 1 || jobs.some(({job}) => !isQueued(job));
	if (asksFirst) {
		return [{...staying(state), overlay: cancelQuestion(state, jobs)}];
	}

	// It goes to the ended ones: the cursor stays where it is.
	const going = jobs.map(({job}) => job.id);
	const next = {...selectBeside(state, going), marks: {...state.marks, queue: []}};
	return jobs.length === 0 ? [next] : [next, cancelEffect(jobs)];
}

function cancelQuestion(state: DashboardState, jobs: readonly ShownJob[]): OverlayOf<'confirm'> {
	const many = jobs.length > 1;
	const working = jobs.filter(({job}) => !isQueued(job)).length;
	const lines = jobs.map(({job}) => {
		const {what, names} = jobWords(job, state);
		return `${what} of ${names} on ${job.host}, ${job.id}`;
	});
	return {
		kind: 'confirm',
		title: many ? `Remove ${jobs.length} jobs from the queue?` : 'Stop the job?',
		lines: [
			...lines.slice(0, mostNames),
			...(lines.length > mostNames ? [`and ${lines.length - mostNames} more`] : []),
			'',
			working === 0
				? 'They have not started.'
				: many
					? `${working} of them ${working === 1 ? 'is' : 'are'} running: the work done so far is lost.`
					: 'The work done so far is lost.',
		],
		yes: many ? 'remove them' : 'stop it',
		no: many ? 'leave them' : 'let it run',
		effect: cancelEffect(jobs),
	};
}

const cancelEffect = (jobs: readonly ShownJob[]): Effect => ({
	kind: 'queue-cancel',
	ids: jobs.map(({job}) => job.id),
});
