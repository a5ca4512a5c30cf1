import {tableOfKind} from '../domain/settings/settings-tables.js';
import type {LaunchRequest} from '../workflow/workflow-types.js';
import type {LaunchKind} from './flags/launch-kind.js';
import {launchModelFlag} from './flags/model-flag.js';
import {kindsOf, settingFlags, settingsFrom} from './flags/setting-flags.js';
import {sweepFlags, sweepRequests} from './flags/sweep-flags.js';
import {launchFlags, launchOrPlan} from './launch-runs.js';
import type {Verb} from './verb.js';

export const enhanceLaunch: LaunchKind = {
	flags: [launchModelFlag, ...settingFlags(kindsOf('enhance')), ...sweepFlags],
	rows: () => kindsOf('enhance').flatMap(tableOfKind),
	async requests(workflow, words) {
		const settings = settingsFrom('enhance', words);
		const requests: LaunchRequest[] = [];
		for (const reference of words.args) {
			const {id} = await workflow.findPrompt(reference);
			const [host, model] = [words.text('host'), words.text('model')];
			requests.push({operation: 'enhance', promptId: id, model, settings, host});
		}

		return requests;
	},
};

export const promptEnhance: Verb = {
	name: 'prompt-enhance',
	summary: 'enhance the text of a prompt with the model',
	usage: 'ID… [flags]',
	details: `
For Cosmos 3 a short text becomes a structured prompt: by the chat endpoint of [enhancer], if the
configuration has one and no --host is given, else by the model's own reasoner on the host. Texts then
leave this machine, which a line on standard error says; --dry-run shows all that would be sent. For the other
families the Pixtral upsampler of Transfer1 reads the text and the beginning of the video.

The answer becomes a new prompt that refers to its source, and the id of the new prompt is printed. With
--no-create-new it replaces the text of the same prompt, which keeps the old one in its history; if finished
runs used the old text, that requires --force. An answer that cannot be used is a failure of that prompt
alone. Several prompts share one container, which loads the model once; the time limit is the sum.`,
	launches: true,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['prompt'],
	flags: launchFlags(enhanceLaunch.flags),
	examples: [
		['cosmos prompt-enhance latest', 'a new prompt from the newest one'],
		['cosmos prompt-enhance ps_6x0k --no-create-new', 'a new text for the same prompt'],
		['cosmos prompt-enhance ps_6x0k ps_7a1m', 'two prompts, the model loaded once'],
		[
			'cosmos prompt-enhance latest --model cosmos3 --host h100 --for image',
			'a structured prompt for an image, by the reasoner of Cosmos 3 there',
		],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const requests = await sweepRequests(enhanceLaunch, context, words);
		return launchOrPlan(context, workflow, requests, words, workflow.groupEnhancements);
	},
};
