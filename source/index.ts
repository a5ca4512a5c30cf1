/** The library: everything that the command line and the dashboard can do, from a program. */
import {loadConfig} from './config/config.js';
import {simulatorFile} from './package-root.js';
import {createWorkflow as openWorkflow} from './workflow/workflow.js';
import type {Workflow} from './workflow/workflow-types.js';

export type {
	Dataset,
	DatasetRow,
	FailureLimit,
	OutputRow,
	RowCounts,
	RowReason,
	RowStatus,
} from './domain/dataset/dataset.js';
export type {ErrorCode, ErrorKind} from './domain/error-codes.js';
export {exitCodes} from './domain/error-codes.js';
export {CosmosError} from './domain/errors.js';
export type {Failure, FailureReason} from './domain/failures/failure.js';
export type {RunEvent} from './domain/runs/run-events.js';
export type {Operation, Settings, SettingsOf} from './domain/settings/settings.js';
export type {OutputFile, Prompt, Run, RunStatus, ShownStatus} from './domain/types.js';
export type {RunWatcher} from './executor/run-watcher.js';
export type {QueueWatcher} from './queue/queue-watcher.js';
export type {
	DatasetActions,
	DatasetEnd,
	DatasetPlan,
	DatasetRequest,
	ShownDataset,
} from './workflow/dataset/dataset-types.js';
export type {NewJob, QueueDoor, QueueView, ShownJob} from './workflow/queue/queue-types.js';
export type {
	BatchPlan,
	BatchWatcher,
	HostReport,
	LaunchPlan,
	LaunchRequest,
	NewPrompt,
	Workflow,
} from './workflow/workflow-types.js';

export type LibraryOptions = {
	/** Folder of prompts, runs and results; default as the command line's `--data`. */
	dataDir?: string;
	/** Configuration file; default as the command line's `--config`. */
	configFile?: string;
	/** Default: this process's. */
	env?: NodeJS.ProcessEnv;
	/** Default: this process's working folder. */
	cwd?: string;
};

/**
 * Opens the store with the configuration in force. Call `close` at the end.
 * @throws CosmosError (configuration, home)
 */
export async function createWorkflow(options: LibraryOptions = {}): Promise<Workflow> {
	const env = options.env ?? process.env;
	const config = await loadConfig({
		env,
		cwd: options.cwd ?? process.cwd(),
		dataDir: options.dataDir,
		configFile: options.configFile,
		simulator: simulatorFile(),
	});
	return openWorkflow({config, env});
}
