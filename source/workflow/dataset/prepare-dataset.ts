/** What of a manifest is finished, and what is to run. */
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {findTarget, requireDefaultHost} from '../../config/find-host.js';
import {
	type Dataset,
	type DatasetRow,
	type FailureLimit,
	isOverLimit,
} from '../../domain/dataset/dataset.js';
import {isFinal} from '../../domain/dataset/retry-policy.js';
import {CosmosError} from '../../domain/errors.js';
import {slotKeysFor} from '../../domain/hosts/host-choice.js';
import {historyOf} from '../../domain/queue/expected-wait.js';
import {hasEnded} from '../../domain/queue/job.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {Run} from '../../domain/types.js';
import type {DatasetFiles} from '../../store/dataset-files.js';
import type {Store} from '../../store/store.js';
import type {Local} from '../launch/launch-parts.js';
import type {DatasetPlan, DatasetRequest} from './dataset-types.js';
import {type Clip, fileKey, makeClips} from './make-clips.js';
import {checkGrowingFormat} from './output-rows.js';
import {readManifest} from './read-manifest.js';
import {outcomeOf} from './row-outcome.js';

export type Prepared = {
	/** Absent before the first run of the manifest. */
	dataset?: Dataset;
	/** Those of all clips, with what is known of each. */
	rows: DatasetRow[];
	clips: ReadonlyMap<number, Clip>;
	/** Indexes of clips that are to run; of those with the same content, the first. */
	toRun: number[];
	/** Indexes of the others with the same content, by the first one's. */
	repeats: Map<number, number[]>;
	/** Clips that are in the queue from before, by their parts of jobs. */
	queued: Map<string, number>;
	/** Runs of clips whose outputs are still to be downloaded. */
	uncollected: Map<number, string>;
	plan: DatasetPlan;
	/** Of the manifest when it was read; 0 for standard input. */
	modified: number;
};

/** Stands for the id of a dataset's sweep before it has one: content does not depend on it. */
export const sweepIdOf = (datasetId: string) => datasetId.replace(/^ds_/, 'sw_');
const noDataset = 'ds_000000000000';

/** @throws CosmosError (usage) for a manifest that cannot be read, and an output file of something else */
export async function prepareDataset(
	local: Local,
	files: DatasetFiles,
	request: DatasetRequest,
	signal?: AbortSignal,
): Promise<Prepared> {
	checkGrowingFormat(request.out);
	const out = path.resolve(request.out);
	const target = request.host ?? requireDefaultHost(local.config);
	findTarget(local.config, target);
	const dataset = (await files.list()).find(one => one.out === out);
	if (!dataset && (await stat(out).catch(() => undefined))) {
		throw new CosmosError('already-exists', `${request.out} exists, and no dataset wrote it`, {
			hint: 'Name another output file, or delete it.',
		});
	}

	const modified = request.manifest === '-' ? 0 : await modifiedAt(request.manifest);
	const manifest = await readManifest(request.manifest, request.context);
	const stored = dataset ? await files.readRows(dataset.id) : [];
	const known = new Map(
		stored.flatMap(({inputs}) => inputs.map(input => [fileKey(input), input.sha256] as const)),
	);
	const made = await makeClips(local, manifest, request, {
		...{known, signal},
		sweepId: sweepIdOf(dataset?.id ?? noDataset),
	});
	const {rows, clips, bad} = made;
	const {changed, toRun, repeats} = await takeOver(local.store, rows, stored);
	const {queued, uncollected} = await findQueued(local.store, dataset?.id, rows, toRun);
	for (const [same, others] of repeats) {
		for (const index of others) {
			rows[index] = repeatOf(rows[same] as DatasetRow, rows[index] as DatasetRow);
		}
	}

	const run = toRun.filter(index => rows[index]?.status === 'waiting');
	const slots = slotKeysFor(local.config.hosts, target).length;
	const seconds = await estimate(
		local,
		run.flatMap(index => clips.get(index) ?? []),
		target,
		slots,
	);
	const repeated = [...repeats.values()].reduce((sum, {length}) => sum + length, 0);
	const plan: DatasetPlan = {
		...(dataset && {id: dataset.id}),
		name: request.name ?? dataset?.name ?? path.parse(out).name,
		...{out, rows: rows.length, bad, slots, repeated},
		finished: rows.filter(({status}) => status === 'completed').length,
		refused: rows.filter(({status}) => status === 'failed').length,
		changed: changed.filter(index => run.includes(index)).length,
		run: run.length,
		...(seconds !== undefined && {seconds}),
	};
	return {
		...(dataset && {dataset}),
		rows,
		clips,
		toRun: run,
		repeats,
		queued,
		uncollected,
		plan,
		modified,
	};
}

/** 0 for what is not there. */
export async function modifiedAt(file: string): Promise<number> {
	return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

/** Gives rows the state that clips of the same content have had. */
async function takeOver(
	store: Store,
	rows: DatasetRow[],
	stored: readonly DatasetRow[],
): Promise<{changed: number[]; toRun: number[]; repeats: Map<number, number[]>}> {
	const before = new Map<string, DatasetRow>();
	for (const row of stored) {
		// Of several rows of one content, the one that has run.
		if (row.hash !== undefined && (row.promptId || !before.has(row.hash))) {
			before.set(row.hash, row);
		}
	}

	const hashes = new Map(stored.map(({key, hash}) => [key, hash]));
	const first = new Map<string, number>();
	const repeats = new Map<number, number[]>();
	const [changed, toRun]: [number[], number[]] = [[], []];
	for (const [index, row] of rows.entries()) {
		const {hash, key} = row;
		if (hash === undefined) {
			continue;
		}

		const same = first.get(hash);
		if (same !== undefined) {
			repeats.set(same, [...(repeats.get(same) ?? []), index]);
			continue;
		}

		first.set(hash, index);
		const old = before.get(hash);
		if (old) {
			rows[index] = await continued(store, row, old);
		}

		if (rows[index]?.status === 'waiting') {
			toRun.push(index);
		}

		const other = hashes.get(key);
		if (other !== undefined && other !== hash) {
			changed.push(index);
		}
	}

	return {changed, toRun, repeats};
}

/** A row with the state of another one of the same content. */
export function repeatOf(done: DatasetRow, row: DatasetRow): DatasetRow {
	const {promptId, status, reason, message, runId, attempts} = done;
	return {...row, ...dropUndefined({promptId, status, reason, message, runId, attempts})};
}

function dropUndefined<T extends object>(value: T): T {
	return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

async function continued(store: Store, row: DatasetRow, old: DatasetRow): Promise<DatasetRow> {
	if (old.status === 'completed') {
		const run = old.runId ? (await store.getRun(old.runId))?.run : undefined;
		// Its prompt serves again; a run without its files is no result.
		return run && (await hasOutputs(store, run))
			? repeatOf(old, row)
			: {...row, ...(old.promptId && {promptId: old.promptId})};
	}

	if (old.status === 'failed' && isFinal(old.reason)) {
		return repeatOf(old, row);
	}

	return {...row, ...(old.promptId && {promptId: old.promptId})};
}

/** Whether a run that has ended is the result of a row: with its files, and of the inputs that the row has now. */
async function isResult(store: Store, run: Run, row: DatasetRow): Promise<boolean> {
	return outcomeOf(run, row, new Set()).status === 'completed' && (await hasOutputs(store, run));
}

async function hasOutputs(store: Store, run: Run): Promise<boolean> {
	if (run.status !== 'completed' || run.outputsDeletedAt) {
		return false;
	}

	const folder = path.join(store.runFolder(run.id), 'outputs');
	const found = await Promise.all(
		run.outputs.map(({name, size}) =>
			stat(path.join(folder, name)).then(
				one => one.size === size,
				() => false,
			),
		),
	);
	return found.every(Boolean);
}

/**
 * What became of clips that were in the queue when the last process ended: their rows get the result of
 * a completed run, and their jobs that have not ended are found.
 */
async function findQueued(
	store: Store,
	id: string | undefined,
	rows: DatasetRow[],
	toRun: readonly number[],
): Promise<Pick<Prepared, 'queued' | 'uncollected'>> {
	const queued = new Map<string, number>();
	const uncollected = new Map<number, string>();
	const byPrompt = new Map<string, number>();
	for (const index of toRun) {
		const promptId = rows[index]?.promptId;
		if (promptId !== undefined) {
			byPrompt.set(promptId, index);
		}
	}

	if (id === undefined || byPrompt.size === 0) {
		return {queued, uncollected};
	}

	const runs = await store.listRuns({matches: ({run}) => run.dataset === id});
	for (const {run} of runs) {
		const index = byPrompt.get(run.promptId ?? '');
		const row = index === undefined ? undefined : rows[index];
		if (index !== undefined && row?.status === 'waiting' && (await isResult(store, run, row))) {
			rows[index] = {...row, status: 'completed', runId: run.id, attempts: 1};
			uncollected.delete(index);
		} else if (index !== undefined && run.status === 'uncollected' && row?.status === 'waiting') {
			uncollected.set(index, run.id);
		}
	}

	const open = new Set(runs.filter(({shown}) => isUnfinished(shown)).map(({run}) => run.jobId));
	await store.eachJob(job => {
		for (const {id: part, request} of job.parts) {
			const promptId = 'promptId' in request ? request.promptId : undefined;
			const index = request.dataset === id ? byPrompt.get(promptId ?? '') : undefined;
			const isOpen = !hasEnded(job) || open.has(part);
			if (index !== undefined && rows[index]?.status === 'waiting' && isOpen) {
				queued.set(part, index);
			}
		}
	});
	return {queued, uncollected};
}

/** Completed runs that are looked at. */
const mostRuns = 300;

async function estimate(
	{store}: Local,
	clips: readonly Clip[],
	target: string,
	slots: number,
): Promise<number | undefined> {
	const done = await store.listRuns({limit: mostRuns, status: 'completed'});
	const history = historyOf(done.map(({run}) => ({task: run, host: run.host, run})));
	const hosts = [...new Set([target, ...done.map(({run}) => run.host)])];
	const known = clips.map(({task}) =>
		hosts.map(host => history([{task, host}])).find(seconds => seconds !== undefined),
	);
	const found = known.filter(seconds => seconds !== undefined);
	if (found.length === 0) {
		return undefined;
	}

	const sum = found.reduce((all, seconds) => all + seconds, 0);
	return ((sum / found.length) * clips.length) / Math.max(1, slots);
}

/** Whether failures have come to the limit of a request. */
export function hasFailedTooOften(
	limit: FailureLimit | undefined,
	rows: readonly DatasetRow[],
): boolean {
	const failed = rows.filter(({status}) => status === 'failed').length;
	return limit !== undefined && isOverLimit(limit, failed, rows.length);
}
