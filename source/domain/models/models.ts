import type {Kind, Operation} from '../settings.js';
import type {RunTask, TaskOf} from '../types.js';
import {enhanceBatch, enhancedFile, enhanceJob} from './enhance1.js';
import {familyOf} from './families.js';
import {
	type BatchModel,
	type BatchPlaces,
	type JobPlaces,
	type ModelJob,
	resultFile,
	samplingLine,
	specFile,
} from './model-job.js';
import {upscaledName, upscaleJob} from './upscale1.js';

/** How one operation is done by its model. */
type Model<O extends Operation> = {
	job: (task: TaskOf<O>, places: JobPlaces) => ModelJob;
	/** The result that must be there for success, in the folder of the outputs. */
	result: string;
	/** As of a family. */
	sampling: RegExp;
	/** Absent where a container does one task only. */
	batch?: BatchModel<O>;
};

/** What one model alone does; transfers are done by the families of `family-list.ts`. */
const models: {readonly [O in Exclude<Operation, 'transfer'>]: Model<O>} = {
	upscale: {job: upscaleJob, result: `${upscaledName}.mp4`, sampling: samplingLine},
	enhance: {
		job: enhanceJob,
		result: enhancedFile,
		sampling: enhanceBatch.begins.line,
		batch: enhanceBatch,
	},
};

function modelOf({operation, model}: Kind): Model<Operation> {
	return (
		operation === 'transfer' ? {...familyOf(model), result: resultFile} : models[operation]
	) as Model<Operation>;
}

/** The files and the command that do a task. */
export function jobOf(task: RunTask, places: JobPlaces): ModelJob {
	return modelOf(task).job(task, places);
}

/** The file of the result, in the folder of the outputs. */
export function resultOf(operation: Operation): string {
	return operation === 'transfer' ? resultFile : models[operation].result;
}

/** The file in a run's folder that says what the run, or its batch, asks of the model. */
export function specOf(run: Kind & {batch?: unknown}): string {
	return (run.batch ? batchModelOf(run)?.spec : undefined) ?? specFile;
}

/** The line of the log with which the first sampling begins, of frames or of words. */
export function samplingOf(kind: Kind): RegExp {
	return modelOf(kind).sampling;
}

/** How tasks of a kind share a container; undefined where they cannot. */
export function batchModelOf(kind: Kind): Omit<BatchModel<Operation>, 'job'> | undefined {
	return modelOf(kind).batch;
}

/** The files and the command that do several tasks of one kind that has a batch model. */
export function batchJobOf(tasks: readonly RunTask[], places: BatchPlaces): ModelJob {
	const model = tasks[0] && modelOf(tasks[0]).batch;
	if (!model) {
		throw new Error(`no batch of ${tasks[0]?.operation}`);
	}

	return model.job(tasks, places);
}
