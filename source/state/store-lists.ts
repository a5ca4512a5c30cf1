import {messageOf} from '../domain/errors.js';
import type {Workflow} from '../workflow/workflow-types.js';
import type {Action} from './actions.js';

/** Runs and prompts that the lists hold, newest first; older ones are in `cosmos list`. */
const mostRows = 1000;

/** Reads the lists anew after every change by any process. */
export function watchLists(workflow: Workflow, dispatch: (action: Action) => void) {
	let closed = false;
	const send = (action: Action) => {
		if (!closed) {
			dispatch(action);
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
		send({type: 'queue-read', view: await workflow.queue.view()});
	}, failed);
	const read = {prompts, runs, queue};
	const unwatch = workflow.watch(what => read[what]());
	prompts();
	runs();
	queue();
	return {
		/** Reads the runs again: those of this process have changed hands. */
		readRuns: runs,
		close() {
			closed = true;
			unwatch();
		},
	};
}

/** Calls that come while one is under way become one more call after it. */
function inTurn(task: () => Promise<void>, onError: (error: unknown) => void): () => void {
	let busy = false;
	let again = false;
	const start = () => {
		if (busy) {
			again = true;
			return;
		}

		busy = true;
		task()
			.catch(onError)
			.finally(() => {
				busy = false;
				if (again) {
					again = false;
					start();
				}
			});
	};

	return start;
}
