import {isQueued, type Job} from '../domain/job.js';
import {kindOfRequest} from '../domain/settings-tables.js';
import type {QueueView, ShownJob} from '../workflow/queue-types.js';
import {batchingDialog} from './batching.js';
import type {CommandName} from './bindings.js';
import type {DashboardState} from './dashboard-state.js';
import type {Effect} from './effect.js';
import type {Confirm, Overlay} from './overlay.js';

export type QueueOverlay = Extract<Overlay, {kind: 'queue'}>;

/** Position of the selected job; 0 when it is not there any more. */
export function selectedJobIndex({queue}: DashboardState, {selected}: QueueOverlay): number {
	return Math.max(0, queue?.jobs.findIndex(({job}) => job.id === selected) ?? 0);
}

function selectedJob(state: DashboardState, overlay: QueueOverlay): ShownJob | undefined {
	return state.queue?.jobs[selectedJobIndex(state, overlay)];
}

/** Jobs that have not begun. */
export function queuedCount(queue: QueueView | undefined): number {
	return queue?.jobs.filter(({job}) => isQueued(job)).length ?? 0;
}

/** `enhance  rain-street`, or `batch ×4  city, street …`. */
export function jobWords({parts}: Job): {what: string; names: string} {
	const kind = kindOfRequest(parts[0]?.request ?? {});
	return {
		what: parts.length > 1 ? `batch ×${parts.length}` : kind,
		names: parts.map(({name}) => name).join(', '),
	};
}

export function reduceQueue(
	state: DashboardState,
	overlay: QueueOverlay,
	command: CommandName,
): DashboardState {
	const jobs = state.queue?.jobs ?? [];
	const steps: Partial<Record<CommandName, number>> = {
		down: 1,
		up: -1,
		'page-down': 10,
		'page-up': -10,
	};
	const step = steps[command];
	if (step !== undefined) {
		const at = selectedJobIndex(state, overlay) + step;
		const {id} = jobs[Math.min(jobs.length - 1, Math.max(0, at))]?.job ?? {};
		return {...state, overlay: {...overlay, selected: id}};
	}

	const chosen = selectedJob(state, overlay);
	if (command === 'queue-cancel' && chosen?.job.status === 'working') {
		return {...state, overlay: cancelQuestion(chosen.job, overlay)};
	}

	if (command === 'queue-batch') {
		return {...state, overlay: batchingDialog({...overlay, selected: chosen?.job.id})};
	}

	// The selection stays with the job, wherever it moves.
	return command === 'page-close'
		? {...state, overlay: undefined}
		: {...state, overlay: {...overlay, selected: chosen?.job.id}};
}

function cancelQuestion(job: Job, under: QueueOverlay): Confirm {
	return {
		kind: 'confirm',
		title: 'Stop the job?',
		lines: [`${jobWords(job).names} on ${job.host}`, job.id, '', 'What it has computed is lost.'],
		yes: 'stop it',
		no: 'let it run',
		effect: {kind: 'queue', deed: 'cancel', id: job.id},
		under,
	};
}

/** What a key of the queue asks of the world. */
export function queueEffect(
	state: DashboardState,
	overlay: QueueOverlay,
	command: CommandName,
): Effect | undefined {
	const {queue} = state;
	const job = selectedJob(state, overlay)?.job;
	if (command === 'queue-pause') {
		return {kind: 'queue', deed: queue?.paused ? 'resume' : 'pause'};
	}

	if (command === 'queue-forget') {
		return {kind: 'queue', deed: 'forget'};
	}

	if (command === 'queue-undo') {
		return {kind: 'queue', deed: 'undo'};
	}

	if (!job || !queue) {
		return undefined;
	}

	switch (command) {
		case 'queue-hold':
			return isQueued(job)
				? {kind: 'queue', deed: job.status === 'held' ? 'release' : 'hold', id: job.id}
				: undefined;
		case 'queue-cancel':
			return isQueued(job) ? {kind: 'queue', deed: 'cancel', id: job.id} : undefined;
		case 'queue-earlier':
			return moveEffect(queue, job, -1);
		case 'queue-later':
			return moveEffect(queue, job, 1);
		default:
			return undefined;
	}
}

function moveEffect({jobs}: QueueView, job: Job, by: 1 | -1): Effect | undefined {
	const line = jobs.map(shown => shown.job).filter(isQueued);
	const at = line.findIndex(({id}) => id === job.id);
	const neighbour = at < 0 ? undefined : line[at + by];
	return neighbour
		? {
				kind: 'queue-move',
				id: job.id,
				place: {at: by > 0 ? 'after' : 'before', job: neighbour.id},
			}
		: undefined;
}
