import {median} from '../quantiles.js';
import {leadOf} from '../runs/batch.js';
import {activeControls} from '../settings/settings.js';
import {formatDuration} from '../text-format.js';
import type {Run, RunTask} from '../types.js';
import {
	isComputing,
	type Job,
	type JobPart,
	type Queue,
	type SlotsFor,
	slotKey,
	slotsOfJob,
	stepOf,
} from './job.js';

/** What decides how long a run takes. */
export type Measured = {
	task: RunTask;
	host: string;
	/** Frames of the video, if the prompt has them; otherwise its bytes are used instead. */
	frames?: number;
};

/** Runs of one kind that are used; the machine may have changed since older ones. */
const newest = 5;

/** Seconds that a container of a kind has taken before; undefined without history. */
export type History = (parts: readonly Measured[]) => number | undefined;

/**
 * Learns from completed runs how long similar ones take, from the upload to the download,
 * without the wait for the slot.
 * @param runs newest first
 */
export function historyOf(runs: ReadonlyArray<Measured & {run: Run}>): History {
	const times = new Map<string, number[]>();
	for (const container of containersOf(runs)) {
		const took = workSeconds(container.map(({run}) => run));
		if (took !== undefined) {
			const key = keyOf(container);
			times.set(key, [...(times.get(key) ?? []), took].slice(0, newest));
		}
	}

	return parts => {
		const known = times.get(keyOf(parts));
		return known && median(known);
	};
}

/** The runs of each container that has completed whole. */
export function containersOf<T extends {run: Run}>(runs: readonly T[]): T[][] {
	const completed = runs.filter(({run}) => run.status === 'completed');
	const groups = Map.groupBy(completed, ({run}) => leadOf(run));
	return [...groups.values()].filter(group => group.length === (group[0]?.run.batch?.size ?? 1));
}

function keyOf(parts: readonly Measured[]): string {
	return JSON.stringify(parts.map(likeness).sort());
}

function likeness({task, host, frames}: Measured): string {
	const length = frames ?? task.inputs.find(({role}) => role === 'color')?.size;
	if (task.operation !== 'transfer') {
		return JSON.stringify([host, task.operation, task.model, length]);
	}

	const {settings} = task;
	return JSON.stringify([
		host,
		task.operation,
		task.model,
		task.mode,
		length,
		settings.distilled ? 1 : settings.steps,
		activeControls(settings),
		// What else decides how much there is to do, where a family has it.
		...['checkpoint', 'resolution', 'frames', 'outputs'].map(key => settings[key] ?? null),
	]);
}

/**
 * Seconds from the upload to the download, without the wait for the slot; undefined if the
 * times do not show it.
 * @param runs those of one container
 */
export function workSeconds(runs: readonly Run[]): number | undefined {
	const at = (text: string | undefined) => (text === undefined ? Number.NaN : Date.parse(text));
	const first = (key: 'uploading' | 'starting' | 'running') =>
		Math.min(...runs.map(({times}) => at(times[key])));
	const ended = Math.max(...runs.map(({times}) => at(times.ended)));
	const seconds = (first('starting') - first('uploading') + ended - first('running')) / 1000;
	return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

export type Expected = {
	/** Seconds that the job takes, or the remaining ones if it is running. */
	takes?: number;
	/** Seconds until it starts. */
	wait?: number;
};

/** `in 12:40`, or `12:40 left` for a running one; empty if unknown. */
export function waitText({shown, wait, takes}: Expected & {shown: string}): string {
	if (shown === 'working') {
		return takes === undefined ? '' : `${formatDuration(takes)} left`;
	}

	return wait === undefined ? '' : wait < 1 ? 'next' : `in ${formatDuration(wait)}`;
}

/**
 * When each waiting job may be expected to start, as far as those before it on its slots are
 * known. None for jobs that are held or depend on another: their start is unknown.
 * @param takes seconds that a job takes; undefined if unknown
 * @param now milliseconds since 1970
 */
export function estimateWaits(
	queue: Queue,
	takes: (job: Job) => number | undefined,
	now: number,
	slotsFor: SlotsFor,
): Map<string, Expected> {
	const found = new Map<string, Expected>();
	/** Seconds until each slot is free; undefined if a job on it has no estimate. */
	const free = new Map<string, number | undefined>();
	const inOrder = [
		...queue.jobs.filter(isComputing),
		...queue.jobs.filter(job => job.status === 'waiting' || stepOf(job) === 'preparing'),
	];
	for (const job of inOrder) {
		const whole = takes(job);
		if (job.status === 'working' && isComputing(job)) {
			const gone = (now - Date.parse(job.since ?? job.startedAt ?? '')) / 1000;
			const rest = whole === undefined ? undefined : Math.max(0, whole - gone);
			free.set(slotKey(job), rest);
			found.set(job.id, {takes: rest});
			continue;
		}

		const slot = firstFree(slotsOfJob(job, slotsFor), free);
		if (job.after === undefined && !job.parts.some(isUpscaleOfJob)) {
			const wait = free.has(slot) ? free.get(slot) : 0;
			found.set(job.id, {takes: whole, wait: queue.paused ? undefined : wait});
			free.set(slot, wait === undefined || whole === undefined ? undefined : wait + whole);
		} else {
			found.set(job.id, {takes: whole});
			free.set(slot, undefined);
		}
	}

	return found;
}

/** The slot that is free first; one without an estimate only if there is no other. */
function firstFree(
	slots: readonly string[],
	free: ReadonlyMap<string, number | undefined>,
): string {
	const until = (slot: string) =>
		free.has(slot) ? (free.get(slot) ?? Number.POSITIVE_INFINITY) : 0;
	return slots.toSorted((a, b) => until(a) - until(b))[0] ?? '';
}

function isUpscaleOfJob({request}: JobPart): boolean {
	return 'ofJob' in request;
}
