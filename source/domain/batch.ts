import type {Failure} from './failure.js';
import {explainExit, explainMissing, type JobExit} from './run-status.js';
import type {Run} from './types.js';

/** The run that a job is named after on its host: the first of a batch, or the run itself. */
export function leadOf({id, batch}: Pick<Run, 'id' | 'batch'>): string {
	return batch?.id ?? id;
}

/** Seconds that a job of these runs or tasks gets. */
export function timeLimitOf(runs: ReadonlyArray<{settings: {timeLimit: number}}>): number {
	return runs.reduce((sum, {settings}) => sum + settings.timeLimit, 0);
}

/** `2 of 3`; empty for a single run. */
export function placeInBatch({batch}: Pick<Run, 'batch'>): string {
	return batch ? `${batch.index + 1} of ${batch.size}` : '';
}

/** Why a run started again, for people: a text for each time. */
export function restartTexts({restarts = []}: Pick<Run, 'restarts'>): string[] {
	return restarts.map(
		({batch, failed}) =>
			`its container (${placeInBatch({batch})}, of ${batch.id}) ended with ${batch.exit?.code} at ${failed}`,
	);
}

/** How the job of a batch ended, and how far it got. */
export type BatchEnd = {
	exit: JobExit;
	/** Why the job ended, if more is known than its exit. */
	failure?: Failure;
	/** Every run of the batch. */
	runs: readonly Run[];
	/** How many of them the job has started. */
	begun: number;
	/** The first run without a result because of that end; undefined until it is known. */
	blamed?: Run;
	/** The end of a run's part of the log. */
	tailOf: (runId: string) => Promise<string>;
};

/** Whether the end of the job may be the reason that a run has no result. */
export function isHitByEnd({batch}: Run, {exit, begun}: BatchEnd): boolean {
	return exit.code !== 0 && (batch?.index ?? 0) >= begun - 1;
}

/**
 * Why a run of a batch has no result.
 * @param result the file that is missing
 */
export async function explainLine(run: Run, result: string, end: BatchEnd): Promise<Failure> {
	const {exit, runs, begun, blamed} = end;
	if (!isHitByEnd(run, end)) {
		return explainMissing(result, await end.tailOf(run.id), exit.code);
	}

	const failure =
		end.failure ?? explainExit(exit, await end.tailOf(atWork(end).id), timeLimitOf(runs), run);
	return begun === 0 || blamed === undefined ? failure : notReached(failure, blamed);
}

/** The run that the job worked on last. */
function atWork({runs, begun}: BatchEnd): Run {
	const index = Math.max(0, begun - 1);
	return runs.find(({batch}) => batch?.index === index) ?? (runs[0] as Run);
}

function notReached(failure: Failure, blamed: Run): Failure {
	return {
		reason: 'no-output',
		message: `not started: its batch ended at ${blamed.promptName} (${placeInBatch(blamed)}, ${blamed.id}): ${failure.message}`,
		hint: 'This run itself had no problem; run it again.',
	};
}
