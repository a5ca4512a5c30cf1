import {retryText} from '../domain/dataset/retry-policy.js';
import {CosmosError} from '../domain/errors.js';
import type {FailedRun, FailureGroup} from '../domain/failures/failure-groups.js';
import {nearestWord} from '../domain/nearest-word.js';
import type {SettingValue} from '../domain/settings/settings.js';
import {counted} from '../domain/text-format.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {unknownPart} from './choose/unknown-part.js';
import {allSettingFlags, settingsFor} from './flags/setting-union.js';
import {jsonText} from './print/json.js';
import {printList} from './print/print-list.js';
import {jobText} from './print/queue-text.js';
import {jsonFlag, targetFlag, textFlag, type Verb, type Words} from './verb.js';

const whereFlag = textFlag('where', 'FILTER', 'only runs that match, as docs/filter.md describes', {
	completes: 'filter',
});
const all = 'all';

const retry: Verb = {
	name: 'failures retry',
	summary: 'add the failed runs of a reason to the queue again',
	usage: `REASON|${all} [flags]`,
	details: `
Each job has the settings of its run, and those that flags change: a run takes those that it has. The jobs
stay part of their dataset and sweep.`,
	recipeFlags: 'all',
	args: [1, 1],
	flags: [
		whereFlag,
		targetFlag,
		...allSettingFlags.filter(({key}) => key !== 'model' && key !== 'mode'),
		jsonFlag,
	],
	examples: [
		['cosmos failures retry container-lost --host any', 'on whichever host is free'],
		['cosmos failures retry gpu-out-of-memory --offload-guardrails', 'with a changed setting'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const runs = await runsOf(workflow, words);
		const operations = [...new Set(runs.map(({operation}) => operation))];
		const settings = Object.assign(
			{},
			...operations.map(operation => settingsFor(operation, words)),
			...workflow.recipes.map(recipe => settingsFor('recipe', words, recipe)),
		) as Record<string, SettingValue>;
		const host = words.text('host');
		const jobs = await workflow.retryRuns(runs, {...(host !== undefined && {host}), settings});
		if (words.on('json')) {
			context.out(jsonText('job', jobs));
		} else {
			context.out(jobs.map(job => `${job.id}\t${jobText(job)}\n`).join(''));
		}
	},
};

const ignore: Verb = {
	name: 'failures ignore',
	summary: 'hide the failed runs of a reason',
	usage: `REASON|${all} [flags]`,
	details: 'Tags the runs with `ignored`; `cosmos tag RUN -ignored` lists one again.',
	args: [1, 1],
	flags: [whereFlag],
	examples: [['cosmos failures ignore guardrail', 'they stay in `cosmos list runs`']],
	async run(context, words) {
		const workflow = await context.workflow();
		const runs = await runsOf(workflow, words);
		await workflow.ignoreRuns(runs);
		context.note(`${counted(runs.length, 'failed run')} ignored\n`);
	},
};

const parts: readonly Verb[] = [retry, ignore];

export const failures: Verb = {
	name: 'failures',
	summary: 'failed runs by reason, with an example of each; retry or ignore them',
	usage: '[flags] | retry REASON | ignore REASON',
	details: `
Runs that failed or whose outputs were not fetched; without those that were started again since, and those
that are ignored. RETRY is what a dataset does about a reason by itself.`,
	endsWithReader: true,
	args: [0, 1],
	completes: [['retry', 'ignore']],
	flags: [whereFlag, jsonFlag],
	parts,
	examples: [
		['cosmos failures', 'reasons with their counts'],
		["cosmos failures --where 'dataset:ds_6x0k' --json", 'those of a dataset, for a program'],
	],
	async run(context, words) {
		const [word] = words.args;
		if (word !== undefined) {
			throw unknownPart('failures', word, ['retry', 'ignore']);
		}

		const groups = await (await context.workflow()).listFailures(words.text('where'));
		await printList(context, words, groups, {
			kind: 'failure',
			record: toRecord,
			head: ['REASON', 'RUNS', 'RETRY', 'ID', 'MESSAGE'],
			row: ({reason, runs}) => {
				const [{id, failure}] = runs as readonly [FailedRun, ...FailedRun[]];
				return [reason, String(runs.length), retryText(reason), id, failure.message];
			},
			none: 'no failures are open',
		});
	},
};

const toRecord = ({reason, runs}: FailureGroup) => {
	const [{failure}] = runs as readonly [FailedRun, ...FailedRun[]];
	const {message, hint} = failure;
	return {reason, count: runs.length, message, hint, runs: runs.map(({id}) => id)};
};

/** The runs of the reason that a call names, or of all. */
async function runsOf(workflow: Workflow, words: Words): Promise<FailedRun[]> {
	const [wanted = ''] = words.args;
	const groups = await workflow.listFailures(words.text('where'));
	const found = groups.filter(({reason}) => wanted === all || reason === wanted);
	if (found.length === 0) {
		const reasons = groups.map(({reason}) => reason);
		const nearest = nearestWord(wanted, reasons);
		throw new CosmosError('not-found', `no failure "${wanted}" is open`, {
			hint: nearest
				? `Did you mean ${nearest}?`
				: reasons.length === 0
					? 'No failures are open.'
					: `Open are: ${reasons.join(', ')}.`,
		});
	}

	return found.flatMap(({runs}) => runs);
}
