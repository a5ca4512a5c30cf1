import path from 'node:path';
import {type DeleteRequest, type DeletionPlan, planDeletion} from '../../domain/deletion.js';
import {CosmosError, hasCode} from '../../domain/errors.js';
import {resolveId} from '../../domain/ids.js';
import {refusalsOfQueue} from '../../domain/queue/deletion-queue.js';
import type {Job} from '../../domain/queue/job.js';
import {parentRunOf, type ShownRun} from '../../domain/types.js';
import {folderSize} from '../../store/folder-size.js';
import type {Store} from '../../store/store.js';
import type {TrashEntry} from '../../store/trash/trashed.js';
import {now} from '../job-store.js';
import {findPrompt} from '../prompts/find-prompt.js';
import {findRun} from '../runs/find-run.js';
import type {DeletionPreview, MaintenanceActions} from './maintenance-types.js';

/** See `MaintenanceActions`. */
export function createMaintenance(store: Store): MaintenanceActions {
	async function plan(request: DeleteRequest): Promise<DeletionPlan> {
		const wanted = new Set(request.ids);
		const prompts = await store.listPrompts();
		const runs: ShownRun[] = [];
		const batches = new Set<string>();
		// At most two passes over all runs; only the relevant ones are kept.
		await store.eachRun(one => {
			if (isRelated(one, wanted)) {
				runs.push(one);
				if (one.run.batch) {
					batches.add(one.run.batch.id);
				}
			}
		});
		if (batches.size > 0) {
			const known = new Set(runs.map(({run}) => run.id));
			await store.eachRun(one => {
				if (one.run.batch && batches.has(one.run.batch.id) && !known.has(one.run.id)) {
					runs.push(one);
				}
			});
		}

		const found = planDeletion(request, {prompts, runs});
		const missing = request.ids.find(
			id => !prompts.some(prompt => prompt.id === id) && !runs.some(({run}) => run.id === id),
		);
		if (missing !== undefined) {
			throw new CosmosError('not-found', `no prompt or run "${missing}"`);
		}

		const jobs: Job[] = [];
		await store.eachJob(job => {
			if (refusalsOfQueue(found, [job]).length > 0) {
				jobs.push(job);
			}
		});
		const refusals = refusalsOfQueue(found, jobs.reverse());
		return {...found, refusals: [...found.refusals, ...refusals]};
	}

	async function preview(request: DeleteRequest): Promise<DeletionPreview> {
		const found = await plan(request);
		const sizes = new Map<string, number>();
		for (const {id} of found.runs) {
			sizes.set(id, await folderSize(store.runFolder(id)));
		}

		for (const {id} of found.outputsOf) {
			sizes.set(id, await folderSize(path.join(store.runFolder(id), 'outputs')));
		}

		return {...found, sizes};
	}

	async function deleteRecords(request: DeleteRequest): Promise<DeletionPlan> {
		let done: DeletionPlan | undefined;
		await store.trash.put(async () => {
			// Checked again while nobody else can change the store.
			done = await plan(request);
			refuse(done);
			return done;
		}, now());
		return done as unknown as DeletionPlan;
	}

	async function listTrash() {
		const entries = await store.trash.list();
		return Promise.all(
			entries.map(async entry => ({
				...entry,
				size: await folderSize(path.join(store.trash.folderOf(entry), 'files')),
			})),
		);
	}

	async function restore(
		references: readonly string[],
		{withParents = false} = {},
	): Promise<TrashEntry[]> {
		const entries = await store.trash.list();
		const ids = [...new Set(entries.map(({id}) => id))].sort();
		const wanted = new Set(references.map(one => findDeleted(one, ids, entries)));
		// Whatever a parent belongs to comes with it.
		for (const id of withParents ? wanted : []) {
			for (const parent of entries.filter(entry => entry.id === id).flatMap(parentsOf)) {
				wanted.add(parent);
			}
		}

		const chosen = entries.filter(({id}) => wanted.has(id));
		await refuseWithoutParents(store, chosen, entries);
		await store.trash.restore(chosen);
		return chosen;
	}

	return {
		planDelete: preview,
		deleteRecords,
		listTrash,
		restore,
		async exportTo(file, {outputs, references}) {
			const ids = await resolveAll(store, references);
			return store.exportTo({file: path.resolve(file), outputs, ids, now});
		},
		importFrom: (file, {dryRun, trustInputs}) =>
			store.importFrom({file: path.resolve(file), dryRun, trustInputs, now}),
		verify: options => store.verify(options),
		async emptyTrash(entries) {
			const gone: TrashEntry[] = [];
			for (const entry of entries) {
				if (await store.trash.remove(entry)) {
					gone.push(entry);
				}
			}

			return gone;
		},
	};
}

/** A deleted prompt or run by its id, or a prompt by its name. */
function findDeleted(
	reference: string,
	ids: readonly string[],
	entries: readonly TrashEntry[],
): string {
	const named = entries.filter(
		entry => entry.kind === 'prompt' && entry.document.name === reference,
	);
	if (named.length > 1) {
		throw new CosmosError(
			'ambiguous-id',
			`${named.length} deleted prompts are called "${reference}": ${named.map(({id}) => id).join(', ')}`,
			{hint: 'Give the id of the one that you mean.'},
		);
	}

	return named[0]?.id ?? resolveId(reference, ids, 'deleted prompt or run');
}

async function resolveAll(store: Store, references: readonly string[]): Promise<string[]> {
	if (references.length === 0) {
		return [];
	}

	const [prompts, runs] = await Promise.all([store.promptIds(), store.runIds()]);
	return Promise.all(
		references.map(async one => {
			try {
				return one === 'latest'
					? (await findRun(store, one)).run.id
					: resolveId(one, [...prompts, ...runs], 'prompt or run');
			} catch (error) {
				if (!hasCode(error, 'not-found') || one === 'latest') {
					throw error;
				}

				return (await findPrompt(store, one)).id;
			}
		}),
	);
}

function isRelated({run}: ShownRun, wanted: ReadonlySet<string>): boolean {
	const parent = parentRunOf(run);
	return [run.id, run.promptId, parent].some(id => id !== undefined && wanted.has(id));
}

/** @throws CosmosError (usage) with the first reason; `planDelete` gives them all */
function refuse({refusals: [first, ...others]}: DeletionPlan): void {
	if (first) {
		const more = others.length > 0 ? ` (and ${others.length} more like this)` : '';
		throw new CosmosError('delete-refused', `nothing was deleted: ${first.why}${more}`, {
			hint: first.hint,
		});
	}
}

/** The source of a run or a prompt is restored with it or before it. */
async function refuseWithoutParents(
	store: Store,
	chosen: readonly TrashEntry[],
	entries: readonly TrashEntry[],
): Promise<void> {
	const missing = chosen.flatMap(parentsOf).filter(id => !chosen.some(one => one.id === id));
	for (const id of missing) {
		const isInTrash = entries.some(entry => entry.id === id && entry.kind !== 'outputs');
		const isThere = id.startsWith('ps_') ? await store.getPrompt(id) : await store.getRun(id);
		if (isInTrash && !isThere) {
			const ids = [...new Set([...chosen.map(one => one.id), ...missing])].join(' ');
			throw new CosmosError('wrong-state', `nothing was restored: ${id} is in the trash too`, {
				hint: `Restore them together: \`cosmos restore ${ids}\`.`,
			});
		}
	}
}

function parentsOf(entry: TrashEntry): string[] {
	if (entry.kind === 'outputs') {
		return [];
	}

	const {document} = entry;
	const parents =
		'videoDir' in document
			? [document.parentId, document.enhancedBy]
			: [document.promptId, parentRunOf(document)];
	return parents.filter(id => id !== undefined);
}
