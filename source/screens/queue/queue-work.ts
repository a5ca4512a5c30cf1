import {hintOf, messageOf} from '../../domain/errors.js';
import type {Job} from '../../domain/job.js';
import type {EffectOf} from '../../state/effect.js';
import {jobWords} from '../../state/job-words.js';
import type {World} from '../../state/world.js';
import type {NewJob} from '../../workflow/queue-types.js';
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

	async function add({requests, together}: EffectOf<'queue-add'>): Promise<void> {
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

	return {
		perform: {
			'queue-add': add,
			'queue-hold': ({ids}) => changeEach(ids, queue.hold, 'held'),
			'queue-release': ({ids}) => changeEach(ids, queue.release, 'released'),
			'queue-cancel': ({ids}) => changeEach(ids, queue.cancel, 'removed from the queue'),
			'queue-move': ({id, place}) => queue.move(id, place),
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
