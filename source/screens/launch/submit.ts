import type {DashboardState, Step} from '../../state/dashboard-state.js';
import type {OverlayOf} from '../../state/overlay.js';
import {findBatchObstacle} from './batch-obstacle.js';
import {hasProblems, type LaunchForm, launchesOf} from './launch-form.js';

export const isTogether = ({target}: LaunchForm) =>
	target.operation === 'transfer' && target.together;

/** Submits a form once, when it can be launched: from itself, or from the page of what will run. */
export function submit(
	state: DashboardState,
	overlay: OverlayOf<'launch'> | OverlayOf<'plan'>,
	how: 'launch' | 'queue',
): Step {
	const {form} = overlay;
	if (form.submitted || hasProblems(form) || findBatchObstacle(form) !== undefined) {
		return [state];
	}

	const submitted = {...overlay, form: {...form, submitted: true, refusal: ''}};
	const launches = launchesOf(form);
	const requests = launches.map(({request}) => request);
	const request = {requests, together: isTogether(form)};
	return [
		{...state, overlay: submitted},
		how === 'queue'
			? {kind: 'queue-add', ...request}
			: {kind: 'launch', ...request, names: launches.map(({name}) => name)},
	];
}
