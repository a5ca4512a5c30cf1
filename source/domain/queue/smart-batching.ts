import {CosmosError} from '../errors.js';
import {batchKey} from '../models/families.js';
import {activeControls, type ControlName, controlNames} from '../settings/settings.js';
import type {TaskOf} from '../types.js';
import {
	isQueued,
	type Job,
	type JobPart,
	predecessorsOf,
	type Queue,
	slotKey,
	type Undo,
} from './job.js';
import {inOrder, rankBetween, rankOf, urgencyOf} from './queue-order.js';

/** Parts of one container start for jobs with one active control, with two, with more. */
export type BatchSizes = readonly [number, number, number];

export type BatchingOptions = {
	/** Also together what uses different controls: each line then says which ones it does without. */
	mixed: boolean;
	/** At most this many in a batch, whatever the sizes say. */
	max?: number;
	sizesOf: (host: string) => BatchSizes;
	/** What each part would run; undefined for what cannot share a container or cannot run now. */
	taskOf: (part: JobPart) => TaskOf<'transfer'> | undefined;
};

/** Jobs that become one, in their order. The first one's place is the batch's. */
export type BatchGroup = {
	jobs: readonly Job[];
	/** The controls that any of its parts uses. */
	controls: readonly ControlName[];
};

export type BatchingPlan = {
	/** Only groups of two jobs and more. */
	groups: readonly BatchGroup[];
	/** Container starts of all that wait, as it is and with the plan. */
	before: number;
	after: number;
};

/** A batch that still takes jobs. */
type Open = {jobs: Job[]; parts: number; controls: Set<ControlName>};

/**
 * Groups the waiting transfers of each slot that one process can do with its model loaded once.
 * First come, first served: in a group, and of the groups by their first members. Jobs that are
 * held or come after another are left alone.
 */
export function planBatches(queue: Queue, options: BatchingOptions): BatchingPlan {
	const all: Open[] = [];
	const open = new Map<string, Open>();
	for (const job of queue.jobs) {
		const tasks = tasksOf(job, options);
		if (!tasks) {
			continue;
		}

		const key = keyOf(job, tasks, options);
		if (key === undefined) {
			continue;
		}

		const group = open.get(key);
		const joined = group && withJob(group, job, tasks);
		if (group && joined && joined.parts <= sizeOf(joined, job.host, options)) {
			Object.assign(group, joined);
		} else {
			const fresh = withJob({jobs: [], parts: 0, controls: new Set()}, job, tasks);
			all.push(fresh);
			open.set(key, fresh);
		}
	}

	const groups = all
		.filter(({jobs}) => jobs.length > 1)
		.map(({jobs, controls}) => ({jobs, controls: controlNames.filter(name => controls.has(name))}));
	const before = queue.jobs.filter(isQueued).length;
	const saved = groups.reduce((sum, {jobs}) => sum + jobs.length - 1, 0);
	return {groups, before, after: before - saved};
}

function tasksOf(job: Job, {taskOf}: BatchingOptions): TaskOf<'transfer'>[] | undefined {
	const isFree =
		job.status === 'waiting' &&
		job.startedAt === undefined &&
		job.cancelRequestedAt === undefined &&
		predecessorsOf(job).length === 0;
	const tasks = isFree ? job.parts.map(taskOf) : [];
	return tasks.length > 0 && tasks.every(task => task !== undefined) ? tasks : undefined;
}

/** Equal for jobs that may share a container; undefined for one whose parts are already unlike. */
function keyOf(
	job: Job,
	tasks: readonly TaskOf<'transfer'>[],
	{mixed}: BatchingOptions,
): string | undefined {
	const keys = new Set(tasks.map(task => batchKey(task, mixed)));
	const [key] = keys;
	return keys.size === 1 && key !== undefined
		? `${slotKey(job)} ${urgencyOf(job)} ${key}`
		: undefined;
}

function withJob(group: Open, job: Job, tasks: readonly TaskOf<'transfer'>[]): Open {
	const used = tasks.flatMap(({settings}) => activeControls(settings));
	return {
		jobs: [...group.jobs, job],
		parts: group.parts + tasks.length,
		controls: new Set([...group.controls, ...used]),
	};
}

function sizeOf({controls}: Open, host: string, {sizesOf, max}: BatchingOptions): number {
	const [one, two, more] = sizesOf(host);
	const size = controls.size <= 1 ? one : controls.size === 2 ? two : more;
	return Math.min(size, max ?? size);
}

/**
 * Makes each group one job.
 * @throws CosmosError (usage) when a job has changed since the plan was made
 */
export function applyBatches(queue: Queue, {groups}: BatchingPlan): Queue {
	const planned = groups.flatMap(({jobs}) => jobs);
	const now = new Map(queue.jobs.map(job => [job.id, job]));
	const changed = planned.find(
		job => now.get(job.id)?.status !== 'waiting' || !samePartsIn(now.get(job.id), job),
	);
	if (changed) {
		throw new CosmosError(
			'changed-meanwhile',
			`the queue was changed by another process: ${changed.id}`,
			{
				hint: 'Nothing was merged. Try again.',
			},
		);
	}

	if (groups.length === 0) {
		return queue;
	}

	const merged = new Map(groups.map(group => [(group.jobs[0] as Job).id, group]));
	const taken = new Set(groups.flatMap(({jobs}) => jobs.slice(1).map(({id}) => id)));
	const jobs = queue.jobs
		.filter(({id}) => !taken.has(id))
		.map(job => {
			const parts = merged.get(job.id)?.jobs.flatMap(one => one.parts);
			return parts ? {...job, parts} : job;
		});
	const undo: Undo = {
		merged: [...merged.keys()],
		before: planned,
	};
	return {...queue, jobs, undo};
}

function samePartsIn(now: Job | undefined, planned: Job): boolean {
	const ids = (job: Job) => job.parts.map(({id}) => id).join(' ');
	return now !== undefined && ids(now) === ids(planned);
}

/**
 * Makes the jobs of the last optimisation single again, in their old order; those of a batch that a person
 * has moved since stay where it is.
 * @throws CosmosError (usage) when there is none, or one of its batches has started
 */
export function undoBatches(queue: Queue): Queue {
	const {undo, ...rest} = queue;
	if (!undo) {
		throw new CosmosError('not-found', 'there is no merge to undo', {
			hint: 'A merge can be undone until the first of its batches starts.',
		});
	}

	const before = new Map(undo.before.map(job => [job.id, job]));
	const jobs = rest.jobs.flatMap((job, index): Job[] => {
		const first = before.get(job.id);
		if (!undo.merged.includes(job.id) || !first || !isQueued(job)) {
			return [job];
		}

		// What happened to the batch since happened to each of its jobs.
		const {id: _, parts, rank, ...state} = job;
		const mine = new Set(parts.map(part => part.id));
		const isMoved = rankOf(job) !== rankOf(first) || urgencyOf(job) !== urgencyOf(first);
		const next = rest.jobs.slice(index + 1).find(one => urgencyOf(one) === urgencyOf(job));
		let place = rankOf(job);
		return [...before.values()]
			.filter(one => mine.has(one.id))
			.map((one, at): Job => {
				place = at === 0 ? place : rankBetween(place, next && rankOf(next));
				const own = isMoved ? place : one.rank;
				const {id, parts: its, createdAt} = one;
				return {...state, id, parts: its, createdAt, ...(own && {rank: own})} as Job;
			});
	});
	return {...rest, jobs: inOrder(jobs)};
}
