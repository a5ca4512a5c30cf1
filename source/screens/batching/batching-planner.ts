import {hintOf, messageOf} from '../../domain/errors.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import type {Event} from '../../state/event.js';
import type {QueueView} from '../../workflow/queue/queue-types.js';
import type {Workflow} from '../../workflow/workflow-types.js';
import type {BatchingChoice, BatchingView} from './batching-lines.js';

/** Plans what the open dialog of smart batching asks for, anew after every change of the queue. */
export function createBatchingPlanner(workflow: Workflow, dispatch: (event: Event) => void) {
	let planned: {choice: BatchingChoice; queue: QueueView | undefined} | undefined;

	async function plan(choice: BatchingChoice): Promise<BatchingView> {
		try {
			return {state: 'made', plan: await workflow.queue.plan(choice)};
		} catch (error) {
			return {state: 'failed', message: messageOf(error), hint: hintOf(error)};
		}
	}

	return {
		follow({overlay, queue}: DashboardState) {
			if (overlay?.kind !== 'batching') {
				planned = undefined;
				return;
			}

			const {choice} = overlay;
			if (planned?.choice === choice && planned.queue === queue) {
				return;
			}

			const asked = {choice, queue};
			planned = asked;
			plan(choice).then(view => {
				// An older plan may come after a newer one.
				if (planned === asked) {
					dispatch({type: 'batching-view', view});
				}
			});
		},
	};
}
