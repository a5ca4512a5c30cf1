import type {QueuedRequest} from '../domain/queue/job.js';
import type {Operation} from '../domain/settings/settings.js';
import type {NewJob} from '../workflow/queue/queue-types.js';
import type {Workflow} from '../workflow/workflow-types.js';
import type {LaunchKind} from './flags/launch-kind.js';
import {presetFlag, withPreset} from './flags/preset-flag.js';
import {priorityFlag, toPriority} from './flags/priority-flag.js';
import {promptsFileFlag, withPromptsFile} from './flags/prompts-file.js';
import {sweepRequests} from './flags/sweep-flags.js';
import {transferLaunch} from './inference.js';
import {batchFlag, verifyFlag, verifyOption, warn} from './launch-runs.js';
import {jsonText} from './print/json.js';
import {jobText} from './print/queue-text.js';
import {enhanceLaunch} from './prompt-enhance.js';
import {recipeLaunch} from './recipe.js';
import {upscaleLaunch, upscaleWords} from './upscale.js';
import {
	type CommandContext,
	type Flag,
	jsonFlag,
	targetFlag,
	textFlag,
	type Verb,
	type Words,
} from './verb.js';
import {verbOfParts} from './verb-of-parts.js';

const afterFlag = textFlag(
	'after',
	'RUN|JOB',
	'start only after that job has completed; held if it fails',
);
const finishFlag = textFlag(
	'onFinish',
	'CMD…',
	'command to run after each run, without a shell; takes all following words',
	{takesRest: true},
);

const finishDetails = `
The command of --on-finish gets COSMOS_RUN, COSMOS_JOB and COSMOS_STATUS in its environment.
Jobs are run by \`cosmos queue run\` or an open dashboard.`;

function addFlags({flags}: LaunchKind, more: readonly Flag[] = []): readonly Flag[] {
	return [
		...[targetFlag, presetFlag, ...flags, ...more, verifyFlag],
		...[priorityFlag, afterFlag, finishFlag, jsonFlag],
	];
}

/** Adds the jobs of a launch's arguments to the queue. */
function createAddVerb(kind: LaunchKind) {
	return async (context: CommandContext, words: Words): Promise<void> => {
		const workflow = await context.workflow();
		const requests = await withPreset(workflow, await sweepRequests(kind, context, words), words);
		if (requests.some(({operation}) => operation === 'enhance')) {
			// They may leave this machine later, when nobody looks.
			warn(context, await workflow.checkBatch(requests.slice(0, 1)));
		}

		return addAll(context, words, requests);
	};
}

const addInference: Verb = {
	name: 'queue add inference',
	summary: 'add transfer jobs to the queue, one per prompt',
	usage: 'ID… [flags]',
	details: finishDetails,
	args: [0, Number.POSITIVE_INFINITY],
	completes: ['prompt'],
	flags: addFlags(transferLaunch, [promptsFileFlag, batchFlag]),
	examples: [
		['cosmos queue add inference ps_6x0k ps_6x1m --steps 20', 'two jobs'],
		[
			'cosmos queue add inference latest --on-finish notify-send cosmos done',
			'with a notification',
		],
		['cosmos list prompts | cosmos queue add inference --prompts-file -', 'a job for each prompt'],
	],
	run: async (context, words) =>
		createAddVerb(transferLaunch)(
			context,
			await withPromptsFile(context, 'queue add inference', words),
		),
};

const addUpscale: Verb = {
	name: 'queue add upscale',
	summary: 'add upscales to the queue: of runs, video files, or jobs that have not run yet',
	usage: 'RUN|VIDEO|JOB… [flags]',
	details: `
If the source is a job (job_…) or a run that has not ended, the upscale starts once it has completed.
${finishDetails.trim()}`,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['run'],
	flags: addFlags(upscaleLaunch),
	examples: [
		['cosmos queue add upscale latest', 'the newest run, even while it is running'],
		['cosmos queue add upscale job_6x0k --weight 0.7', 'the future result of that job'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const requests: QueuedRequest[] = [];
		for (const word of words.args) {
			if (word.startsWith('job_')) {
				const [own] = await withPreset(workflow, [{...upscaleWords(words), video: ''}], words);
				const {settings, text, host} = own as ReturnType<typeof upscaleWords>;
				const ofJob = await workflow.queue.idOf(word);
				requests.push({operation: 'upscale', settings, text, host, ofJob});
			} else {
				const one = await sweepRequests(upscaleLaunch, context, {...words, args: [word]});
				requests.push(...(await withPreset(workflow, one, words)));
			}
		}

		return addAll(context, words, requests);
	},
};

const addEnhance: Verb = {
	name: 'queue add prompt-enhance',
	summary: 'add prompt enhancements to the queue, one job per prompt',
	usage: 'ID… [flags]',
	details: finishDetails,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['prompt'],
	flags: addFlags(enhanceLaunch, [batchFlag]),
	examples: [['cosmos queue add prompt-enhance ps_6x0k ps_6x1m --batch', 'one job, two prompts']],
	run: createAddVerb(enhanceLaunch),
};

const addRecipe: Verb = {
	name: 'queue add recipe',
	summary: 'add recipe jobs to the queue, one per prompt or checked run',
	usage: 'NAME ID… [flags]',
	details: `
The job keeps the recipe as it is now, even if the configuration changes later.
${finishDetails.trim()}`,
	args: [2, Number.POSITIVE_INFINITY],
	completes: ['recipe', 'any-id'],
	recipeFlags: 'named',
	flags: addFlags(recipeLaunch),
	examples: [['cosmos queue add recipe depth ps_6x0k ps_6x1m', 'two jobs']],
	run: createAddVerb(recipeLaunch),
};

/** The verb for each kind of job. */
const verbs: Readonly<Record<Operation, Verb>> = {
	transfer: addInference,
	upscale: addUpscale,
	enhance: addEnhance,
	recipe: addRecipe,
};

export const queueAdd = verbOfParts({
	name: 'queue add',
	summary: 'add jobs to the end of the queue',
	details: 'Takes the arguments and flags of the verb with that name.',
	parts: Object.values(verbs),
	examples: [['cosmos queue add inference latest', 'see `cosmos queue add inference --help`']],
});

async function addAll(
	context: CommandContext,
	words: Words,
	requests: readonly QueuedRequest[],
): Promise<void> {
	const workflow = await context.workflow();
	const priority = words.text('priority');
	const common = {
		after: await predecessor(workflow, words),
		onFinish: words.rest('onFinish'),
		...(priority !== undefined && {priority: toPriority(priority)}),
	};
	const asked = requests.map(request => ({...request, ...verifyOption(words)}));
	const jobs: NewJob[] = words.on('batch')
		? [{...common, requests: asked}]
		: asked.map(request => ({...common, requests: [request]}));
	const added = await workflow.queue.add(jobs);
	if (words.on('json')) {
		context.out(jsonText('job', added));
	} else {
		context.out(added.map(job => `${job.id}\t${jobText(job)}\n`).join(''));
	}
}

async function predecessor(workflow: Workflow, words: Words): Promise<string | undefined> {
	const word = words.text('after');
	if (word === undefined) {
		return undefined;
	}

	return word.startsWith('job_')
		? workflow.queue.idOf(word)
		: (await workflow.findRun(word)).run.id;
}
