import path from 'node:path';
import {tableOfKind} from '../domain/settings/settings-tables.js';
import type {LaunchRequest, Workflow} from '../workflow/workflow-types.js';
import type {LaunchKind} from './flags/launch-kind.js';
import {kindsOf, settingFlags, settingsFrom} from './flags/setting-flags.js';
import {sweepFlags, sweepRequests} from './flags/sweep-flags.js';
import {launchFlags, launchOrPlan} from './launch-runs.js';
import {textFlag, type Verb, type Words} from './verb.js';

export const upscaleLaunch: LaunchKind = {
	flags: [
		...settingFlags(kindsOf('upscale')),
		textFlag('prompt', 'TEXT', 'a text for the upscaler (optional)'),
		...sweepFlags,
	],
	rows: () => kindsOf('upscale').flatMap(tableOfKind),
	async requests(workflow, words) {
		const requests: LaunchRequest[] = [];
		for (const word of words.args) {
			requests.push({...upscaleWords(words), ...(await sourceOf(workflow, word))});
		}

		return requests;
	},
};

/** The settings of an upscale in a call, whatever its source. */
export function upscaleWords(words: Words) {
	return {
		operation: 'upscale',
		text: words.text('prompt'),
		settings: settingsFrom('upscale', words),
		host: words.text('host'),
	} as const;
}

export const upscale: Verb = {
	name: 'upscale',
	summary: 'make a video three times as wide and high (4K)',
	usage: 'RUN|VIDEO [flags]',
	details: `
Upscales the video of a completed transfer run, on the same host unless you give --host, or any video
file: an argument with a dot or a slash is a file. The result is output_4k.mp4.`,
	launches: true,
	args: [1, 1],
	completes: ['run'],
	flags: launchFlags(upscaleLaunch.flags),
	examples: [
		['cosmos upscale latest', 'the newest run'],
		['cosmos upscale shots/042/color.mp4 --weight 0.7 --host h100', 'a video file'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const requests = await sweepRequests(upscaleLaunch, context, words);
		return launchOrPlan(context, workflow, requests, words);
	},
};

async function sourceOf(workflow: Workflow, word: string) {
	const isFile = /[\\/]/.test(word) || path.extname(word) !== '';
	return isFile ? {video: word} : {runId: (await workflow.findRun(word)).run.id};
}
