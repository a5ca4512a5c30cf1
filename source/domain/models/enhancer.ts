import type {Endpoint} from '../hosts/endpoint.js';
import type {InputRole, PromptInput} from '../inputs/media.js';
import type {Setting, SettingsOf} from '../settings/settings.js';
import type {TaskOf} from '../types.js';
import type {MemoryNeed, MemoryUse} from './gpu-memory.js';
import type {BatchModel, JobPlaces, ModelJob, Result} from './model-job.js';

/** One way in which a family makes the texts of prompts richer. */
export type Enhancer = {
	/** What the store keeps as the mode of its runs; absent where the family has one only. */
	name?: string;
	/** Whether it asks a chat endpoint, from this machine: it runs on that host alone. @default false */
	isRemote?: boolean;
	/** `createNew`, `force` and the time limit among them. */
	settings: readonly Setting[];
	/** The settings with what follows from the inputs of the prompt. @default as they are */
	complete?: (
		settings: SettingsOf<'enhance'>,
		inputs: readonly PromptInput[],
	) => SettingsOf<'enhance'>;
	/** Inputs without which it cannot work. */
	requires: readonly InputRole[];
	/** The inputs of a prompt that it looks at. */
	looksAt: (
		inputs: readonly PromptInput[],
		settings: SettingsOf<'enhance'>,
		endpoint?: Endpoint,
	) => readonly PromptInput[];
	/** What is wrong with an input that it would look at; undefined when nothing is. */
	refusedInput?: (input: PromptInput) => string | undefined;
	job: (task: TaskOf<'enhance'>, places: JobPlaces) => ModelJob;
	result: (task: TaskOf<'enhance'>) => Result;
	/** As in a family; absent where no GPU of the slot is used. */
	memoryFor?: (use: Omit<MemoryUse, 'mode'>) => MemoryNeed;
	/** The line of the log with which the work begins; the model is loaded by then. @default none says so */
	sampling?: RegExp;
	batch: BatchModel<'enhance'> & {
		/** Whether the inputs of all of them are of the same kinds. @default each has its own */
		sharesKinds?: boolean;
	};
};
