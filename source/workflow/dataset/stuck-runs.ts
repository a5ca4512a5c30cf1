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
 * @param clock milliseconds that no change of the system's time moves, and that do not pass while the machine sleeps
 */
export function watchStuckRuns(
	store: Store,
	{
		minutes,
		isOurs,
		stop,
		onNotice,
		clock = () => performance.now(),
	}: {
		minutes: number | undefined;
		isOurs: (jobId: string) => boolean;
		stop: (runId: string) => Promise<Run>;
		onNotice: (text: string) => void;
		clock?: () => number;
	},
): StuckWatch {
	const stopped = new Set<string>();
	if (minutes === undefined) {
		return {stopped, end: () => undefined};
	}

	const limit = minutes * 60_000;
	/** The size of each log, and since when it has been seen with it. */
	const seen = new Map<string, {size: number; since: number}>();
	async function look(): Promise<void> {
		const runs = await store.listRuns({
			matches: ({run, shown}) => shown === 'running' && isOurs(run.jobId ?? ''),
		});
		for (const {run} of runs) {
			// One that has printed nothing has no file.
			const size = (await stat(logPath(store, run.id)).catch(() => undefined))?.size ?? 0;
			const before = seen.get(run.id);
			if (before?.size !== size) {
				seen.set(run.id, {size, since: clock()});
			} else if (clock() - before.since > limit && !stopped.has(run.id)) {
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
