import {leadOf} from '../domain/batch.js';
import {outputFolder} from '../domain/models/model-job.js';
import {batchModelOf} from '../domain/models/models.js';
import type {Run} from '../domain/types.js';

/** The folder on the host, below the checkout, that holds the folders of runs. */
export const runsFolder = 'cosmos-runs';

/** The run's folder on the host, relative to the checkout. */
export function runFolderOf(runId: string): string {
	return `${runsFolder}/${runId}`;
}

/** Where a run's outputs are on the host, relative to the checkout: in the folder of its job. */
export function outputsOf(run: Run): string {
	const outputs = `${runFolderOf(leadOf(run))}/${outputFolder}`;
	return run.batch ? `${outputs}/${batchModelOf(run.operation)?.folder(run.batch.index)}` : outputs;
}
