import {hintOf, messageOf} from '../../domain/errors.js';
import type {Job} from '../../domain/job.js';
import type {RunWatcher} from '../../executor/run-watcher.js';
import type {NewJob} from '../../workflow/queue-types.js';
import type {Workflow} from '../../workflow/workflow-types.js';
import type {Action} from '../actions.js';
import type {Effect} from '../effect.js';
import type {CustomKeys} from '../keys/custom-keys.js';
import {keyOf} from '../keys/key-text.js';
import {savedStarts} from './batching.js';
import {jobWords} from './job-words.js';

export type QueueWorkParts = {
	workflow: Workflow;
	dispatch: (action: Action) => void;
	readAgain: () => Promise<void>;
	/** Looks on at a run without calling the user to it. */
	watchRun: () => RunWatcher;
	customKeys: CustomKeys;
};

const told = {hold: 'held', release: 'released', cancel: 'taken out of the queue'} as const;

/** The queue as the dashboard uses it: works it off while it is open, and obeys the keys. */
export function createQueueWork(parts: QueueWorkParts) {
	const {workflow, dispatch, readAgain, watchRun, customKeys} = parts;
	const controller = new AbortController();

	const notice = (tone: 'good' | 'bad' | 'info', text: string, hint = '') =>
		dispatch({type: 'noticed', notice: {tone, text, hint, at: Date.now()}});

	async function tell(job: Job): Promise<void> {
		await readAgain();
		const {what, names} = jobWords(job);
		if (job.status === 'done') {
			notice('good', `${what} of ${names} is done`, job.id);
		} else if (job.status === 'failed') {
			notice('bad', `${what} of ${names}: ${job.problem}`, job.id);
		}
	}

	async function work(): Promise<void> {
		await workflow.runQueue(
			{watchRuns: watchRun, onJob: job => void tell(job), onNotice: text => notice('info', text)},
			controller.signal,
		);
	}

	async function add(effect: Extract<Effect, {kind: 'queue-add'}>): Promise<void> {
		const {requests, together} = effect;
		const jobs: NewJob[] = together
			? [{requests}]
			: requests.map(request => ({requests: [request]}));
		try {
			await workflow.queue.add(jobs);
			dispatch({type: 'launch-accepted', queued: true, at: Date.now()});
		} catch (error) {
			dispatch({type: 'launch-refused', message: messageOf(error), hint: hintOf(error)});
		}
	}

	async function obey({deed, ids = []}: Extract<Effect, {kind: 'queue'}>): Promise<void> {
		const {queue} = workflow;
		switch (deed) {
			case 'hold':
			case 'release':
			case 'cancel':
				for (const id of ids) {
					await queue[deed](id);
				}

				if (ids.length > 1) {
					notice('info', `${ids.length} jobs ${told[deed]}`);
				}

				return;
			case 'undo':
				await queue.undo();
				notice('info', 'the merged jobs are parted again');
				return;
			default:
				await queue[deed]();
		}
	}

	async function merge({plan}: Extract<Effect, {kind: 'batching-apply'}>): Promise<void> {
		const {groups, before, after} = plan;
		try {
			await workflow.queue.optimise(plan);
		} catch (error) {
			const view = {state: 'failed', message: messageOf(error), hint: hintOf(error)} as const;
			dispatch({type: 'batching-view', view});
			return;
		}

		dispatch({type: 'batching-applied'});
		const jobs = groups.flatMap(group => group.jobs).length;
		notice(
			'good',
			`${jobs} jobs merged into ${groups.length}, ${savedStarts(before - after)}`,
			`${keyOf({customKeys}, 'queue-undo')} parts them again, until one starts`,
		);
	}

	return {
		/** Begins to work the queue off; others that do the same keep out of each other's way. */
		start() {
			work().catch((error: unknown) => notice('bad', `queue: ${messageOf(error)}`, hintOf(error)));
		},
		add,
		obey,
		merge,
		/** Starts nothing new; what goes on is left to go on. */
		close: () => controller.abort(),
	};
}
