import {tableOfKind} from '../domain/settings/settings-tables.js';
import {templateText} from '../domain/sweep/expand.js';
import type {LaunchRequest} from '../workflow/workflow-types.js';
import type {LaunchKind} from './flags/launch-kind.js';
import {launchModelFlag, modeFlags} from './flags/model-flag.js';
import {promptsFileFlag, withPromptsFile} from './flags/prompts-file.js';
import {
	kindsOf,
	settingFlags,
	settingsFrom,
	weightsFlag,
	weightsFrom,
} from './flags/setting-flags.js';
import {sweepDetails, sweepFlags, sweepRequests} from './flags/sweep-flags.js';
import {
	batchFlag,
	forceFlag,
	launchFlags,
	launchOrPlan,
	serverFlag,
	serverOption,
} from './launch-runs.js';
import type {Verb} from './verb.js';

export const transferLaunch: LaunchKind = {
	flags: [
		launchModelFlag,
		...modeFlags,
		weightsFlag,
		...settingFlags(kindsOf('transfer')),
		forceFlag,
		serverFlag,
		...sweepFlags,
	],
	rows: () => kindsOf('transfer').flatMap(tableOfKind),
	async requests(workflow, words) {
		const settings = {...settingsFrom('transfer', words), ...weightsFrom(words)};
		const [model, mode] = [words.text('model'), words.text('mode')];
		const requests: LaunchRequest[] = [];
		for (const reference of words.args) {
			const prompt = await workflow.findPrompt(reference);
			const force = words.on('force') && {force: true};
			const kind = {model, ...(mode && {mode})};
			requests.push({
				promptId: prompt.id,
				...templateText(prompt),
				...kind,
				settings,
				host: words.text('host'),
				...force,
				...serverOption(words),
			});
		}

		return requests;
	},
};

export const inference: Verb = {
	name: 'inference',
	summary: 'run jobs of a model and download their results',
	usage: 'ID… [flags]',
	details: `
Blocks until each run has ended. Several prompts run one after the other, or with --batch in one
container: they then share all settings except the weights, and the time limit is the sum. The exit
code is 0 only if every output has been downloaded. Ctrl-C or SIGTERM stops the container and records the
run as cancelled. A second one quits immediately; the next cosmos finishes the stop. Closing the
terminal (SIGHUP) leaves the run running on its host; \`cosmos recover\` resumes it. If no output goes
to a terminal, as with nohup, SIGHUP is ignored. A closed pipe does not stop the run.
${sweepDetails}`,
	launches: true,
	args: [0, Number.POSITIVE_INFINITY],
	completes: ['prompt'],
	flags: launchFlags([promptsFileFlag, batchFlag, ...transferLaunch.flags]),
	examples: [
		['cosmos inference latest --stream', 'the newest prompt with the default settings'],
		['cosmos inference ps_6x0k --weights 0.25 0.5 0.25 0 --steps 20', 'other weights, fewer steps'],
		['cosmos inference ps_6x0k --host h100 --dry-run', 'the spec and the command, nothing else'],
		['cosmos inference ps_6x0k --model transfer2.5', 'with another model family'],
		['cosmos inference ps_6x0k --model cosmos3', 'Cosmos 3, in the mode that the inputs are for'],
		[
			'cosmos inference ps_6x0k --model cosmos3 --mode reasoner',
			'a text about the picture or video',
		],
		[
			'cosmos inference ps_6x0k ps_7a1m --batch',
			'two videos in one container, the model is loaded once',
		],
		['cosmos list prompts | cosmos inference --prompts-file -', 'all of them, one by one'],
		['cosmos inference ps_6x0k --seed 1..8 --guidance 3,5,7', 'a sweep of 24 runs'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const whole = await withPromptsFile(context, 'inference', words);
		const requests = await sweepRequests(transferLaunch, context, whole);
		const isBatch = words.on('batch');
		return launchOrPlan(context, workflow, requests, words, isBatch ? all => [all] : undefined);
	},
};
