import {type Host, slotsOf} from '../host.js';
import type {Kind, Operation} from '../settings.js';
import type {RunTask, TaskOf} from '../types.js';
import type {ContainerNeeds} from './container.js';
import {enhanceBatch, enhancedFile, enhanceJob} from './enhance1.js';
import {familyOf, type GpuNeeds, gpuNeedsOf, modeOf} from './families.js';
import {
	type BatchModel,
	type BatchPlaces,
	type JobNeeds,
	type JobPlaces,
	type ModelJob,
	oneFile,
	type Result,
	samplingLine,
	specFile,
} from './model-job.js';
import {recipeJob, recipeNeeds, recipeResult} from './recipe-job.js';
import {upscaledName, upscaleJob} from './upscale1.js';

/** How a model runs one operation. */
type Model<O extends Operation> = {
	job: (task: TaskOf<O>, places: JobPlaces) => ModelJob;
	result: (task: TaskOf<O>) => Result;
	needs: (task: TaskOf<O>) => JobNeeds;
	/** As in a family; absent if no model is loaded. */
	sampling?: RegExp;
	/** Absent where a container does one task only. */
	batch?: BatchModel<O>;
};

const itsCheckout = ({model}: Kind): JobNeeds => ({model});

/** Operations other than transfers, which are run by the families of `family-list.ts`. */
const models: {readonly [O in Exclude<Operation, 'transfer'>]: Model<O>} = {
	upscale: {
		job: upscaleJob,
		result: () => oneFile(`${upscaledName}.mp4`),
		needs: itsCheckout,
		sampling: samplingLine,
	},
	enhance: {
		job: enhanceJob,
		result: () => oneFile(enhancedFile),
		needs: itsCheckout,
		sampling: enhanceBatch.begins.line,
		batch: enhanceBatch,
	},
	recipe: {job: recipeJob, result: recipeResult, needs: recipeNeeds},
};

function modelOf(kind: Kind): Model<Operation> {
	const {operation} = kind;
	return (
		operation === 'transfer' ? {...modeOf(kind), needs: itsCheckout} : models[operation]
	) as Model<Operation>;
}

/** The files and the command that do a task. */
export function jobOf(task: RunTask, places: JobPlaces): ModelJob {
	const job = {container: containerOf(task), ...modelOf(task).job(task, places)};
	return withExtra(job, task, places);
}

/** The required outputs of a task. */
export function resultOf(task: RunTask): Result {
	return modelOf(task).result(task);
}

/** What a task needs of its host. */
export function needsOf(task: RunTask): JobNeeds {
	return modelOf(task).needs(task);
}

/** What a task asks of the GPUs of its slot; the upscaler is a control of Transfer1. */
export function gpuNeedsOfTask({operation, model, settings}: RunTask): GpuNeeds {
	switch (operation) {
		case 'transfer':
			return gpuNeedsOf(model, settings);
		case 'upscale': {
			const {counts} = gpuNeedsOf(model, settings);
			return {gpus: 1, who: operation, ...(counts && {counts})};
		}
		default:
			return {gpus: 1, who: operation};
	}
}

/** The slots of a host that have a number of GPUs with which a task can run. */
export function slotsWithGpus(host: Host, needs: GpuNeeds): string[] {
	const {gpus: least, counts} = needs;
	const fits = (count: number) =>
		// A slot without numbers is given its GPUs by the host.
		count === 0 || (count >= least && (counts?.includes(count) ?? true));
	return slotsOf(host)
		.filter(({gpus}) => fits(gpus.length))
		.map(({lane}) => lane);
}

/** The file in a run's folder with the request of the run, or its batch, to the model. */
export function specOf(run: Kind & {batch?: unknown}): string {
	return (run.batch ? batchModelOf(run)?.spec : undefined) ?? specFile;
}

/** What a task's container has to have; nothing is known of a recipe's. */
function containerOf({operation, model}: Kind): ContainerNeeds | undefined {
	return operation === 'recipe' ? undefined : familyOf(model).container;
}

/** The line of the log with which the first sampling begins, of frames or of words. */
export function samplingOf(kind: Kind): RegExp | undefined {
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

	const first = tasks[0] as RunTask;
	return withExtra({container: containerOf(first), ...model.job(tasks, places)}, first, places);
}

/** A transfer's command with the words that its host has for the family. */
function withExtra(
	job: ModelJob,
	{operation, model}: RunTask,
	{extraArgs = {}}: Pick<JobPlaces, 'extraArgs'>,
): ModelJob {
	const words = operation === 'transfer' ? (extraArgs[model] ?? []) : [];
	return words.length === 0 ? job : {...job, command: [...job.command, ...words]};
}
