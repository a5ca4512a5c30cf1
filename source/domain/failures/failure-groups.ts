import {isUnfinished} from '../runs/run-status.js';
import type {Run, ShownRun} from '../types.js';
import type {FailureReason} from './failure.js';

/** Marks failed runs that nobody has to look at any more. */
export const ignoredTag = 'ignored';

/** A run that failed. */
export type FailedRun = Extract<Run, {status: 'failed' | 'uncollected'}>;

/** Failed runs of one reason. */
export type FailureGroup = {
	reason: FailureReason;
	/** Newest first. */
	runs: readonly FailedRun[];
};

/**
 * Failures that are still open, by reason, the most frequent first: without those that a person ignores, and
 * without those after which the same has been started again, or has completed.
 * @param runs newest first
 */
export function groupFailures(runs: readonly ShownRun[]): FailureGroup[] {
	const settled = new Set<string>();
	const groups = new Map<FailureReason, FailedRun[]>();
	for (const {run, shown} of runs) {
		const key = subjectOf(run);
		if (run.status === 'failed' || run.status === 'uncollected') {
			const isOpen = !settled.has(key) && !run.tags?.includes(ignoredTag);
			if (isOpen) {
				const {reason} = run.failure;
				const group = groups.get(reason) ?? [];
				group.push(run);
				groups.set(reason, group);
			}

			// Of several failures of the same, the newest counts.
			settled.add(key);
		} else if (shown === 'completed' || isUnfinished(shown)) {
			settled.add(key);
		}
	}

	return [...groups]
		.map(([reason, failed]) => ({reason, runs: failed}))
		.sort((a, b) => b.runs.length - a.runs.length);
}

/** What a run is about: a prompt, or the video of an upscale; in a sweep, at one of its points. */
export function subjectOf({operation, model, promptId, inputs, sweep}: Run): string {
	return JSON.stringify([operation, model, promptId ?? inputs[0]?.path, sweep?.axes]);
}
