import {leadOf} from '../../domain/runs/batch.js';
import type {ShownRun} from '../../domain/types.js';
import {canStop} from '../../state/selectors.js';

/** The other runs that end when these are stopped: they share a container with one of them. */
export function findBatchMates(
	asked: readonly ShownRun[],
	runs: readonly ShownRun[],
): readonly ShownRun[] {
	const stopped = asked.filter(canStop).map(({run}) => run);
	return runs.filter(
		shown =>
			canStop(shown) &&
			stopped.some(run => leadOf(run) === leadOf(shown.run)) &&
			!stopped.some(({id}) => id === shown.run.id),
	);
}
