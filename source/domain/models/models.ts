import type {Operation} from '../settings.js';
import type {RunTask, TaskOf} from '../types.js';
import {enhanceBatch, enhancedFile, enhanceJob} from './enhance1.js';
import type {BatchModel, BatchPlaces, JobPlaces, ModelJob} from './model-job.js';
import {transferJob} from './transfer1.js';
import {transferBatch} from './transfer1-batch.js';
import {upscaledName, upscaleJob} from './upscale1.js';

/** How one operation is done by its model. */
type Model<O extends Operation> = {
	job: (task: TaskOf<O>, places: JobPlaces) => ModelJob;
	/** The result that must be there for success, in the folder of the outputs. */
	result: string;
	/** Absent where a container does one task only. */
	batch?: BatchModel<O>;
};

/** A new operation is a row here, one in the settings tables, and a file beside this one. */
const models: {readonly [O in Operation]: Model<O>} = {
	transfer: {job: transferJob, result: 'output.mp4', batch: transferBatch},
	upscale: {job: upscaleJob, result: `${upscaledName}.mp4`},
	enhance: {job: enhanceJob, result: enhancedFile, batch: enhanceBatch},
};

/** The files and the command that do a task. */
export function jobOf(task: RunTask, places: JobPlaces): ModelJob {
	return (models[task.operation] as Model<Operation>).job(task, places);
}

/** The file of the result, in the folder of the outputs. */
export function resultOf(operation: Operation): string {
	return models[operation].result;
}

/** How tasks of an operation share a container; undefined where they cannot. */
export function batchModelOf(operation: Operation): Omit<BatchModel<Operation>, 'job'> | undefined {
	return models[operation].batch;
}

/** The files and the command that do several tasks of one operation that has a batch model. */
export function batchJobOf(tasks: readonly RunTask[], places: BatchPlaces): ModelJob {
	const model = tasks[0] && models[tasks[0].operation].batch;
	if (!model) {
		throw new Error(`no batch of ${tasks[0]?.operation}`);
	}

	return (model as BatchModel<Operation>).job(tasks, places);
}
