import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {leadOf} from '../domain/runs/batch.js';
import type {Run} from '../domain/types.js';
import type {JobStore} from '../executor/job-context.js';
import {type LogFile, openLogFile} from '../store/log-file.js';
import type {Store} from '../store/store.js';
import {saveEnhancement} from './launch/enhancement.js';
import type {Local} from './launch/launch-parts.js';
import {batchLog, runLog} from './runs/job-log.js';
import {existingRun} from './runs/run-lookup.js';

export const now = () => new Date().toISOString();

/** Local path of a run's log. */
export function logPath(store: Store, runId: string): string {
	return path.join(store.runFolder(runId), 'log');
}

/** What the executor gets of the store, for the runs of one job. Close it at the end. */
export function createJobStore(
	{store, config}: Local,
	runs: readonly Run[],
): {jobStore: JobStore; close: () => Promise<void>} {
	const [first] = runs as readonly [Run, ...Run[]];
	const parts = runs.map(({id}) => openLogFile(logPath(store, id)));
	const whole = openLogFile(path.join(store.runFolder(leadOf(first)), 'batch.log'));
	const jobStore: JobStore = {
		folderOf: store.runFolder,
		now,
		read: async runIds => Promise.all(runIds.map(async id => (await existingRun(store, id)).run)),
		update: (runIds, change) => updateRuns(store, runIds, change),
		writeFile: (runId, name, text) =>
			writeFile(path.join(store.runFolder(runId), name), text, {mode: 0o600}),
		async takeResult(taken, outputs) {
			if (taken.operation === 'enhance') {
				return saveEnhancement(store, taken, now);
			}

			if (taken.operation === 'recipe' && taken.recipe.kind === 'check') {
				return (await import('./measure/save-check.js')).saveCheck({store, config}, taken, outputs);
			}

			const {lookAtResult} = await import('./measure/measure-run.js');
			const found = await lookAtResult(store, taken, outputs, config.measures.auto ?? false);
			if (!found) {
				return {record: {}};
			}

			const {addMeasures, limitFinder} = await import('./measure/add-measures.js');
			const {measures, pick} = addMeasures(taken, found, limitFinder(config));
			return {record: {measures, ...(pick !== undefined && {pick})}};
		},
		log: first.batch ? batchLog(runs, whole, parts) : runLog(parts[0] as LogFile),
	};
	return {
		jobStore,
		async close() {
			await Promise.all([whole, ...parts].map(log => log.close()));
		},
	};
}

/** Changes runs in one transaction; a single run needs none. */
export async function updateRuns(
	store: Store,
	runIds: readonly string[],
	change: (run: Run) => Run,
): Promise<Run[]> {
	const [first] = runIds;
	return first !== undefined && runIds.length === 1
		? [await store.updateRun(first, change)]
		: store.updateRuns(runIds, change);
}
