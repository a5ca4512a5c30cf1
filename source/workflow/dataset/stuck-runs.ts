import {stat} from 'node:fs/promises';
import type {Run} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {logPath} from '../job-store.js';

/** Milliseconds between two looks at most. */
const longestPause = 60_000;

export type StuckWatch = {
	/** Runs that were stopped. */
	stopped: ReadonlySet<string>;
	end: () => void;
};

/**
 * Stops runs whose logs have not grown for some minutes.
 * @param minutes undefined: none is stopped
 * @param isOurs says whether a job is looked at
 * @param stop ends a run
 */
export function watchStuckRuns(
	store: Store,
	{
		minutes,
		isOurs,
		stop,
		onNotice,
	}: {
		minutes: number | undefined;
		isOurs: (jobId: string) => boolean;
		stop: (runId: string) => Promise<Run>;
		onNotice: (text: string) => void;
	},
): StuckWatch {
	const stopped = new Set<string>();
	if (minutes === undefined) {
		return {stopped, end: () => undefined};
	}

	const limit = minutes * 60_000;
	async function look(): Promise<void> {
		const runs = await store.listRuns({
			matches: ({run, shown}) => shown === 'running' && isOurs(run.jobId ?? ''),
		});
		for (const {run} of runs) {
			const written = (await stat(logPath(store, run.id))).mtimeMs;
			if (Date.now() - written > limit && !stopped.has(run.id)) {
				stopped.add(run.id);
				onNotice(`${run.id} has had no new output for ${minutes} min: stopped`);
				await stop(run.id);
			}
		}
	}

	// What cannot be read or stopped now is looked at again.
	const timer = setInterval(() => look().catch(() => undefined), Math.min(longestPause, limit / 4));
	return {stopped, end: () => clearInterval(timer)};
}
