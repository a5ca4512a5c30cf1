import * as z from 'zod';
import type {Job, JobPart, QueuedRequest, SilentHost, Undo} from '../../domain/queue/job.js';
import {type Fields, id, membership, owner, type Reads, recipeSchema, time} from '../schema.js';
import type {StoredQueue} from './queue-index.js';

const common = {
	...membership,
	settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).optional(),
	host: z.string().optional(),
	verifyInputs: z.boolean().optional(),
};
const upscale = z.looseObject({
	...common,
	operation: z.literal('upscale'),
	text: z.string().optional(),
});

/** Settings are checked when the job starts, as those of a launch are. */
const request = z.union([
	// The most frequent first: each one that does not fit costs as much as one that does.
	z.looseObject({
		...common,
		operation: z.literal('transfer').optional(),
		text: z.string().optional(),
		model: z.string().optional(),
		mode: z.string().optional(),
		server: z.boolean().optional(),
		promptId: id('ps'),
	}),
	z.looseObject({
		...common,
		operation: z.literal('recipe'),
		promptId: id('ps'),
		checks: id('run').optional(),
		text: z.string().optional(),
		recipe: recipeSchema,
	}),
	z.looseObject({
		...common,
		operation: z.literal('enhance'),
		model: z.string().optional(),
		promptId: id('ps'),
	}),
	upscale.extend({ofJob: id('job')}),
	upscale.extend({runId: id('run')}),
	upscale.extend({video: z.string()}),
]) as unknown as z.ZodType<QueuedRequest>;

const part: z.ZodType<JobPart> = z.looseObject({
	id: id('job'),
	name: z.string(),
	request,
	onFinish: z.array(z.string()).min(1).optional(),
	runId: id('run').optional(),
} satisfies Fields<JobPart>);

const jobCommon = z.looseObject({
	id: id('job'),
	parts: z.array(part).min(1),
	host: z.string(),
	lane: z.string(),
	target: z.string().optional(),
	refusals: z
		.array(z.looseObject({host: z.string(), lane: z.string(), problem: z.string()}))
		.optional(),
	priority: membership.priority,
	rank: z.string().optional(),
	after: z.union([id('run'), id('job')]).optional(),
	attempts: z.int().min(0),
	retry: z
		.looseObject({problem: z.string(), at: time, begun: z.literal(true).optional()})
		.optional(),
	createdAt: time,
	startedAt: time.optional(),
	cancelRequestedAt: time.optional(),
} satisfies Fields<Omit<Job, 'status'>>);

const anyJob = z.discriminatedUnion('status', [
	jobCommon.extend({status: z.literal('waiting')}),
	jobCommon.extend({status: z.literal('held'), reason: z.string()}),
	jobCommon.extend({
		status: z.literal('working'),
		owner,
		step: z.enum(['preparing', 'computing', 'collecting']).optional(),
		since: time.optional(),
	}),
	jobCommon.extend({status: z.enum(['done', 'cancelled']), endedAt: time}),
	jobCommon.extend({status: z.literal('failed'), endedAt: time, problem: z.string()}),
]);

export const jobSchema: Reads<Job, typeof anyJob> = anyJob;

/** Reads a queue of schema 5 too, which had its jobs in it. */
export const queueSchema: z.ZodType<StoredQueue> = z.looseObject({
	id: id('queue'),
	paused: z.boolean(),
	silent: z
		.array(
			z.looseObject({
				host: z.string(),
				problem: z.string(),
				tries: z.int().min(1),
				since: time,
				until: time,
			} satisfies Fields<SilentHost>),
		)
		.optional(),
	undo: z
		.looseObject({
			merged: z.array(id('job')),
			before: z.array(jobSchema),
		} satisfies Fields<Undo>)
		.optional(),
	live: z.record(id('job'), z.record(z.string(), z.int().min(0))).optional(),
	recent: z.array(id('job')).optional(),
	jobs: z.array(jobSchema).optional(),
} satisfies Fields<StoredQueue>);
