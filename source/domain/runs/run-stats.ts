import {median, percentile} from '../quantiles.js';
import {containersOf, workSeconds} from '../queue/expected-wait.js';
import type {Operation} from '../settings/settings.js';
import type {Run} from '../types.js';

/** How long the completed runs of one kind took, in seconds. */
export type OperationStats = {
	operation: Operation;
	/** The family, whose times are not those of another. */
	model: string;
	/** Runs of the demo model, which say nothing of a GPU's. */
	simulated: boolean;
	/** Runs that the times are taken from. */
	runs: number;
	median: number;
	/** Nine of ten took no longer. */
	p90: number;
};

/** What became of the runs that ended on one day of the reader's calendar. */
export type DayStats = {
	/** `2026-11-24` */
	day: string;
	completed: number;
	/** `uncollected` ones too: nothing was downloaded. */
	failed: number;
	cancelled: number;
};

export type RunStats = {
	/** By operation and family; only those with a completed run. */
	operations: OperationStats[];
	/** Oldest first, without a gap; the last one is today. */
	days: DayStats[];
};

/**
 * Durations and success of the runs that ended in the last days, today counted. A run's time is
 * from its upload to its download, without the wait for the slot; runs of a batch share their
 * container's time alike, and count when all of them have completed.
 * @param now milliseconds since 1970
 * @param count days, at least 1
 */
export function statsOf(runs: readonly Run[], now: number, count: number): RunStats {
	const days = new Map<string, DayStats>();
	for (let back = count - 1; back >= 0; back--) {
		const date = new Date(now);
		// Not by hours: some days have 23 or 25.
		const day = dayOf(new Date(date.getFullYear(), date.getMonth(), date.getDate() - back));
		days.set(day, {day, completed: 0, failed: 0, cancelled: 0});
	}

	const recent: Run[] = [];
	for (const run of runs) {
		const outcome = outcomes[run.status];
		const day = days.get(dayOf(new Date(run.times.ended ?? run.createdAt)));
		if (outcome && day) {
			day[outcome]++;
			recent.push(run);
		}
	}

	return {operations: operationsOf(recent), days: [...days.values()]};
}

type Outcome = 'completed' | 'failed' | 'cancelled';

/** What a run that has ended counts as. */
const outcomes: Record<Run['status'], Outcome | undefined> = {
	pending: undefined,
	uploading: undefined,
	starting: undefined,
	running: undefined,
	downloading: undefined,
	completed: 'completed',
	failed: 'failed',
	uncollected: 'failed',
	cancelled: 'cancelled',
};

/** Midnight before the first of so many days, today counted; milliseconds since 1970. */
export function startOfDays(now: number, count: number): number {
	const date = new Date(now);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate() - count + 1).getTime();
}

function dayOf(date: Date): string {
	const two = (value: number) => String(value).padStart(2, '0');
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function operationsOf(runs: readonly Run[]): OperationStats[] {
	type Kind = Pick<OperationStats, 'operation' | 'model' | 'simulated'>;
	const times = new Map<string, {kind: Kind; seconds: number[]}>();
	for (const container of containersOf(runs.map(run => ({run})))) {
		const whole = workSeconds(container.map(({run}) => run));
		for (const {run} of whole === undefined ? [] : container) {
			const {operation, model, simulated} = run;
			const key = `${operation} ${model} ${simulated}`;
			const found = times.get(key) ?? {kind: {operation, model, simulated}, seconds: []};
			found.seconds.push((whole as number) / container.length);
			times.set(key, found);
		}
	}

	return [...times.entries()]
		.toSorted(([one], [two]) => one.localeCompare(two))
		.map(([, {kind, seconds}]) => ({
			...kind,
			runs: seconds.length,
			median: median(seconds),
			p90: percentile(seconds, 0.9),
		}));
}
