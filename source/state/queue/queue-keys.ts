import {hasEnded, isQueued, type Job} from '../../domain/job.js';
import type {QueueView, ShownJob} from '../../workflow/queue-types.js';
import type {DashboardState} from '../dashboard-state.js';
import type {Effect} from '../effect.js';
import type {CommandName} from '../keys/bindings.js';
import type {Confirm} from '../overlay.js';
import {jobsAtHand, shownJobOf} from '../selectors.js';
import {batchingDialog} from './batching.js';
import {jobWords} from './job-words.js';

/** Jobs that a question lists; more are counted. */
const mostNames = 6;

/** What a key of the queue does to the state; undefined when it is another command. */
export function reduceQueue(
	state: DashboardState,
	command: CommandName,
): DashboardState | undefined {
	switch (command) {
		case 'queue-batch':
			return {...state, overlay: batchingDialog()};
		case 'queue-cancel':
			return cancelled(state);
		case 'queue-hold':
		case 'queue-earlier':
		case 'queue-later':
			return staying(state);
		case 'queue-pause':
		case 'queue-undo':
		case 'queue-forget':
			return state;
		default:
			return undefined;
	}
}

/** The selection stays with the job, wherever it moves. */
function staying(state: DashboardState): DashboardState {
	return {...state, selected: {...state.selected, queue: shownJobOf(state)?.job.id}};
}

function cancelled(state: DashboardState): DashboardState {
	const jobs = endable(state);
	return asksFirst(jobs)
		? {...staying(state), overlay: cancelQuestion(jobs)}
		: {...staying(state), marks: {...state.marks, queue: []}};
}

const endable = (state: DashboardState) => jobsAtHand(state).filter(({job}) => !hasEnded(job));

/** One that waits is soon put there again; what computes, and what several hold, is not. */
const asksFirst = (jobs: readonly ShownJob[]) =>
	jobs.length > 1 || jobs.some(({job}) => job.status === 'working');

function cancelQuestion(jobs: readonly ShownJob[]): Confirm {
	const many = jobs.length > 1;
	const working = jobs.filter(({job}) => job.status === 'working').length;
	const lines = jobs.map(({job}) => {
		const {what, names} = jobWords(job);
		return `${what} of ${names} on ${job.host}, ${job.id}`;
	});
	return {
		kind: 'confirm',
		title: many ? `Take ${jobs.length} jobs out of the queue?` : 'Stop the job?',
		lines: [
			...lines.slice(0, mostNames),
			...(lines.length > mostNames ? [`and ${lines.length - mostNames} more`] : []),
			'',
			working === 0
				? 'They have not begun.'
				: many
					? `${working} of them ${working === 1 ? 'is' : 'are'} at work: what is computed is lost.`
					: 'What it has computed is lost.',
		],
		yes: many ? 'take them out' : 'stop it',
		no: many ? 'leave them' : 'let it run',
		effect: cancelEffect(jobs),
	};
}

const cancelEffect = (jobs: readonly ShownJob[]): Effect => ({
	kind: 'queue',
	deed: 'cancel',
	ids: jobs.map(({job}) => job.id),
});

/** What a key of the queue asks of the world. */
export function queueEffect(state: DashboardState, command: CommandName): Effect | undefined {
	const {queue} = state;
	switch (command) {
		case 'queue-pause':
			return {kind: 'queue', deed: queue?.paused ? 'resume' : 'pause'};
		case 'queue-forget':
			return {kind: 'queue', deed: 'forget'};
		case 'queue-undo':
			return {kind: 'queue', deed: 'undo'};
		case 'queue-hold':
			return holdEffect(jobsAtHand(state).map(({job}) => job));
		case 'queue-cancel': {
			const jobs = endable(state);
			return jobs.length === 0 || asksFirst(jobs) ? undefined : cancelEffect(jobs);
		}

		case 'queue-earlier':
			return moveEffect(queue, shownJobOf(state)?.job, -1);
		case 'queue-later':
			return moveEffect(queue, shownJobOf(state)?.job, 1);
		default:
			return undefined;
	}
}

/** Holds those that wait; releases when all of them are held. */
function holdEffect(jobs: readonly Job[]): Effect | undefined {
	const line = jobs.filter(isQueued);
	const waiting = line.filter(({status}) => status === 'waiting');
	const changed = waiting.length > 0 ? waiting : line;
	return changed.length === 0
		? undefined
		: {
				kind: 'queue',
				deed: waiting.length > 0 ? 'hold' : 'release',
				ids: changed.map(({id}) => id),
			};
}

function moveEffect(
	queue: QueueView | undefined,
	job: Job | undefined,
	by: 1 | -1,
): Effect | undefined {
	const line = (queue?.jobs ?? []).map(shown => shown.job).filter(isQueued);
	const at = line.findIndex(({id}) => id === job?.id);
	const neighbour = at < 0 ? undefined : line[at + by];
	return job && neighbour
		? {
				kind: 'queue-move',
				id: job.id,
				place: {at: by > 0 ? 'after' : 'before', job: neighbour.id},
			}
		: undefined;
}
