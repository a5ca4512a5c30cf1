import * as z from 'zod';
import {type Failure, failureReasons} from '../domain/failures/failure.js';
import type {Endpoint} from '../domain/hosts/endpoint.js';
import {type IdPrefix, isId} from '../domain/ids.js';
import type {ImportMark} from '../domain/import-mark.js';
import type {AnyInput, DataInput, ImageInput, VideoInput} from '../domain/inputs/media.js';
import {unnamedModel} from '../domain/models/families.js';
import type {Mode} from '../domain/models/family.js';
import {families} from '../domain/models/family-list.js';
import {flags, type Measures} from '../domain/runs/measures.js';
import {isRelativeName} from '../domain/runs/output-name.js';
import type {Kind, Operation, Setting, SettingsOf} from '../domain/settings/settings.js';
import {anyRecipe, tableOfKind} from '../domain/settings/settings-tables.js';
import {
	type Annotations,
	type BatchPlace,
	type Membership,
	type OutputFile,
	type Owner,
	type PastText,
	type Prompt,
	priorities,
	type Recipe,
	type RecipeSetting,
	type Restart,
	type Run,
	type RunInput,
	type RunServer,
	type RunState,
	type RunTask,
	type StepTimes,
	type TaskOf,
} from '../domain/types.js';
import {provenance} from './provenance-schema.js';

/** The fields of a stored type. One that the type has and the schema lacks does not compile. */
export type Fields<T> = {[K in keyof T]-?: z.ZodType};

/**
 * A schema that reads a type with all its variants: one that the schema lacks, such as a status,
 * does not compile.
 */
export type Reads<T, S extends z.ZodType> = [T] extends [z.output<S>] ? z.ZodType<T> : never;

// Unknown keys are kept: an older program must not drop what a newer one has added.
export const id = (prefix: IdPrefix) =>
	z.string().refine(text => isId(text, prefix), {
		error: `is not a valid id of a ${prefix === 'ps' ? 'prompt' : prefix}`,
	});
const size = z.number().int().min(0);
/** A role becomes a part of file names on the host. */
const role = z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/);
export const time = z.iso.datetime();

export const owner = z.looseObject({
	pid: z.int(),
	startTime: z.string(),
	bootId: z.string(),
	machine: z.string(),
} satisfies Fields<Owner>);

const inputCommon = {
	...{role, path: z.string(), size, width: z.number(), height: z.number()},
	modified: z.number().optional(),
};
const promptInput: z.ZodType<AnyInput> = z.union([
	z.looseObject({
		...{role, path: z.string(), size, modified: z.number().optional()},
		kind: z.enum(['audio', 'json', 'text']),
	} satisfies Fields<DataInput>),
	z.looseObject({...inputCommon, kind: z.literal('image')} satisfies Fields<ImageInput>),
	z.looseObject({
		...inputCommon,
		kind: z.literal('video').optional(),
		frames: z.number(),
		fps: z.number(),
	} satisfies Fields<VideoInput>),
]);

const annotations = {
	rating: z.number().optional(),
	tags: z.array(z.string()).optional(),
	note: z.string().optional(),
	pick: z.boolean().optional(),
} satisfies Fields<Annotations>;

const imported = z
	.looseObject({at: time, archive: z.string().regex(/^[0-9a-f]{64}$/)} satisfies Fields<ImportMark>)
	.optional();

export const promptSchema: z.ZodType<Prompt> = z.looseObject({
	...annotations,
	id: id('ps'),
	name: z.string(),
	text: z.string(),
	negative: z.string(),
	videoDir: z.string(),
	inputs: z.array(promptInput),
	createdAt: time,
	parentId: id('ps').optional(),
	enhancedBy: id('run').optional(),
	model: z.string().optional(),
	history: z
		.array(
			z.looseObject({
				text: z.string(),
				replacedAt: time,
				by: id('run').optional(),
			} satisfies Fields<PastText>),
		)
		.optional(),
	imported,
	unconfirmed: z.boolean().optional(),
} satisfies Fields<Prompt>);

/**
 * Types only: a run that was launched when ranges were wider stays readable. A setting that came
 * after the run has its default, which is what the run was made with.
 */
function settingsOf<O extends Operation>(kind: Kind & {operation: O}) {
	return z.looseObject(
		Object.fromEntries(tableOfKind(kind).map(row => [row.key, settingValue(row)])),
	) as unknown as z.ZodType<SettingsOf<O>>;
}

function settingValue(row: Setting): z.ZodType {
	switch (row.kind) {
		case 'switch':
			return z.boolean().default(row.default);
		case 'choice':
		case 'text':
			return z.string().default(row.default);
		default:
			return z.number().default(row.default);
	}
}

/** A name that stays below the folder it is put into; what came from an earlier version stays readable. */
const relativeName = z.string().refine(isRelativeName, {error: 'is not a relative file name'});

const output = z.looseObject({
	name: relativeName,
	size,
	sha256: z.string().regex(/^[0-9a-f]{64}$/),
} satisfies Fields<OutputFile>);

const failure = z.looseObject({
	reason: z.enum(failureReasons),
	message: z.string(),
	hint: z.string(),
} satisfies Fields<Failure>);

const batch = z.looseObject({
	id: id('run'),
	index: z.int().min(0),
	size: z.int().min(1),
	exit: z.looseObject({code: z.int(), oomKilled: z.boolean()}).optional(),
} satisfies Fields<BatchPlace>);

/** What a request, and the run that it becomes, is part of. */
export const membership = {
	dataset: z.string().optional(),
	sweep: z
		.looseObject({
			id: z.string(),
			axes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
		})
		.optional(),
	priority: z.enum(priorities).optional(),
} satisfies Fields<Membership>;

const measures = z.looseObject({
	at: time,
	values: z.record(z.string(), z.number()),
	flagged: z.array(z.looseObject({flag: z.enum(flags), name: z.string()})).optional(),
	limits: z
		.array(z.looseObject({action: z.enum(['flag', 'reject']), filter: z.string()}))
		.optional(),
	against: z.string().optional(),
} satisfies Fields<Measures>);

const runCommon = z.looseObject({
	...annotations,
	id: id('run'),
	promptName: z.string(),
	promptText: z.string(),
	negative: z.string(),
	model: z.literal(unnamedModel),
	mode: z.string().optional(),
	host: z.string(),
	lane: z.string(),
	simulated: z.boolean(),
	inputs: z.array(
		z.looseObject({
			role,
			path: z.string(),
			size,
			frames: z.number().optional(),
			fps: z.number().optional(),
			width: z.number().optional(),
			height: z.number().optional(),
			sha256: z.string().optional(),
		} satisfies Fields<RunInput>),
	),
	createdAt: time,
	times: z.looseObject({
		uploading: time.optional(),
		starting: time.optional(),
		running: time.optional(),
		loading: time.optional(),
		sampling: time.optional(),
		downloading: time.optional(),
		ended: time.optional(),
	} satisfies Fields<StepTimes>),
	owner,
	cancelRequestedAt: time.optional(),
	waitingFor: z.string().optional(),
	uncleaned: z.boolean().optional(),
	outputsDeletedAt: time.optional(),
	refused: z.array(z.looseObject({name: z.string(), why: z.string()})).optional(),
	measures: measures.optional(),
	jobId: id('job').optional(),
	...membership,
	batch: batch.optional(),
	restarts: z
		.array(z.looseObject({batch, failed: id('run'), at: time} satisfies Fields<Restart>))
		.optional(),
	server: z
		.looseObject({
			name: z.string(),
			kind: z.string(),
			checkpoint: z.string(),
			url: z.string().optional(),
			again: z.array(z.looseObject({at: time, why: z.string()})).optional(),
		} satisfies Fields<RunServer>)
		.optional(),
	madeBy: provenance.optional(),
	imported,
} satisfies Fields<Omit<Run, 'operation' | 'promptId' | 'settings' | 'status'>>);

const exitCode = z.int();

/** The fields that go with a status. */
type StateFields<S extends RunState['status']> = Fields<Extract<RunState, {status: S}>>;
/** The fields that only runs of one operation have. */
type OwnFields<O extends Operation> = Fields<
	Omit<TaskOf<O>, Exclude<keyof RunTask, 'operation' | 'promptId' | 'settings'>>
> & {model?: z.ZodType};

/** The fields that go with each status, over those of an operation. */
function withStatus<T extends z.ZodRawShape>(run: z.ZodObject<T, z.core.$loose>) {
	return z.discriminatedUnion('status', [
		run.extend({status: z.enum(['pending', 'uploading', 'starting', 'running'])}),
		run.extend({
			status: z.literal('downloading'),
			exitCode,
		} satisfies StateFields<'downloading'>),
		run.extend({
			status: z.literal('completed'),
			exitCode: z.literal(0),
			outputs: z.array(output),
		} satisfies StateFields<'completed'>),
		run.extend({
			status: z.literal('failed'),
			failure,
			exitCode: exitCode.optional(),
			outputs: z.array(output).optional(),
		} satisfies StateFields<'failed'>),
		run.extend({
			status: z.literal('uncollected'),
			exitCode: z.literal(0),
			failure,
		} satisfies StateFields<'uncollected'>),
		run.extend({
			status: z.literal('cancelled'),
			exitCode: exitCode.optional(),
		} satisfies StateFields<'cancelled'>),
	]);
}

/** A transfer has the settings of its mode; without a word of it, of the family's first. */
function transferOf(model: string, {name}: Mode, isFirst: boolean) {
	const said = z.literal(name);
	// Its type is that of all modes.
	const mode = (isFirst ? said.optional() : said) as unknown as z.ZodOptional<z.ZodString>;
	return withStatus(
		runCommon.extend({
			operation: z.literal('transfer'),
			model: z.literal(model),
			mode,
			promptId: id('ps'),
			settings: settingsOf({operation: 'transfer', model, mode: name}),
		} satisfies OwnFields<'transfer'> & {mode: z.ZodType}),
	);
}

type TransferSchema = ReturnType<typeof transferOf>;

const transfers = families.map(({name, modes}): TransferSchema => {
	const [first, ...others] = modes.map((mode, at) => transferOf(name, mode, at === 0));
	// All of one type, for what a mode's settings are is known at run time only.
	return others.length === 0
		? (first as TransferSchema)
		: (z.discriminatedUnion('mode', [first, ...others] as never) as unknown as TransferSchema);
});

const upscale = runCommon.extend({
	operation: z.literal('upscale'),
	promptId: id('ps').optional(),
	parentId: id('run').optional(),
	parentModel: z.string().optional(),
	settings: settingsOf({operation: 'upscale', model: unnamedModel}),
} satisfies OwnFields<'upscale'>);

const endpoint = z.looseObject({
	url: z.string(),
	model: z.string(),
	keyEnv: z.string().optional(),
	images: z.boolean(),
	answerLimit: z.number(),
} satisfies Fields<Endpoint>);

/** An enhancement has the settings of the way in which it is done. */
function enhancementOf(kind: Kind) {
	const said = kind.mode === undefined ? z.undefined().optional() : z.literal(kind.mode);
	return withStatus(
		runCommon.extend({
			operation: z.literal('enhance'),
			model: z.literal(kind.model),
			// Its type is that of all ways.
			mode: said as unknown as z.ZodOptional<z.ZodString>,
			promptId: id('ps'),
			settings: settingsOf({...kind, operation: 'enhance'}),
			endpoint: endpoint.optional(),
			resultPromptId: id('ps').optional(),
		} satisfies OwnFields<'enhance'> & {mode: z.ZodType}),
	);
}

type EnhanceSchema = ReturnType<typeof enhancementOf>;

const enhancements = families.flatMap(({name: model, enhancers = []}): EnhanceSchema[] => {
	const all = enhancers.map(({name: mode}) => enhancementOf({operation: 'enhance', model, mode}));
	return all.length > 1
		? [z.discriminatedUnion('mode', all as never) as unknown as EnhanceSchema]
		: all;
});

const settingCommon = {
	...{key: z.string(), label: z.string(), help: z.string(), main: z.boolean()},
	scope: z.enum(['process', 'sample']),
};
const recipeSetting: z.ZodType<RecipeSetting> = z.discriminatedUnion('kind', [
	z.looseObject({
		...{...settingCommon, kind: z.enum(['integer', 'number'])},
		...{default: z.number(), min: z.number(), max: z.number(), step: z.number()},
	}),
	z.looseObject({
		...{...settingCommon, kind: z.literal('choice'), default: z.string()},
		choices: z.array(z.string()),
	}),
	z.looseObject({
		...{...settingCommon, kind: z.literal('switch'), default: z.boolean()},
		...{on: z.string().optional(), off: z.string().optional()},
	}),
	z.looseObject({...settingCommon, kind: z.literal('text'), default: z.string()}),
]);

/** Types only: what is wrong with its words is found where it is written. */
export const recipeSchema: z.ZodType<Recipe> = z.looseObject({
	name: z.string(),
	image: z.string().optional(),
	kind: z.literal('check').optional(),
	measures: z.array(z.string()).optional(),
	command: z.array(z.string()).min(1),
	inputs: z.array(role),
	outputs: z.array(z.string()),
	progress: z.string().optional(),
	settings: z.array(recipeSetting).optional(),
	failures: z.array(z.looseObject({says: z.string(), hint: z.string()})).optional(),
	timeLimit: z.number(),
} satisfies Fields<Recipe>);

const recipe = runCommon.extend({
	operation: z.literal('recipe'),
	model: z.string(),
	promptId: id('ps'),
	parentId: id('run').optional(),
	recipe: recipeSchema,
	settings: settingsOf({operation: 'recipe', model: anyRecipe}),
} satisfies OwnFields<'recipe'>);

const anyRun = z.discriminatedUnion('operation', [
	z.discriminatedUnion('model', transfers as [TransferSchema, ...TransferSchema[]]),
	withStatus(upscale),
	z.discriminatedUnion('model', enhancements as [EnhanceSchema, ...EnhanceSchema[]]),
	withStatus(recipe),
]);

export const runSchema: Reads<Run, typeof anyRun> = anyRun;
