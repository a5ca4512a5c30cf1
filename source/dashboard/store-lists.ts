import {messageOf} from '../domain/errors.js';
import type {Event} from '../state/event.js';
import {mostRows} from '../state/older-rows.js';
import type {Workflow} from '../workflow/workflow-types.js';

/** Reads the lists again after every change by any process. */
export function watchLists(workflow: Workflow, dispatch: (event: Event) => void) {
	let closed = false;
	const send = (event: Event) => {
		if (!closed) {
			dispatch(event);
		}
	};

	const failed = (error: unknown) => send({type: 'store-failed', message: messageOf(error)});
	const prompts = inTurn(async () => {
		send({type: 'prompts-read', prompts: await workflow.listPrompts(mostRows)});
	}, failed);
	const runs = inTurn(async () => {
		const read = await workflow.listRuns({limit: mostRows});
		send({type: 'runs-read', runs: read, ownRuns: workflow.ownRuns(), at: Date.now()});
	}, failed);
	const queue = inTurn(async () => {
		send({type: 'queue-read', view: await workflow.queue.view(), at: Date.now()});
	}, failed);
	const read = {prompts, runs, queue};
	const unwatch = workflow.watch(what => void read[what]());
	const first = Promise.all([prompts(), runs(), queue()]).then(() => undefined);
	return {
		/** Resolves when all of it has been read once, or could not be. */
		first,
		/**
		 * Reads prompts and runs again. Once it has resolved, the rows, and the keys that work on them,
		 * know of everything that was stored before the call.
		 */
		async readAgain(): Promise<void> {
			await Promise.all([prompts(), runs()]);
		},
		close() {
			closed = true;
			unwatch();
		},
	};
}

/**
 * Calls that come while one is under way become one more call after it. Each resolves when a
 * task that began after the call has ended, well or not.
 */
function inTurn(task: () => Promise<void>, onError: (error: unknown) => void): () => Promise<void> {
	let current: Promise<void> | undefined;
	let next: Promise<void> | undefined;
	const start = () => {
		current = task()
			.catch(onError)
			.finally(() => {
				current = undefined;
			});
		return current;
	};

	return () => {
		if (current) {
			next ??= current.then(() => {
				next = undefined;
				return start();
			});
		}

		return next ?? start();
	};
}
