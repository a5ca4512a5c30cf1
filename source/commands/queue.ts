import {exitCodes} from '../domain/error-codes.js';
import {CosmosError} from '../domain/errors.js';
import type {Place} from '../domain/queue/queue-change.js';
import {counted} from '../domain/text-format.js';
import {priorities} from '../domain/types.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {ask} from './choose/ask.js';
import {isGroup, queuedOfGroup} from './choose/groups.js';
import {toPriority} from './flags/priority-flag.js';
import {jsonText} from './print/json.js';
import {queueAdd} from './queue-add.js';
import {queueList} from './queue-list.js';
import {queueOptimise} from './queue-optimise.js';
import {queueRun} from './queue-run.js';
import {type CommandContext, jsonFlag, switchFlag, type Verb, type Words, yesFlag} from './verb.js';
import {verbOfParts} from './verb-of-parts.js';

const manyJobs = {
	usage: 'JOB… [flags]',
	args: [1, Number.POSITIVE_INFINITY] as [number, number],
	completes: ['job'] as const,
	flags: [jsonFlag],
};

const hold: Verb = {
	...manyJobs,
	name: 'queue hold',
	summary: 'hold jobs until they are released',
	examples: [['cosmos queue hold latest', 'the job added last']],
	run: (context, words) => forEach(context, words, (workflow, id) => workflow.queue.hold(id)),
};

const release: Verb = {
	...manyJobs,
	name: 'queue release',
	summary: 'release held jobs',
	details: 'A job that was held because its predecessor failed no longer waits for it.',
	examples: [['cosmos queue release job_6x0k', '']],
	run: (context, words) => forEach(context, words, (workflow, id) => workflow.queue.release(id)),
};

const cancel: Verb = {
	...manyJobs,
	name: 'queue cancel',
	summary: 'cancel jobs, waiting or running',
	details:
		'The id of a sweep (sw_…) or dataset (ds_…) stands for its jobs, here and in hold and release.',
	examples: [
		['cosmos queue cancel job_6x0k', 'whichever process runs it'],
		['cosmos queue cancel sw_6x0k', 'all jobs of a sweep'],
	],
	run: (context, words) => forEach(context, words, (workflow, id) => workflow.queue.cancel(id)),
};

const move: Verb = {
	name: 'queue move',
	summary: 'move a job in the queue',
	usage: 'JOB first|last|before JOB|after JOB',
	args: [2, 3],
	completes: ['job', ['first', 'last', 'before', 'after'], 'job'],
	flags: [jsonFlag],
	examples: [
		['cosmos queue move latest first', 'start the newest job next'],
		['cosmos queue move job_6x0k after job_6x0h', ''],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const [reference, at, other] = words.args as [string, string, string?];
		const place = await placeFrom(workflow, at, other);
		return forEach(context, {...words, args: [reference]}, (_, id) =>
			workflow.queue.move(id, place),
		);
	},
};

async function placeFrom(workflow: Workflow, at: string, other?: string): Promise<Place> {
	if ((at === 'first' || at === 'last') && other === undefined) {
		return {at};
	}

	if ((at === 'before' || at === 'after') && other !== undefined) {
		return {at, job: await workflow.queue.idOf(other)};
	}

	throw new CosmosError(
		'usage',
		`"${[at, other].filter(Boolean).join(' ')}" is not a place in the queue`,
		{
			hint: 'Expected one of: first, last, before JOB, after JOB.',
		},
	);
}

const priority: Verb = {
	name: 'queue priority',
	summary: 'change the priority of jobs that have not started',
	usage: `${priorities.join('|')} JOB… [flags]`,
	details: `
Jobs of a higher priority start first; those of a dataset have the priority low unless you say otherwise.
The id of a sweep (sw_…) or dataset (ds_…) stands for its jobs.`,
	args: [2, Number.POSITIVE_INFINITY],
	completes: [priorities, 'job'],
	flags: [jsonFlag],
	examples: [['cosmos queue priority high latest', 'before everything else that waits']],
	run(context, words) {
		const [word = '', ...args] = words.args;
		const wanted = toPriority(word);
		return forEach(context, {...words, args}, (workflow, id) =>
			workflow.queue.prioritise(id, wanted),
		);
	},
};

const pause: Verb = {
	name: 'queue pause',
	summary: 'start no new jobs, in any process; running jobs continue',
	usage: '',
	args: [0, 0],
	flags: [jsonFlag],
	examples: [['cosmos queue pause', 'until `cosmos queue resume`']],
	run: (context, words) => change(context, words, ({queue}) => queue.pause(), 'paused'),
};

const resume: Verb = {
	name: 'queue resume',
	summary: 'start jobs again after a pause',
	usage: '',
	args: [0, 0],
	flags: [jsonFlag],
	examples: [['cosmos queue resume', '']],
	run: (context, words) => change(context, words, ({queue}) => queue.resume(), 'resumed'),
};

const clear: Verb = {
	name: 'queue clear',
	summary: 'cancel every waiting job; running jobs continue',
	usage: '[flags]',
	args: [0, 0],
	flags: [switchFlag('ended', 'only clear finished jobs'), yesFlag, jsonFlag],
	examples: [
		['cosmos queue clear', 'asks first'],
		['cosmos queue clear --ended', 'a shorter list'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		if (words.on('ended')) {
			const count = await workflow.queue.forget();
			return change(context, words, async () => undefined, `${count} finished jobs cleared`);
		}

		if (!words.on('yes') && !(await ask(context, 'Cancel every waiting and held job?'))) {
			context.note('nothing was changed\n');
			return exitCodes.cancelled;
		}

		const count = await workflow.queue.clear();
		return change(context, words, async () => undefined, `${counted(count, 'job')} cancelled`);
	},
};

const undo: Verb = {
	name: 'queue undo',
	summary: 'unmerge the batches of the last `queue optimise`',
	usage: '',
	details: 'Possible until the first of them has started.',
	args: [0, 0],
	flags: [jsonFlag],
	examples: [['cosmos queue undo', '']],
	run: (context, words) => change(context, words, ({queue}) => queue.undo(), 'single jobs again'),
};

const parts: readonly Verb[] = [
	queueAdd,
	queueList,
	queueRun,
	move,
	priority,
	hold,
	release,
	cancel,
	pause,
	resume,
	clear,
	queueOptimise,
	undo,
];

export const queue = verbOfParts({
	name: 'queue',
	summary: 'the job queue: add, list, run, move, hold, cancel, optimise …',
	details: `
A job is one container start. Jobs are stored in the data folder, so they survive crashes and restarts, and
run one at a time on each slot (a host's set of GPUs): by \`cosmos queue run\` or an open dashboard.`,
	parts,
	examples: [
		['cosmos queue add inference latest', 'a job at the end of the queue'],
		['cosmos queue run --once', 'run all jobs, then exit'],
	],
});

/** Changes every job that a call names, and shows its new state. */
async function forEach(
	context: CommandContext,
	words: Words,
	act: (workflow: Workflow, id: string) => Promise<unknown>,
): Promise<void> {
	const workflow = await context.workflow();
	const ids: string[] = [];
	for (const reference of words.args) {
		const group = isGroup(reference) ? await queuedOfGroup(workflow, reference) : undefined;
		ids.push(...(group ?? [await workflow.queue.idOf(reference)]));
	}

	for (const id of ids) {
		await act(workflow, id);
	}

	const jobs = (await workflow.queue.view(0, ids)).jobs.filter(({job}) => ids.includes(job.id));
	if (words.on('json')) {
		context.out(
			jsonText(
				'job',
				jobs.map(({job, ...shown}) => ({...job, ...shown})),
			),
		);
	} else {
		for (const {job, shown, note} of jobs) {
			context.note(`${job.id}: ${shown}${note ? `, ${note}` : ''}\n`);
		}
	}
}

async function change(
	context: CommandContext,
	words: Words,
	act: (workflow: Workflow) => Promise<unknown>,
	done: string,
): Promise<number> {
	const workflow = await context.workflow();
	await act(workflow);
	if (words.on('json')) {
		const view = await workflow.queue.view();
		const jobs = view.jobs.map(({job, ...shown}) => ({...job, ...shown}));
		context.out(jsonText('queue', {...view, jobs}));
	} else {
		context.note(`${done}\n`);
	}

	return 0;
}
