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
import {choice, duration, type Field, number, searched, text, time} from './field.js';
import {settingFields} from './setting-fields.js';

/** A prompt and what is counted of it. */
export type FilteredPrompt = {prompt: Prompt; runs: number};

/** A job as the queue shows it. */
export type FilteredJob = {job: Job; shown: string; note: string};

/** What a filter can ask of a prompt. */
export const promptFields: readonly Field<FilteredPrompt>[] = [
	searched('name', 'the name of the prompt', ({prompt}) => prompt.name),
	searched('text', 'the text', ({prompt}) => prompt.text),
	searched('negative', 'the negative text', ({prompt}) => prompt.negative),
	...opinionFields<FilteredPrompt>(({prompt}) => prompt),
	searched('id', 'the id', ({prompt}) => prompt.id),
	createdField(({prompt}) => prompt.createdAt),
	ageField(({prompt}) => prompt.createdAt),
	number('runs', 'how many runs it has', ({runs}) => runs),
	text('model', 'the family of models that it is for', ({prompt}) => prompt.model, {
		values: modelNames,
	}),
	text(
		'inputs',
		'the roles of its inputs, such as depth',
		({prompt}) => prompt.inputs.map(({role}) => role),
		{aliases: ['input']},
	),
	searched(
		'video',
		'the folder or the files of its inputs',
		({prompt}) => [prompt.videoDir, ...prompt.inputs.map(({path}) => path)],
		{aliases: ['folder']},
	),
	searched(
		'past',
		'a text that was replaced',
		({prompt}) => (prompt.history ?? []).map(({text}) => text),
		{label: 'past text'},
	),
	text(
		'parent',
		'the id of the prompt that its text was enhanced from',
		({prompt}) => prompt.parentId,
	),
];

/** What a filter can ask of a run. @param recipes those whose settings it knows */
export function runFields(recipes: readonly Recipe[] = []): readonly Field<ShownRun>[] {
	return [
		text(
			'name',
			'the name or the id of its prompt',
			({run}) => [run.promptName, run.promptId ?? ''],
			{aliases: ['prompt'], words: ({run}) => run.promptName},
		),
		searched('text', 'the text that the model got', ({run}) => run.promptText),
		searched('negative', 'the negative text', ({run}) => run.negative),
		...opinionFields<ShownRun>(({run}) => run),
		searched('id', 'the id', ({run}) => run.id),
		searched(
			'kind',
			`${operations.join(', ')}, or as the list names it`,
			({run}) => [kindName(run), run.operation],
			{aliases: ['operation'], label: 'operation', values: operations},
		),
		text('model', 'the family of models, or the recipe', ({run}) => run.model, {
			values: modelNames,
		}),
		text('mode', 'what the model does, where it can do several things', ({run}) => run.mode),
		searched('host', 'the host', ({run}) => run.host),
		text('slot', 'the GPUs of the host that it has', ({run}) => run.lane),
		choice('status', 'done, running, failed …', Object.keys(statusSigns), ({shown}) => shown, {
			synonyms: {done: 'completed', 'not-fetched': 'uncollected', stopped: 'cancelled'},
			words: ({shown}) => [shown, ...(otherStatusWords[shown] ?? [])],
		}),
		text(
			'reason',
			'why it failed; oom is out of memory',
			({run}) => ('failure' in run ? reasonWords(run.failure.reason) : undefined),
			{
				label: 'failure',
				values: [...failureReasons, 'oom'],
				words: ({run}) =>
					'failure' in run ? [...reasonWords(run.failure.reason), run.failure.message] : undefined,
			},
		),
		text('message', 'what the failure says', ({run}) =>
			'failure' in run ? run.failure.message : undefined,
		),
		number('exit', 'the exit code', ({run}) => ('exitCode' in run ? run.exitCode : undefined)),
		duration(
			'took',
			'how long it took, or has been running',
			({run}, now) => {
				const {uploading = run.createdAt, ended} = run.times;
				return ((ended ? Date.parse(ended) : now) - Date.parse(uploading)) / 1000;
			},
			{aliases: ['time', 'duration']},
		),
		createdField(({run}) => run.createdAt),
		ageField(({run}) => run.createdAt),
		time('ended', 'when it ended', ({run}) => run.times.ended),
		// To write them out for each run costs more than all else: only words with a digit are looked for.
		searched('shown', 'the date and the duration as the lists show them', shownTimes, {
			onlyWords: /\d/,
		}),
		text('batch', 'the id of the first run of its batch', ({run}) => run.batch?.id),
		text('job', 'the id of its job', ({run}) => run.jobId),
		...groupFields<ShownRun>(({run}) => [run]),
		choice('simulated', 'yes or no: made by the simulator', ['yes', 'no'], ({run}) =>
			run.simulated ? 'yes' : 'no',
		),
		choice(
			'flag',
			'what is wrong with the picture of its result; limit is one of [measures]',
			shownFlags,
			({run}) => run.measures && flagsOf(run.measures),
			{words: true},
		),
		...qualityRows.map(({key, help}) =>
			number<ShownRun>(key, help, ({run}) => run.measures?.values[key]),
		),
		...recipes
			.flatMap(checkMeasures)
			.map(name =>
				number<ShownRun>(
					name,
					'a measure of a check of your own',
					({run}) => run.measures?.values[name],
				),
			),
		...settingFields<ShownRun>(({run}) => [run.settings], recipes),
	];
}

/** What a filter can ask of a job of the queue. */
export function jobFields(recipes: readonly Recipe[] = []): readonly Field<FilteredJob>[] {
	return [
		searched('name', 'the name of a prompt in it', ({job}) => job.parts.map(({name}) => name), {
			aliases: ['prompt'],
		}),
		searched(
			'kind',
			`${operations.join(', ')}, or batch`,
			({job}) => [
				...job.parts.map(({request}) => kindOfRequest(request)),
				...(job.parts.length > 1 ? [`batch ×${job.parts.length}`] : []),
			],
			{aliases: ['operation'], values: [...operations, 'batch']},
		),
		text(
			'model',
			'the family of models, or the recipe',
			({job}) => job.parts.flatMap(({request}) => modelOfRequest(request) ?? []),
			{values: modelNames},
		),
		searched('host', 'the host', ({job}) => job.host),
		choice('priority', 'which jobs start first', priorities, ({job}) => job.priority ?? 'normal'),
		choice('status', 'waiting, held, working …', Object.keys(jobSigns), ({shown}) => shown, {
			synonyms: {completed: 'done', running: 'working'},
			words: true,
		}),
		searched('note', 'what it waits for, or why it is held or has failed', ({note}) => note),
		searched('id', 'the id', ({job}) => job.id),
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
		number('stars', 'the rating; 0 without one', item => opinionOf(item).rating ?? 0, {
			aliases: ['rating'],
		}),
		text('tag', 'a tag', item => opinionOf(item).tags, {
			aliases: ['tags'],
			label: 'tags',
			words: item => opinionOf(item).tags?.map(tag => `#${tag}`),
		}),
		searched('note', 'the note', item => opinionOf(item).note),
		choice('pick', 'yes or no: picked or rejected', ['yes', 'no'], item => {
			const {pick} = opinionOf(item);
			return pick === undefined ? undefined : pick ? 'yes' : 'no';
		}),
	];
}

/** What jobs and runs were launched as part of. */
function groupFields<T>(get: (item: T) => readonly Membership[]): Field<T>[] {
	return [
		text('sweep', 'the id of the sweep that it is part of', item =>
			get(item).flatMap(({sweep}) => sweep?.id ?? []),
		),
		text('dataset', 'the id of the dataset that it makes a row of', item =>
			get(item).flatMap(({dataset}) => dataset ?? []),
		),
	];
}

function createdField<T>(get: (item: T) => string): Field<T> {
	return time('created', 'when it was created', get, {aliases: ['date']});
}

function ageField<T>(createdAt: (item: T) => string): Field<T> {
	return duration(
		'age',
		'how long ago it was created',
		(item, now) => (now - Date.parse(createdAt(item))) / 1000,
	);
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
