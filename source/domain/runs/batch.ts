import type {Failure} from '../failures/failure.js';
import type {Run} from '../types.js';
import type {Begun} from './batch-parts.js';
import {explainExit, explainMissing, type JobExit} from './run-status.js';

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
	/** What the job has started. */
	begun: Begun;
	/** Runs whose own failure ended the job, by id, each with the words that say it. */
	failed: ReadonlyMap<string, string>;
	/** The first run without a result because of that end; undefined until it is known. */
	blamed?: Run;
	/** The end of a run's part of the log. */
	tailOf: (runId: string) => Promise<string>;
};

export const placeOf = ({batch}: Pick<Run, 'batch'>): number => batch?.index ?? 0;

/** Whether the end of the job may be the reason that a run has no result. */
export function isHitByEnd(run: Run, {exit, begun}: BatchEnd): boolean {
	const place = placeOf(run);
	const isOver = begun.all.has(place) && ![...begun.now.values()].includes(place);
	return exit.code !== 0 && !isOver;
}

/**
 * Why a run of a batch has no result.
 * @param result the file that is missing
 */
export async function explainLine(run: Run, result: string, end: BatchEnd): Promise<Failure> {
	const {exit, runs, begun, failed, blamed} = end;
	if (!isHitByEnd(run, end)) {
		return explainMissing(result, await end.tailOf(run.id), exit.code);
	}

	const own = failed.get(run.id);
	if (own !== undefined) {
		return explainExit(exit, own, timeLimitOf(runs), run);
	}

	const first = runs.find(({id}) => failed.has(id));
	const words = failed.get(first?.id ?? '') ?? (await end.tailOf(atWork(end).id));
	const failure = end.failure ?? explainExit(exit, words, timeLimitOf(runs), run);
	const at = first ?? blamed;
	return begun.all.size === 0 || at === undefined
		? failure
		: unmade(failure, at, begun.all.has(placeOf(run)) ? 'finished' : 'started');
}

/** A run that the job worked on last. */
function atWork({runs, begun}: BatchEnd): Run {
	const places = [...begun.now.values()];
	return runs.find(run => places.includes(placeOf(run))) ?? (runs[0] as Run);
}

function unmade(failure: Failure, at: Run, how: 'finished' | 'started'): Failure {
	return {
		reason: 'no-output',
		message: `not ${how}: its batch ended at ${at.promptName} (${placeInBatch(at)}, ${at.id}): ${failure.message}`,
		hint: 'This run itself had no problem; run it again.',
	};
}
