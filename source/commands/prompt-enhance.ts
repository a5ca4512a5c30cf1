import type {LaunchRequest} from '../workflow/workflow-types.js';
import type {LaunchKind} from './launch-kind.js';
import {launchFlags, launchOrPlan} from './launch-runs.js';
import {kindsOf, settingFlags, settingsFrom} from './setting-flags.js';
import type {Verb} from './verb.js';

export const enhanceLaunch: LaunchKind = {
	flags: settingFlags(kindsOf('enhance')),
	async requests(workflow, words) {
		const settings = settingsFrom('enhance', words);
		const requests: LaunchRequest[] = [];
		for (const reference of words.args) {
			const {id} = await workflow.findPrompt(reference);
			requests.push({operation: 'enhance', promptId: id, settings, host: words.text('host')});
		}

		return requests;
	},
};

export const promptEnhance: Verb = {
	name: 'prompt-enhance',
	summary: 'enhance the text of a prompt with the model',
	usage: 'ID… [flags]',
	details: `
The Pixtral upsampler reads the text and the beginning of the video. Its answer becomes a new prompt
that refers to its source, and the id of the new prompt is printed. With --no-create-new it replaces the
text of the same prompt, which keeps the old one in its history; if finished runs used the old text, that
requires --force. An empty or unchanged answer is a failure. Several prompts share
one container, which loads the model once; the time limit is the sum.`,
	launches: true,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['prompt'],
	flags: launchFlags(enhanceLaunch.flags),
	examples: [
		['cosmos prompt-enhance latest', 'a new prompt from the newest one'],
		['cosmos prompt-enhance ps_6x0k --no-create-new', 'a new text for the same prompt'],
		['cosmos prompt-enhance ps_6x0k ps_7a1m', 'two prompts, the model loaded once'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const requests = await enhanceLaunch.requests(workflow, words);
		return launchOrPlan(context, workflow, requests, words, true);
	},
};
