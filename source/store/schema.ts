import * as z from 'zod';
import {type IdPrefix, isId} from '../domain/ids.js';
import {type Operation, type Setting, type SettingsOf, settingsTables} from '../domain/settings.js';
import type {Prompt, Run} from '../domain/types.js';

// Unknown keys are kept: an older program must not drop what a newer one has added.
export const id = (prefix: IdPrefix) =>
	z.string().refine(text => isId(text, prefix), {
		error: `is no id of a ${prefix === 'ps' ? 'prompt' : prefix}`,
	});
const size = z.number().int().min(0);
const role = z.enum(['color', 'vis', 'edge', 'depth', 'seg']);
export const time = z.iso.datetime();

export const owner = z.looseObject({
	pid: z.int(),
	startTime: z.string(),
	bootId: z.string(),
	machine: z.string(),
});

const promptInput = z.looseObject({
	role,
	path: z.string(),
	size,
	width: z.number(),
	height: z.number(),
	frames: z.number(),
	fps: z.number(),
});

const annotations = {
	rating: z.number().optional(),
	tags: z.array(z.string()).optional(),
	note: z.string().optional(),
};

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
	history: z
		.array(z.looseObject({text: z.string(), replacedAt: time, by: id('run').optional()}))
		.optional(),
});

/**
 * Types only: a run that was launched when ranges were wider stays readable. A setting that came
 * after the run has its default, which is what the run was made with.
 */
function settingsOf<O extends Operation>(operation: O) {
	return z.looseObject(
		Object.fromEntries(settingsTables[operation].map(row => [row.key, settingValue(row)])),
	) as unknown as z.ZodType<SettingsOf<O>>;
}

function settingValue(row: Setting): z.ZodType {
	switch (row.kind) {
		case 'switch':
			return z.boolean().default(row.default);
		case 'choice':
			return z.string().default(row.default);
		default:
			return z.number().default(row.default);
	}
}

/** A name that stays below the folder it is put into. */
const relativeName = z
	.string()
	.refine(
		name => !/[\\\0]/.test(name) && name.split('/').every(part => !['', '.', '..'].includes(part)),
		{error: 'is no relative file name'},
	);

const output = z.looseObject({
	name: relativeName,
	size,
	sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const failure = z.looseObject({
	reason: z.enum([
		'guardrail',
		'gpu-out-of-memory',
		'host-out-of-memory',
		'killed',
		'timed-out',
		'rejected-input',
		'no-output',
		'program-error',
		'engine',
		'upload',
		'collect',
		'check',
		'container-lost',
	]),
	message: z.string(),
	hint: z.string(),
});

const runCommon = z.looseObject({
	...annotations,
	id: id('run'),
	promptName: z.string(),
	promptText: z.string(),
	negative: z.string(),
	model: z.literal('transfer1'),
	host: z.string(),
	lane: z.string(),
	simulated: z.boolean(),
	inputs: z.array(z.looseObject({role, path: z.string(), size, sha256: z.string().optional()})),
	createdAt: time,
	times: z.looseObject({
		uploading: time.optional(),
		starting: time.optional(),
		running: time.optional(),
		downloading: time.optional(),
		ended: time.optional(),
	}),
	owner,
	cancelRequestedAt: time.optional(),
	waitingFor: z.string().optional(),
	uncleaned: z.boolean().optional(),
	outputsDeletedAt: time.optional(),
	jobId: id('job').optional(),
	batch: z
		.looseObject({
			id: id('run'),
			index: z.int().min(0),
			size: z.int().min(2),
			exit: z.looseObject({code: z.int(), oomKilled: z.boolean()}).optional(),
		})
		.optional(),
});

const exitCode = z.int();

/** The fields that go with each status, over those of an operation. */
function withStatus<T extends z.ZodRawShape>(run: z.ZodObject<T, z.core.$loose>) {
	return z.discriminatedUnion('status', [
		run.extend({status: z.enum(['pending', 'uploading', 'starting', 'running'])}),
		run.extend({status: z.literal('downloading'), exitCode}),
		run.extend({
			status: z.literal('completed'),
			exitCode: z.literal(0),
			outputs: z.array(output),
		}),
		run.extend({
			status: z.literal('failed'),
			failure,
			exitCode: exitCode.optional(),
			outputs: z.array(output).optional(),
		}),
		run.extend({status: z.literal('uncollected'), exitCode: z.literal(0), failure}),
		run.extend({status: z.literal('cancelled'), exitCode: exitCode.optional()}),
	]);
}

const transfer = runCommon.extend({
	operation: z.literal('transfer'),
	promptId: id('ps'),
	settings: settingsOf('transfer'),
});

const upscale = runCommon.extend({
	operation: z.literal('upscale'),
	promptId: id('ps').optional(),
	parentId: id('run').optional(),
	settings: settingsOf('upscale'),
});

const enhance = runCommon.extend({
	operation: z.literal('enhance'),
	promptId: id('ps'),
	settings: settingsOf('enhance'),
	resultPromptId: id('ps').optional(),
});

export const runSchema: z.ZodType<Run> = z.discriminatedUnion('operation', [
	withStatus(transfer),
	withStatus(upscale),
	withStatus(enhance),
]);
