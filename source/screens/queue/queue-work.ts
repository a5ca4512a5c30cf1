import {hintOf, messageOf} from '../../domain/errors.js';
import {isQueued, type Job} from '../../domain/queue/job.js';
import {nameSweep} from '../../domain/sweep/expand.js';
import type {EffectOf} from '../../state/effect.js';
import {jobWords} from '../../state/job-words.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {World} from '../../state/world.js';
import {newSweepId} from '../../workflow/launch/sweep-id.js';
import type {NewJob} from '../../workflow/queue/queue-types.js';
import type {Work} from '../feature.js';
import {createRunWatcher} from '../runs/launches.js';

/** The queue as the dashboard uses it: works through it while it is open, and changes it. */
export function createQueueWork(world: World) {
	const {workflow, dispatch, notice, readAgain} = world;
	const {queue} = workflow;
	const controller = new AbortController();

	async function report(job: Job): Promise<void> {
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
			{
				watchRuns: () => createRunWatcher(world),
				onJob: job => void report(job),
				onNotice: text => notice('info', text),
			},
			controller.signal,
		);
	}

	async function add({requests: given, together}: EffectOf<'queue-add'>): Promise<void> {
		const requests = nameSweep(given, newSweepId());
		const jobs: NewJob[] = together
			? [{requests}]
			: requests.map(request => ({requests: [request]}));
		try {
			await queue.add(jobs);
			dispatch({type: 'launch-accepted', queued: true, at: Date.now()});
		} catch (error) {
			dispatch({type: 'launch-refused', message: messageOf(error), hint: hintOf(error)});
		}
	}

	/** Changes the jobs one after the other, and reports when they are several. */
	async function changeEach(
		ids: readonly string[],
		change: (id: string) => Promise<unknown>,
		done: string,
	): Promise<void> {
		for (const id of ids) {
			await change(id);
		}

		if (ids.length > 1) {
			notice('info', `${ids.length} jobs ${done}`);
		}
	}

	/** What had not started can be put back. */
	async function cancel(ids: readonly string[]): Promise<void> {
		const {jobs} = await queue.view();
		const waiting = jobs
			.map(({job}) => job)
			.filter(job => ids.includes(job.id) && isQueued(job) && job.startedAt === undefined);
		await changeEach(ids, queue.cancel, 'removed from the queue');
		if (waiting.length > 0) {
			const what = waiting.length === 1 ? `${waiting[0]?.id}` : `${waiting.length} jobs`;
			const back = {kind: 'uncancel', jobs: waiting} as const;
			dispatch({type: 'undoable', what: `the removal of ${what} from the queue`, back});
			const hint = `${keyOf(world.state(), 'undo')} undoes it`;
			notice('info', `Removed ${what} from the queue`, hint);
		}
	}

	return {
		perform: {
			'queue-add': add,
			'queue-hold': ({ids}) => changeEach(ids, queue.hold, 'held'),
			'queue-release': ({ids}) => changeEach(ids, queue.release, 'released'),
			'queue-cancel': ({ids}) => cancel(ids),
			async 'queue-move'({id, place}) {
				const line = (await queue.view()).jobs.map(({job}) => job).filter(isQueued);
				const before = line[line.findIndex(job => job.id === id) - 1];
				await queue.move(id, place);
				const back = before ? ({at: 'after', job: before.id} as const) : ({at: 'first'} as const);
				const what = `the move of ${id}`;
				dispatch({type: 'undoable', what, back: {kind: 'move', id, place: back}});
			},
			'queue-pause': () => queue.pause(),
			'queue-resume': () => queue.resume(),
			'queue-forget': () => queue.forget(),
			async 'queue-undo'() {
				await queue.undo();
				notice('info', 'Jobs split again');
			},
			'stop-queue': () => controller.abort(),
		},
		/** Others that work through the same queue are kept apart by its locks. */
		start() {
			if (!world.state().readOnly) {
				work().catch((error: unknown) => world.failed(error, 'queue: '));
			}
		},
		/** Starts nothing new; what is running keeps running. */
		close: () => controller.abort(),
	} satisfies Work;
}
