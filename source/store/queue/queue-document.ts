import type * as z from 'zod';
import {isId, makeId} from '../../domain/ids.js';
import {
	emptyState,
	isQueued,
	type Job,
	predecessorsOf,
	type Queue,
	type QueueState,
} from '../../domain/queue/job.js';
import {inOrder, lineOf} from '../../domain/queue/queue-order.js';
import type {Collection} from '../documents/collection.js';
import {type Journal, mergeSteps, readConsistently} from '../documents/journal.js';
import {segmentOf} from '../documents/segment-edit.js';
import {DamagedFileError} from '../verify/damaged-file.js';
import {
	isLine,
	type JobIndex,
	type LiveJobs,
	type StoredQueue,
	segmentsIn,
	withRanks,
	withSegments,
} from './queue-index.js';

/** Waiting jobs of each line that are read: enough to fill the slots of a host. */
export const defaultFirst = 32;

/** What of the queue is read. Jobs at work are always among it, and the first ones of each line. */
export type QueueScope = {
	/** How many waiting jobs of each line (a target and a priority) are wanted. @default `defaultFirst` */
	first?: number;
	/** Jobs, or parts of jobs, that are wanted too. */
	ids?: readonly string[];
	/** Also the jobs that stand next to those, and the newest. */
	neighbours?: boolean;
};

export type QueueDocument = {
	/**
	 * The queue: jobs at work, the first ones that wait, jobs that ended lately; each segment that is read is read
	 * whole. What does not fit is counted in `more`.
	 */
	readQueue: (scope?: QueueScope) => Promise<Queue>;
	/**
	 * Changes the queue in a transaction across processes. What `change` gives back is stored, unless
	 * it is what it got.
	 * @param scope what `change` gets
	 */
	changeQueue: (change: (queue: Queue) => Queue, scope?: QueueScope) => Promise<Queue>;
	/** A job by its id, or by that of a part of it. */
	getJob: (id: string) => Promise<Job | undefined>;
	/** Every job, newest first, one after the other, without keeping them. */
	eachJob: (visit: (job: Job) => void) => Promise<void>;
	/** Every id of a job, oldest first. */
	jobIds: () => Promise<string[]>;
};

export type QueueParts = {
	state: Collection<StoredQueue>;
	jobs: Collection<Job>;
	jobSchema: () => Promise<z.ZodType<Job>>;
	journal: Journal;
	transaction: <T>(task: () => Promise<T>) => Promise<T>;
};

const noJobs: LiveJobs = {};

/** The queue's own document; `isWhole` when it need not be written again. */
type ReadState = {stored?: StoredQueue; isWhole: boolean};

/**
 * The queue: each job is a document, in segments as runs are, and one small document says what is not of a single
 * job, and which segments have jobs that have not ended. So a change costs the same however many jobs there are.
 */
export function createQueueDocument(parts: QueueParts): QueueDocument {
	const {state, jobs, jobSchema, journal, transaction} = parts;

	/** Where the document is lost or damaged, the index is made from the jobs again. */
	async function readState(): Promise<ReadState> {
		const name = (await state.segments.names()).at(-1);
		const segment = name === undefined ? undefined : (await state.segments.open(name)).data;
		const stored = segment?.documents.at(-1);
		if (stored?.jobs || (stored && !segment?.damage)) {
			return {stored, isWhole: true};
		}

		const names = await jobs.segments.names();
		if (names.length === 0) {
			return {stored, isWhole: !segment?.damage};
		}

		let index: JobIndex = {live: {}, recent: []};
		for (const one of names) {
			index = withSegments(index, [{name: one, documents: await jobsIn(one)}]);
		}

		const {id, ...its} = stored ?? {...emptyState, id: newId()};
		return {stored: {...its, ...index, id}, isWhole: false};
	}

	/** Moves a damaged document aside and writes what takes its place. */
	async function repairState({stored = {...emptyState, id: newId()}}: ReadState): Promise<void> {
		const {id: _, ...its} = stored;
		for (const name of await state.segments.names()) {
			try {
				const {documents} = (await state.segments.openForChange(name)).data;
				await state.updateAll(
					documents.map(({id}) => id),
					({id}) => ({...its, id}),
				);
				return;
			} catch (error) {
				if (!(error instanceof DamagedFileError)) {
					throw error;
				}

				await state.segments.giveUp(error);
			}
		}

		await state.add(id => ({...its, id}));
	}

	async function jobsIn(name: string): Promise<readonly Job[]> {
		return (await jobs.segments.open(name)).data.documents;
	}

	async function readQueue(scope: QueueScope = {}): Promise<Queue> {
		return readConsistently(journal, async () => read((await readState()).stored, scope));
	}

	async function read(stored: StoredQueue | undefined, scope: QueueScope): Promise<Queue> {
		if (stored?.jobs) {
			return {...stateOf(stored), jobs: withRanks(stored.jobs)};
		}

		const {first = defaultFirst, ids = [], neighbours = false} = scope;
		const live = stored?.live ?? noJobs;
		const found = new Map<string, readonly Job[]>();
		const load = async (name: string) => {
			const known = found.get(name) ?? (await jobsIn(name));
			found.set(name, known);
			return known;
		};

		const {always, byWord, names: liveNames} = segmentsIn(live);
		for (const name of [...(stored?.recent ?? []), ...always]) {
			await load(name);
		}

		for (const [word, {names: those}] of byWord) {
			let count = 0;
			for (let at = 0; at < those.length && count < first; at++) {
				const here = await load(those[at] as string);
				count += here.filter(job => isIn(job, word)).length;
			}
		}

		const names = ids.length > 0 || neighbours ? await jobs.segments.names() : [];
		for (const id of ids) {
			const name = (await findPart(id, names, live))?.name;
			const all = neighbours ? liveNames : [];
			const at = name === undefined ? -1 : all.indexOf(name);
			for (const one of [
				name,
				at < 0 ? undefined : all[at - 1],
				at < 0 ? undefined : all[at + 1],
			]) {
				if (one !== undefined) {
					await load(one);
				}
			}
		}

		const newest = neighbours ? names.at(-1) : undefined;
		if (newest !== undefined) {
			await load(newest);
		}

		const more: Record<string, number> = {};
		for (const [word, {count}] of byWord) {
			let left = count;
			for (const name of found.keys()) {
				left -= live[name]?.[word] ?? 0;
			}

			if (left > 0) {
				more[word] = left;
			}
		}

		const all = [...found.values()].flat();
		return {
			...(stored ? stateOf(stored) : emptyState),
			jobs: inOrder([...all, ...(await predecessors(all, live))]),
			...(Object.keys(more).length > 0 && {more}),
		};
	}

	/** Jobs elsewhere that the queued ones wait for. */
	async function predecessors(all: readonly Job[], live: object): Promise<Job[]> {
		const wanted = all.filter(isQueued).flatMap(predecessorsOf);
		if (wanted.length === 0) {
			return [];
		}

		const parts = new Set(all.flatMap(job => job.parts.map(({id}) => id)));
		const missing = new Set(wanted.filter(id => isId(id, 'job') && !parts.has(id)));
		const found = new Map<string, Job>();
		const names = missing.size === 0 ? [] : await jobs.segments.names();
		for (const id of missing) {
			const job = (await findPart(id, names, live))?.job;
			if (job) {
				found.set(job.id, job);
			}
		}

		return [...found.values()];
	}

	/** A job by the id of one of its parts: in its segment, the one before, or, merged by hand, in any. */
	async function findPart(
		id: string,
		names: readonly string[],
		live: object,
	): Promise<{job: Job; name: string} | undefined> {
		if (!isId(id, 'job')) {
			return undefined;
		}

		const own = names.indexOf(segmentOf(id, names) ?? '');
		const near = names.slice(Math.max(0, own - 1), own + 1).reverse();
		for (const name of new Set([...near, ...Object.keys(live).sort()])) {
			const job = (await jobsIn(name)).find(({parts}) => parts.some(part => part.id === id));
			if (job) {
				return {job, name};
			}
		}

		return undefined;
	}

	async function write(
		stored: StoredQueue | undefined,
		before: Queue,
		after: Queue,
	): Promise<void> {
		const known = new Map(before.jobs.map(job => [job.id, job]));
		const left = new Set(after.jobs.map(({id}) => id));
		const isOld = stored?.jobs !== undefined;
		const put = after.jobs.filter(job => isOld || known.get(job.id) !== job);
		const shape = put.length === 0 ? undefined : await jobSchema();
		const remove = isOld ? [] : before.jobs.map(({id}) => id).filter(id => !left.has(id));
		const plan = await jobs.plan({
			put: put.map(job => shape?.parse(job) ?? job),
			remove: new Set(remove),
		});
		const index = {live: stored?.live ?? {}, recent: stored?.recent ?? []};
		const next = withSegments(index, plan.pieces, plan.empty);
		const isStateSame =
			next === index &&
			!isOld &&
			stored !== undefined &&
			before.paused === after.paused &&
			before.silent === after.silent &&
			before.undo === after.undo;
		if (isStateSame) {
			await jobs.commit(plan);
			return;
		}

		const {paused, silent, undo} = after;
		const document = {...stateOf({paused, silent, undo}), ...next, id: stored?.id ?? newId()};
		const own = await state.plan({put: [document], remove: new Set()});
		if (plan.pieces.length + plan.empty.length === 0) {
			await state.commit(own);
		} else {
			await journal.commit(mergeSteps(await jobs.stagePlan(plan), await state.stagePlan(own)));
		}
	}

	return {
		readQueue,
		changeQueue: (change, scope = {}) =>
			transaction(async () => {
				const found = await readState();
				if (!found.isWhole) {
					await repairState(found);
				}

				const {stored} = found.isWhole ? found : await readState();
				const before = await read(stored, scope);
				const after = change(before);
				if (after !== before) {
					await write(stored, before, after);
				}

				return after;
			}),
		getJob: id =>
			readConsistently(journal, async () => {
				const {stored} = await readState();
				return stored?.jobs
					? stored.jobs.find(({parts}) => parts.some(part => part.id === id))
					: (await findPart(id, await jobs.segments.names(), stored?.live ?? {}))?.job;
			}),
		async eachJob(visit) {
			const {stored} = await readState();
			if (stored?.jobs) {
				withRanks(stored.jobs).toReversed().forEach(visit);
				return;
			}

			await jobs.each(visit);
		},
		async jobIds() {
			const {stored} = await readState();
			return stored?.jobs?.map(({id}) => id).sort() ?? jobs.ids();
		},
	};
}

function isIn(job: Job, word: string): boolean {
	return (
		job.status === (isLine(word) ? 'waiting' : 'held') && (!isLine(word) || lineOf(job) === word)
	);
}

function newId(): string {
	return makeId('queue', Date.now(), crypto.getRandomValues(new Uint8Array(4)));
}

function stateOf({paused, silent, undo}: QueueState): QueueState {
	return {paused, ...(silent && {silent}), ...(undo && {undo})};
}
