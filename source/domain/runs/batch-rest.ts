import {findCause} from '../failures/find-cause.js';
import type {Values} from '../models/family.js';
import type {BatchModel} from '../models/model-job.js';
import type {Operation} from '../settings/settings.js';
import type {Run} from '../types.js';
import {type BatchEnd, placeOf} from './batch.js';
import {isUnfinished} from './run-status.js';

/** What is left of a batch that one of its runs has ended. */
export type BatchRest = {
	/** The run that failed by itself; the first, where several processes have failed at once. */
	failed: Run;
	/** The other runs without a result: at least one. */
	rest: Run[];
	/** The run that their job is named after: one that no job has been named after before. */
	lead: string;
};

/** The exit codes from here on are those of the time limit, the engine and signals. */
const firstForeignCode = 124;

type Ended = Omit<BatchEnd, 'failed' | 'blamed'>;

type Signs = Pick<BatchModel<Operation>, 'fails' | 'elsewhere'>;

/** What is known of a run's result on the host. */
type IsWhole = (run: Run) => Promise<boolean>;

/**
 * Finds the runs that have ended their job, by their own words or those of the process that worked on them.
 * Empty where it was a signal, the time limit or the host, or where nobody knows.
 * @param reports what each of several processes said that it ended with, by its number; the log may have
 * only what the first one says
 * @returns by id, the words of each
 */
export async function findFailed(
	{exit, failure, runs, begun, tailOf}: Ended,
	{fails, elsewhere}: Signs,
	reports: ReadonlyMap<number, string>,
	isWhole: IsWhole,
): Promise<Map<string, string>> {
	const {code, oomKilled} = exit;
	const failed = new Map<string, string>();
	const [atWork] = begun.now.values();
	// Before any has begun, the log belongs to all of them.
	const first = runs.find(run => placeOf(run) === atWork) ?? runs[0];
	if (code === 0 || code >= firstForeignCode || oomKilled || exit.failure || failure || !first) {
		return failed;
	}

	const tail = await tailOf(first.id);
	const lines = tail.split(/[\n\r]/);
	const add = async (place: number | undefined, words: string) => {
		const run = runs.find(one => placeOf(one) === place);
		if (run && isUnfinished(run.status) && !(await isWhole(run))) {
			failed.set(run.id, words);
		}
	};
	const nameIn = (line: string | undefined) => fails?.exec(line ?? '')?.groups?.index;
	const named = lines.findLast(line => nameIn(line) !== undefined);
	if (named !== undefined) {
		await add(Number(nameIn(named)), tail);
	}

	for (const [rank, words] of reports) {
		const name = nameIn(words);
		if (name !== undefined && name !== nameIn(named)) {
			await add(Number(name), words);
		} else if (name === undefined && !elsewhere?.test(words)) {
			await add(await atRank(rank, words), words);
		}
	}

	// The words of the process that has ended the others are the last error's.
	if (failed.size === 0 && named === undefined && reports.size === 0) {
		const rank = Number(/^\[rank(\d+)\]: [\w.]*(?:Error|Exception)\b/m.exec(tail)?.[1] ?? 0);
		if (!lines.some(line => elsewhere?.test(line))) {
			await add(await atRank(rank, tail), tail);
		}
	}

	/** The place of the run that a process worked on, or whose input it could not read. */
	async function atRank(rank: number, words: string): Promise<number | undefined> {
		const own = begun.now.get(rank);
		const run = runs.find(one => placeOf(one) === own);
		if (run && isUnfinished(run.status) && !(await isWhole(run))) {
			return own;
		}

		// The inputs are read before a run begins. The other processes have begun theirs, in the same order.
		const [[otherRank, place] = [0, -1]] = begun.now;
		const next = own === undefined ? place + rank - otherRank : own + 1;
		const isInOrder = own === undefined || begun.now.size === 1;
		const isSingle = runs.every(({settings}) => ((settings as Values).outputs ?? 1) === 1);
		return isInOrder && (isSingle || begun.now.size < 2) && !begun.all.has(next) && isRefused(words)
			? next
			: undefined;
	}

	return failed;
}

/**
 * Finds the runs of an ended job that can run without those that have ended it. Undefined where there are none, where it
 * was something that they would meet as well, such as too little memory, or where nobody knows: an
 * unknown error counts as a run's own only if the log names the run, or the job has made a result.
 * @param failed the runs that have ended it, with their words
 */
export async function findRest(
	{runs, begun}: Ended,
	failed: ReadonlyMap<string, string>,
	{fails}: Signs,
	isWhole: IsWhole,
): Promise<BatchRest | undefined> {
	const first = runs.find(({id}) => failed.has(id));
	if (!first) {
		return undefined;
	}

	const rest: Run[] = [];
	let hasResult = false;
	for (const run of runs) {
		const isOpen = isUnfinished(run.status) && run.status !== 'downloading' && !failed.has(run.id);
		const isBegun = begun.all.has(placeOf(run));
		const isDone = isBegun && (!isOpen || (await isWhole(run)));
		hasResult ||= isDone && !failed.has(run.id) && run.status !== 'failed';
		if (isOpen && !isDone && (!isBegun || isAtWork(run))) {
			rest.push(run);
		}
	}

	/** What has been passed by has failed by itself, without an end of the job. */
	function isAtWork(run: Run): boolean {
		return [...begun.now.values()].includes(placeOf(run));
	}

	const isOwn = (words: string) => {
		const {known, line} = findCause(words, {isTransfer: true, savesMemory: ''}, true);
		const isNamed = words.split(/[\n\r]/).some(one => fails?.test(one));
		return known
			? known.reason === 'guardrail' || known.reason === 'rejected-input'
			: line !== '' && (isNamed || hasResult);
	};
	const used = new Set(
		runs.flatMap(({batch, restarts = []}) => [batch?.id, ...restarts.map(one => one.batch.id)]),
	);
	const lead = [...rest, first].find(({id}) => !used.has(id));
	return rest.length > 0 && lead && [...failed.values()].every(isOwn)
		? {failed: first, rest, lead: lead.id}
		: undefined;
}

/** Whether a process has ended at an input. */
function isRefused(words: string): boolean {
	const {known} = findCause(words, {isTransfer: true, savesMemory: ''}, true);
	return known?.reason === 'rejected-input';
}

/** A run of the rest as it starts again in another container: alone, or in the batch of the rest. */
export function restartRun(
	run: Run,
	{failed, rest, lead}: BatchRest,
	exit: {code: number; oomKilled: boolean},
	at: string,
): Run {
	const {batch, waitingFor: _, ...common} = run;
	const index = rest.findIndex(({id}) => id === run.id);
	const isAlone = rest.length === 1 && lead === run.id;
	return {
		...common,
		...(!isAlone && {batch: {id: lead, index, size: rest.length}}),
		...(batch && {
			restarts: [...(run.restarts ?? []), {batch: {...batch, exit}, failed: failed.id, at}],
		}),
		status: 'uploading',
		times: {uploading: at},
	} as Run;
}
