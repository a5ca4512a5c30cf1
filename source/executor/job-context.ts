import {timeLimitOf} from '../domain/batch.js';
import type {Failure} from '../domain/failure.js';
import type {Run} from '../domain/types.js';
import type {HostSession} from './host-session.js';
import type {RunWatcher} from './run-watcher.js';

/** What a run's document says of its result, or why it is none. */
export type TakenResult = {failure: Failure} | {record: {resultPromptId?: string}};

/** The output of a job, kept at home, and each run's part of it. */
export type JobLog = {
	append: (chunk: Buffer) => Promise<void>;
	/** Bytes: where the job's output goes on after a lost line. */
	size: () => Promise<number>;
	/**
	 * Called when the output has ended. Resolves when each run has its part, and all of it would
	 * outlive a power cut.
	 */
	settle: () => Promise<void>;
	/** The end of a run's part, as text. */
	tailOf: (runId: string) => Promise<string>;
	/** How many runs the job has begun to work on, in their order. */
	begun: () => Promise<number>;
};

/** The place at home of the runs of a job, given by whoever keeps the store. */
export type JobStore = {
	/** Folder of a run's log, spec and outputs. */
	folderOf: (runId: string) => string;
	/** Changes stored runs, all or none; resolves when they are on the disk. */
	update: (runIds: readonly string[], change: (run: Run) => Run) => Promise<Run[]>;
	/** Writes a small file into a run's folder. */
	writeFile: (runId: string, name: string, text: string) => Promise<void>;
	/**
	 * Takes the result out of the outputs, which are home, for what it is meant: a text becomes a
	 * prompt. May be repeated after our death; nothing is done twice.
	 */
	takeResult: (run: Run) => Promise<TakenResult>;
	log: JobLog;
	/** ISO 8601, home's clock. */
	now: () => string;
};

/** What the work on a job, of one run or of several, has around it. */
export type JobContext = {
	session: HostSession;
	jobStore: JobStore;
	watcher: RunWatcher;
	/** Environment for the job; may hold secrets. */
	env: Readonly<Record<string, string>>;
	startedBy: string;
	/** Aborting it ends the job on the host and records `cancelled`. */
	signal: AbortSignal;
};

/** Seconds between TERM and KILL when a job is cancelled. */
export const grace = 10;

/**
 * Seconds in which a lost line is waited for. Beyond a job's time limit nothing can still be
 * running, and some time is left to hear of its end.
 */
export function patienceFor(runs: readonly Run[]): number {
	return timeLimitOf(runs) + 600;
}

/** Changes stored runs and tells the watcher. */
export async function changeRuns(
	{jobStore, watcher}: JobContext,
	runs: readonly Run[],
	next: (run: Run) => Run,
): Promise<Run[]> {
	const changed = await jobStore.update(
		runs.map(({id}) => id),
		next,
	);
	for (const run of changed) {
		watcher.onChange?.(run);
	}

	return changed;
}

/** Changes one stored run and tells the watcher. */
export async function changeRun(
	context: JobContext,
	run: Run,
	next: (run: Run) => Run,
): Promise<Run> {
	const [changed] = await changeRuns(context, [run], next);
	return changed as Run;
}
