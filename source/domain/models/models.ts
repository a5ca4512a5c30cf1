import {type Host, slotsOf} from '../hosts/host.js';
import {mediaKindOf} from '../inputs/media.js';
import type {Kind, Operation} from '../settings/settings.js';
import type {RunTask, TaskOf} from '../types.js';
import type {ContainerNeeds} from './container.js';
import {enhancerOf, familyOf, type GpuNeeds, gpuNeedsOf, modeOf} from './families.js';
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

/** Operations other than those that the families of `family-list.ts` have each their own way for. */
const models: {readonly [O in Exclude<Operation, 'transfer' | 'enhance'>]: Model<O>} = {
	upscale: {
		job: upscaleJob,
		result: () => oneFile(`${upscaledName}.mp4`),
		needs: itsCheckout,
		sampling: samplingLine,
	},
	recipe: {job: recipeJob, result: recipeResult, needs: recipeNeeds},
};

function modelOf(kind: Kind): Model<Operation> {
	const {operation} = kind;
	switch (operation) {
		case 'transfer':
			return {...modeOf(kind), needs: itsCheckout} as unknown as Model<Operation>;
		case 'enhance': {
			const enhancer = enhancerOf(kind);
			const needs = enhancer.isRemote ? () => ({}) : itsCheckout;
			return {...enhancer, needs} as unknown as Model<Operation>;
		}
		default:
			return models[operation] as Model<Operation>;
	}
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
		case 'enhance':
			return {...gpuNeedsOf(model, settings), who: operation};
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

/** What a task's container has to have; nothing is known of a recipe's, and a request has none. */
function containerOf(kind: Kind): ContainerNeeds | undefined {
	const isOwn = kind.operation === 'enhance' && enhancerOf(kind).isRemote;
	return kind.operation === 'recipe' || isOwn ? undefined : familyOf(kind.model).container;
}

/** The line of the log with which the first sampling begins, of frames or of words. */
export function samplingOf(kind: Kind): RegExp | undefined {
	return modelOf(kind).sampling;
}

/** How tasks of a kind share a container; undefined where they cannot. */
export function batchModelOf(kind: Kind): Omit<BatchModel<Operation>, 'job'> | undefined {
	return modelOf(kind).batch;
}

/** Equal for enhancements that can share a container. */
export function enhanceBatchKey(task: TaskOf<'enhance'>): string {
	const {model, mode, settings, endpoint, inputs} = task;
	const {batch, settings: rows} = enhancerOf(task);
	const common = rows.filter(({scope}) => scope === 'process').map(({key}) => settings[key]);
	const kinds = inputs.map(({path}) => mediaKindOf(path)).sort();
	return JSON.stringify([model, mode, endpoint, common, batch.sharesKinds ? kinds : []]);
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
