import type {BatchEnd} from './batch.js';
import {findCause} from './find-cause.js';
import {isUnfinished} from './run-status.js';
import type {Run} from './types.js';

/** What is left of a batch that one of its runs has ended. */
export type BatchRest = {
	/** The run that failed by itself. */
	failed: Run;
	/** The runs after it without a result: at least one. */
	rest: Run[];
};

/** The exit codes from here on are those of the time limit, the engine and signals. */
const firstForeignCode = 124;

/**
 * Finds the run that has ended its job by a failure of its own, after which the others can run without it.
 * Undefined where it was something that they would meet as well, such as too little memory, or
 * where nobody knows: an unknown error counts as the run's own only if the log names the run, or the
 * job has made a result before.
 * @param fails the line that names the failed task, by its first group
 * @param isWhole whether the result of a run is complete on the host
 */
export async function findRest(
	{exit, failure, runs, begun, tailOf}: BatchEnd,
	fails: RegExp | undefined,
	isWhole: (run: Run) => Promise<boolean>,
): Promise<BatchRest | undefined> {
	const {code, oomKilled} = exit;
	const last = runs.find(({batch}) => batch?.index === begun - 1);
	if (code === 0 || code >= firstForeignCode || oomKilled || exit.failure || failure || !last) {
		return undefined;
	}

	const has = async (run: Run) => run.status === 'completed' || (await isWhole(run));
	const tail = await tailOf(last.id);
	const named = fails && tail.split(/[\n\r]/).findLast(line => fails.test(line));
	const index = named === undefined ? begun - 1 : Number(fails?.exec(named)?.[1]);
	const failed = runs.find(({batch}) => batch?.index === index);
	if (!failed || !isUnfinished(failed.status) || (await has(failed))) {
		return undefined;
	}

	const {known, line} = findCause(tail, {isTransfer: true, savesMemory: ''}, true);
	const isOwn = known
		? known.reason === 'guardrail' || known.reason === 'rejected-input'
		: line !== '' && (named !== undefined || (await someOf(before(runs, index), has)));
	if (!isOwn) {
		return undefined;
	}

	const rest: Run[] = [];
	for (const run of runs) {
		const {index: place = 0} = run.batch ?? {};
		const isOpen = place > index && isUnfinished(run.status) && run.status !== 'downloading';
		if (isOpen && (place >= begun || !(await isWhole(run)))) {
			rest.push(run);
		}
	}

	return rest.length === 0 ? undefined : {failed, rest};
}

function before(runs: readonly Run[], index: number): Run[] {
	return runs.filter(({batch}) => (batch?.index ?? 0) < index);
}

async function someOf(runs: readonly Run[], has: (run: Run) => Promise<boolean>): Promise<boolean> {
	for (const run of runs) {
		if (await has(run)) {
			return true;
		}
	}

	return false;
}

/** A run of the rest as it starts again in another container: alone, or in the batch of the rest. */
export function restartRun(
	run: Run,
	{failed, rest}: BatchRest,
	exit: {code: number; oomKilled: boolean},
	at: string,
): Run {
	const {batch, waitingFor: _, ...common} = run;
	const lead = rest[0]?.id ?? run.id;
	const index = rest.findIndex(({id}) => id === run.id);
	return {
		...common,
		...(rest.length > 1 && {batch: {id: lead, index, size: rest.length}}),
		...(batch && {
			restarts: [...(run.restarts ?? []), {batch: {...batch, exit}, failed: failed.id, at}],
		}),
		status: 'uploading',
		times: {uploading: at},
	} as Run;
}
