import {stat} from 'node:fs/promises';
import path from 'node:path';
import {countRows, type Dataset, type OutputRow} from '../../domain/dataset/dataset.js';
import {CosmosError} from '../../domain/errors.js';
import {resolveId} from '../../domain/ids.js';
import {type DatasetFiles, type Locked, openDatasetFiles} from '../../store/dataset-files.js';
import {now} from '../job-store.js';
import type {DatasetActions, DatasetEnd, DatasetRequest, ShownDataset} from './dataset-types.js';
import {columnsOf, exportRowsFile, formatOf, readOutputRows} from './output-rows.js';
import {type Prepared, prepareDataset, sweepIdOf} from './prepare-dataset.js';
import {createRowTable} from './row-table.js';
import {type DatasetParts, runRows} from './run-dataset.js';

/** Everything that can be done with datasets. */
export function createDatasets(given: Omit<DatasetParts, 'files'>): DatasetActions {
	const files = openDatasetFiles(given.store);
	const parts = {...given, files};
	const {queue} = parts;

	async function show(dataset: Dataset): Promise<ShownDataset> {
		const holder = await files.holder(dataset.id);
		return {
			dataset,
			counts: countRows(await files.readRows(dataset.id)),
			...(holder && {owner: {pid: holder.owner.pid, machine: holder.owner.machine}}),
		};
	}

	/** @throws CosmosError (usage) who runs the dataset of an output file */
	async function refuse(out: string): Promise<never> {
		const dataset = (await files.list()).find(one => one.out === out);
		const holder = dataset && (await files.holder(dataset.id));
		const who = holder
			? `process ${holder.owner.pid} on ${holder.owner.machine}`
			: 'another process';
		throw new CosmosError('wrong-state', `${dataset?.name ?? out} is being run by ${who}`, {
			hint: dataset ? `\`cosmos dataset stop ${dataset.id}\` stops it.` : 'Try again.',
		});
	}

	return {
		async planDataset(request) {
			return (await prepareDataset(given, files, request)).plan;
		},
		async *runDataset(request, signal = new AbortController().signal) {
			const out = path.resolve(request.out);
			const known = (await files.list()).find(one => one.out === out);
			// What has ended is read when nobody else runs its clips any more.
			let locked = known && ((await files.lock(known.id)) ?? (await refuse(out)));
			try {
				const prepared = await prepareDataset(given, files, request, signal);
				const [first, ...others] = prepared.plan.bad;
				if (first !== undefined && !request.skipBad) {
					const more = others.length === 0 ? '' : `, and ${others.length} more`;
					throw new CosmosError('bad-row', `${first}${more}`, {
						hint: 'Nothing was started. --dry-run lists all, --skip-bad runs the other rows.',
					});
				}

				locked ??= (await create(files, prepared, request)) ?? (await refuse(out));
				for (const {sweep} of prepared.rows) {
					if (sweep) {
						// The requests of its clips share it.
						sweep.id = sweepIdOf(locked.dataset.id);
					}
				}

				return yield* runLocked(parts, locked.dataset, prepared, request, signal);
			} finally {
				await locked?.release();
			}
		},
		async listDatasets() {
			return Promise.all((await files.list()).map(show));
		},
		async findDataset(reference) {
			const all = await files.list();
			const named = all.filter(({name}) => name === reference);
			const [one] = named;
			if (one && named.length === 1) {
				return show(one);
			}

			const ids = all.map(({id}) => id).sort();
			const id = resolveId(reference, ids, 'dataset');
			return show(all.find(dataset => dataset.id === id) as Dataset);
		},
		datasetRows: files.readRows,
		async outputRows(id) {
			const all: OutputRow[] = [];
			for await (const some of readOutputRows(given.store, id, await files.readRows(id))) {
				all.push(...some);
			}

			return all;
		},
		async exportRows(id, file, force) {
			formatOf(file);
			if (!force && (await stat(file).catch(() => undefined))) {
				throw new CosmosError('already-exists', `${file} exists`, {
					hint: 'Name another file, or replace it with --force.',
				});
			}

			const rows = await files.readRows(id);
			const parts = readOutputRows(given.store, id, rows);
			const asTexts = await exportRowsFile(file, columnsOf(rows), parts);
			return {rows: rows.length, asTexts};
		},
		async stopDataset(id) {
			await files.update(id, dataset => ({...dataset, stopRequestedAt: now()}));
			const ids = await queue.openIds(
				job => job.status !== 'working' && job.parts.every(({request}) => request.dataset === id),
			);
			let count = 0;
			for (const jobId of ids) {
				// It may start, or its process may cancel it, at the same moment.
				count += await queue.cancel(jobId).then(
					() => 1,
					() => 0,
				);
			}

			return count;
		},
	};
}

function create(
	files: DatasetFiles,
	{rows, plan}: Prepared,
	request: DatasetRequest,
): Promise<Locked | undefined> {
	const manifest = request.manifest === '-' ? '-' : path.resolve(request.manifest);
	const common = {name: plan.name, manifest, out: plan.out, rows: rows.length};
	return files.create(id => ({...common, id, createdAt: now()}));
}

/** @param dataset as it was when it was locked */
async function* runLocked(
	parts: DatasetParts,
	{id, stopRequestedAt: before}: Dataset,
	prepared: Prepared,
	request: DatasetRequest,
	signal: AbortSignal,
): AsyncGenerator<OutputRow, DatasetEnd> {
	const {files} = parts;
	const {rows, plan} = prepared;
	const manifest = request.manifest === '-' ? '-' : path.resolve(request.manifest);
	await files.update(id, stored => {
		const {stopRequestedAt, endedAt: _, ...rest} = stored;
		const isToStop = stopRequestedAt !== before;
		return {
			...rest,
			...{manifest, name: plan.name, rows: rows.length},
			...(isToStop && {stopRequestedAt}),
		};
	});
	await files.writeRows(id, rows, rows.keys());
	const table = createRowTable(parts, id, prepared);
	await table.writeFile();
	request.onPlan?.({...plan, id});
	const end = yield* runRows(parts, id, {prepared, table}, request, signal);
	await files.update(id, stored => ({...stored, endedAt: now()}));
	return end;
}
