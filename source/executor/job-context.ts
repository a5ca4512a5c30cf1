import type {Failure} from '../domain/failures/failure.js';
import {timeLimitOf} from '../domain/runs/batch.js';
import type {Begun} from '../domain/runs/batch-parts.js';
import type {Measures} from '../domain/runs/measures.js';
import {isUnfinished} from '../domain/runs/run-status.js';
import type {OutputFile, Run} from '../domain/types.js';
import type {HostSession} from './host-session.js';
import type {Place} from './place.js';
import type {RunWatcher} from './run-watcher.js';

/** The result of a run, or why there is none. */
export type TakenResult =
	| {failure: Failure}
	| {record: {resultPromptId?: string; measures?: Measures; pick?: boolean}};

/** The local output of a job, and each run's part of it. */
export type JobLog = {
	append: (chunk: Buffer) => Promise<void>;
	/** Bytes: where the job's output resumes after a lost connection. */
	size: () => Promise<number>;
	/**
	 * Called when the output has ended. Resolves when each run has its part, and all of it would
	 * outlive a power cut.
	 */
	settle: () => Promise<void>;
	/** The end of a run's part, as text. */
	tailOf: (runId: string) => Promise<string>;
	/** The runs that the job has started. */
	begun: () => Promise<Begun>;
	/** Empties the parts of runs, which are to start again. */
	empty: (runIds: readonly string[]) => Promise<void>;
};

/** The local files and records of the runs of a job. */
export type JobStore = {
	/** Folder of a run's log, spec and outputs. */
	folderOf: (runId: string) => string;
	read: (runIds: readonly string[]) => Promise<Run[]>;
	/** Changes stored runs, all or none; resolves when they are on the disk. */
	update: (runIds: readonly string[], change: (run: Run) => Run) => Promise<Run[]>;
	/** Writes a small file into a run's folder. */
	writeFile: (runId: string, name: string, text: string) => Promise<void>;
	/**
	 * Uses the result in the local outputs: a text becomes a
	 * prompt, a picture is looked at. May be repeated after a crash; nothing is done twice.
	 */
	takeResult: (run: Run, outputs: readonly OutputFile[]) => Promise<TakenResult>;
	log: JobLog;
	/** ISO 8601, this machine's clock. */
	now: () => string;
};

/** The context of a job, with one run or several. */
export type JobContext = {
	session: HostSession;
	jobStore: JobStore;
	watcher: RunWatcher;
	/** Environment for the job; may hold secrets. */
	env: Readonly<Record<string, string>>;
	startedBy: string;
	/** Whether inputs on the host are read, whatever the records of their hashes say. @default false */
	verifyInputs?: boolean;
	/** Aborting it ends the job on the host and records `cancelled`. */
	signal: AbortSignal;
	place: Place;
};

/** Seconds between TERM and KILL when a job is cancelled. */
export const grace = 10;

/**
 * Seconds to wait for a lost connection. Beyond a job's time limit nothing can still be
 * running, and some time is left to learn of its end.
 */
export function patienceFor(runs: readonly Run[]): number {
	return timeLimitOf(runs) + 600;
}

/** Seconds that a host may be silent before a job that has not had its turn goes to another one. */
const movePatience = 15;

/** Seconds to wait for a connection that is lost before a job's turn. @param seconds where it has no other host */
export function beforeTurn({place}: JobContext, seconds: number): number {
	return place.hasOtherHosts ? movePatience : seconds;
}

/** Changes stored runs and notifies the watcher. */
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

/** As `changeRuns`, but runs that have ended stay as they are: those of a batch may end before its job does. */
export async function changeOpenRuns(
	context: JobContext,
	runs: readonly Run[],
	next: (run: Run) => Run,
): Promise<Run[]> {
	return changeRuns(context, runs, stored => (isUnfinished(stored.status) ? next(stored) : stored));
}

/** Changes one stored run and notifies the watcher. */
export async function changeRun(
	context: JobContext,
	run: Run,
	next: (run: Run) => Run,
): Promise<Run> {
	const [changed] = await changeRuns(context, [run], next);
	return changed as Run;
}
