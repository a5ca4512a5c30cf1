import {outputFolder} from '../domain/models/model-job.js';
import {batchModelOf} from '../domain/models/models.js';
import {leadOf} from '../domain/runs/batch.js';
import type {OutputFile, Run} from '../domain/types.js';

/** The folder on the host, below the checkout, that holds the folders of runs. */
export const runsFolder = 'cosmos-runs';

/** The run's folder on the host, relative to the checkout. */
export function runFolderOf(runId: string): string {
	return `${runsFolder}/${runId}`;
}

/** Where a run's outputs are on the host, relative to the checkout: in the folder of its job. */
export function outputsOf(run: Run): string {
	const outputs = `${runFolderOf(leadOf(run))}/${outputFolder}`;
	const folder = run.batch ? batchModelOf(run)?.folder(run.batch.index) : '';
	return folder ? `${outputs}/${folder}` : outputs;
}

/** What a result's file is called there. */
export function remoteNameOf({batch, ...run}: Run, {name}: OutputFile): string {
	return (batch && batchModelOf(run)?.result?.(batch.index)) ?? name;
}

/** The local name of a file there; undefined for one of another run of the batch. */
export function localName(run: Run, name: string): string | undefined {
	const model = run.batch && batchModelOf(run);
	return model && run.batch ? model.nameOf(name, run.batch.index) : name;
}
