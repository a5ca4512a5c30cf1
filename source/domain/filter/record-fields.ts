import {failureReasons} from '../failures/failure.js';
import {modelNames} from '../models/families.js';
import type {Job} from '../queue/job.js';
import {flagsOf, qualityRows, shownFlags} from '../runs/measures.js';
import {checkMeasures} from '../settings/recipe.js';
import {operations} from '../settings/settings.js';
import {kindName, kindOfRequest, modelOfRequest} from '../settings/settings-tables.js';
import {formatDuration, formatLocalTime, jobSigns, statusSigns} from '../text-format.js';
import {
	type Annotations,
	type Membership,
	type Prompt,
	priorities,
	type Recipe,
	type ShownRun,
} from '../types.js';
import type {Field} from './field.js';
import {settingFields} from './setting-fields.js';

/** A prompt and what is counted of it. */
export type FilteredPrompt = {prompt: Prompt; runs: number};

/** A job as the queue shows it. */
export type FilteredJob = {job: Job; shown: string; note: string};

/** What a filter can ask of a prompt. */
export const promptFields: readonly Field<FilteredPrompt>[] = [
	{
		name: 'name',
		help: 'the name of the prompt',
		type: 'text',
		words: true,
		get: ({prompt}) => prompt.name,
	},
	{
		name: 'text',
		help: 'the text',
		type: 'text',
		words: true,
		get: ({prompt}) => prompt.text,
	},
	{
		name: 'negative',
		help: 'the negative text',
		type: 'text',
		words: true,
		get: ({prompt}) => prompt.negative,
	},
	...opinionFields<FilteredPrompt>(({prompt}) => prompt),
	{name: 'id', help: 'the id', type: 'text', words: true, get: ({prompt}) => prompt.id},
	createdField(({prompt}) => prompt.createdAt),
	ageField(({prompt}) => prompt.createdAt),
	{name: 'runs', help: 'how many runs it has', type: 'number', get: ({runs}) => runs},
	{
		name: 'model',
		help: 'the family of models that it is for',
		type: 'text',
		values: modelNames,
		get: ({prompt}) => prompt.model,
	},
	{
		name: 'inputs',
		aliases: ['input'],
		help: 'the roles of its inputs, such as depth',
		type: 'text',
		get: ({prompt}) => prompt.inputs.map(({role}) => role),
	},
	{
		name: 'video',
		aliases: ['folder'],
		help: 'the folder or the files of its inputs',
		type: 'text',
		words: true,
		get: ({prompt}) => [prompt.videoDir, ...prompt.inputs.map(({path}) => path)],
	},
	{
		name: 'past',
		label: 'past text',
		help: 'a text that was replaced',
		type: 'text',
		words: true,
		get: ({prompt}) => (prompt.history ?? []).map(({text}) => text),
	},
	{
		name: 'parent',
		help: 'the id of the prompt that its text was enhanced from',
		type: 'text',
		get: ({prompt}) => prompt.parentId,
	},
];

/** What a filter can ask of a run. @param recipes those whose settings it knows */
export function runFields(recipes: readonly Recipe[] = []): readonly Field<ShownRun>[] {
	return [
		{
			name: 'name',
			aliases: ['prompt'],
			help: 'the name or the id of its prompt',
			type: 'text',
			words: ({run}) => run.promptName,
			get: ({run}) => [run.promptName, run.promptId ?? ''],
		},
		{
			name: 'text',
			help: 'the text that the model got',
			type: 'text',
			words: true,
			get: ({run}) => run.promptText,
		},
		{
			name: 'negative',
			help: 'the negative text',
			type: 'text',
			words: true,
			get: ({run}) => run.negative,
		},
		...opinionFields<ShownRun>(({run}) => run),
		{name: 'id', help: 'the id', type: 'text', words: true, get: ({run}) => run.id},
		{
			name: 'kind',
			aliases: ['operation'],
			label: 'operation',
			help: `${operations.join(', ')}, or as the list names it`,
			type: 'text',
			values: operations,
			words: true,
			get: ({run}) => [kindName(run), run.operation],
		},
		{
			name: 'model',
			help: 'the family of models, or the recipe',
			type: 'text',
			values: modelNames,
			get: ({run}) => run.model,
		},
		{
			name: 'mode',
			help: 'what the model does, where it can do several things',
			type: 'text',
			get: ({run}) => run.mode,
		},
		{name: 'host', help: 'the host', type: 'text', words: true, get: ({run}) => run.host},
		{
			name: 'slot',
			help: 'the GPUs of the host that it has',
			type: 'text',
			get: ({run}) => run.lane,
		},
		{
			name: 'status',
			help: 'done, running, failed …',
			type: 'choice',
			values: Object.keys(statusSigns),
			synonyms: {done: 'completed', 'not-fetched': 'uncollected', stopped: 'cancelled'},
			words: ({shown}) => [shown, ...(otherStatusWords[shown] ?? [])],
			get: ({shown}) => shown,
		},
		{
			name: 'reason',
			label: 'failure',
			help: 'why it failed; oom is out of memory',
			type: 'text',
			values: [...failureReasons, 'oom'],
			words: ({run}) =>
				'failure' in run ? [...reasonWords(run.failure.reason), run.failure.message] : undefined,
			get: ({run}) => ('failure' in run ? reasonWords(run.failure.reason) : undefined),
		},
		{
			name: 'message',
			help: 'what the failure says',
			type: 'text',
			get: ({run}) => ('failure' in run ? run.failure.message : undefined),
		},
		{
			name: 'exit',
			help: 'the exit code',
			type: 'number',
			get: ({run}) => ('exitCode' in run ? run.exitCode : undefined),
		},
		{
			name: 'took',
			aliases: ['time', 'duration'],
			help: 'how long it took, or has been running',
			type: 'duration',
			get: ({run}, now) => {
				const {uploading = run.createdAt, ended} = run.times;
				return ((ended ? Date.parse(ended) : now) - Date.parse(uploading)) / 1000;
			},
		},
		createdField(({run}) => run.createdAt),
		ageField(({run}) => run.createdAt),
		{name: 'ended', help: 'when it ended', type: 'time', get: ({run}) => run.times.ended},
		{
			name: 'shown',
			help: 'the date and the duration as the lists show them',
			type: 'text',
			words: true,
			// To write them out for each run costs more than all else.
			onlyWords: /\d/,
			get: shownTimes,
		},
		{
			name: 'batch',
			help: 'the id of the first run of its batch',
			type: 'text',
			get: ({run}) => run.batch?.id,
		},
		{name: 'job', help: 'the id of its job', type: 'text', get: ({run}) => run.jobId},
		...groupFields<ShownRun>(({run}) => [run]),
		{
			name: 'simulated',
			help: 'yes or no: made by the simulator',
			type: 'choice',
			values: ['yes', 'no'],
			get: ({run}) => (run.simulated ? 'yes' : 'no'),
		},
		{
			name: 'flag',
			help: 'what is wrong with the picture of its result; limit is one of [measures]',
			type: 'choice',
			values: shownFlags,
			words: true,
			get: ({run}) => run.measures && flagsOf(run.measures),
		},
		...qualityRows.map(
			({key, help}): Field<ShownRun> => ({
				...{name: key, help, type: 'number', get: ({run}) => run.measures?.values[key]},
			}),
		),
		...recipes.flatMap(checkMeasures).map(
			(name): Field<ShownRun> => ({
				name,
				help: 'a measure of a check of your own',
				type: 'number',
				get: ({run}) => run.measures?.values[name],
			}),
		),
		...settingFields<ShownRun>(({run}) => [run.settings], recipes),
	];
}

/** What a filter can ask of a job of the queue. */
export function jobFields(recipes: readonly Recipe[] = []): readonly Field<FilteredJob>[] {
	return [
		{
			name: 'name',
			aliases: ['prompt'],
			help: 'the name of a prompt in it',
			type: 'text',
			words: true,
			get: ({job}) => job.parts.map(({name}) => name),
		},
		{
			name: 'kind',
			aliases: ['operation'],
			help: `${operations.join(', ')}, or batch`,
			type: 'text',
			values: [...operations, 'batch'],
			words: true,
			get: ({job}) => [
				...job.parts.map(({request}) => kindOfRequest(request)),
				...(job.parts.length > 1 ? [`batch ×${job.parts.length}`] : []),
			],
		},
		{
			name: 'model',
			help: 'the family of models, or the recipe',
			type: 'text',
			values: modelNames,
			get: ({job}) => job.parts.flatMap(({request}) => modelOfRequest(request) ?? []),
		},
		{name: 'host', help: 'the host', type: 'text', words: true, get: ({job}) => job.host},
		{
			name: 'priority',
			help: 'which jobs start first',
			type: 'choice',
			values: priorities,
			get: ({job}) => job.priority ?? 'normal',
		},
		{
			name: 'status',
			help: 'waiting, held, working …',
			type: 'choice',
			values: Object.keys(jobSigns),
			synonyms: {completed: 'done', running: 'working'},
			words: true,
			get: ({shown}) => shown,
		},
		{
			name: 'note',
			help: 'what it waits for, or why it is held or has failed',
			type: 'text',
			words: true,
			get: ({note}) => note,
		},
		{name: 'id', help: 'the id', type: 'text', words: true, get: ({job}) => job.id},
		...groupFields<FilteredJob>(({job}) => job.parts.map(({request}) => request)),
		createdField(({job}) => job.createdAt),
		ageField(({job}) => job.createdAt),
		...settingFields<FilteredJob>(
			({job}) => job.parts.map(({request}) => request.settings ?? {}),
			recipes,
		),
	];
}

function opinionFields<T>(opinionOf: (item: T) => Annotations): Field<T>[] {
	return [
		{
			name: 'stars',
			aliases: ['rating'],
			help: 'the rating; 0 without one',
			type: 'number',
			get: item => opinionOf(item).rating ?? 0,
		},
		{
			name: 'tag',
			aliases: ['tags'],
			label: 'tags',
			help: 'a tag',
			type: 'text',
			words: item => opinionOf(item).tags?.map(tag => `#${tag}`),
			get: item => opinionOf(item).tags,
		},
		{
			name: 'note',
			help: 'the note',
			type: 'text',
			words: true,
			get: item => opinionOf(item).note,
		},
		{
			name: 'pick',
			help: 'yes or no: picked or rejected',
			type: 'choice',
			values: ['yes', 'no'],
			get: item => {
				const {pick} = opinionOf(item);
				return pick === undefined ? undefined : pick ? 'yes' : 'no';
			},
		},
	];
}

/** What jobs and runs were launched as part of. */
function groupFields<T>(get: (item: T) => readonly Membership[]): Field<T>[] {
	return [
		{
			name: 'sweep',
			help: 'the id of the sweep that it is part of',
			type: 'text',
			get: item => get(item).flatMap(({sweep}) => sweep?.id ?? []),
		},
		{
			name: 'dataset',
			help: 'the id of the dataset that it makes a row of',
			type: 'text',
			get: item => get(item).flatMap(({dataset}) => dataset ?? []),
		},
	];
}

function createdField<T>(get: (item: T) => string): Field<T> {
	return {name: 'created', aliases: ['date'], help: 'when it was created', type: 'time', get};
}

function ageField<T>(createdAt: (item: T) => string): Field<T> {
	return {
		name: 'age',
		help: 'how long ago it was created',
		type: 'duration',
		get: (item, now) => (now - Date.parse(createdAt(item))) / 1000,
	};
}

/** What lists show instead of, or beside, a status. */
const otherStatusWords: Readonly<Partial<Record<ShownRun['shown'], readonly string[]>>> = {
	completed: ['done'],
	uncollected: ['not fetched'],
};

function reasonWords(reason: string): string[] {
	return reason.endsWith('out-of-memory') ? [reason, 'oom'] : [reason];
}

/** `2026-11-24 12:04` and `12:40`. */
function shownTimes({run}: ShownRun): string[] {
	const {uploading = run.createdAt, ended} = run.times;
	const seconds = ended && (Date.parse(ended) - Date.parse(uploading)) / 1000;
	return [
		formatLocalTime(run.createdAt),
		...(typeof seconds === 'number' ? [formatDuration(seconds)] : []),
	];
}
