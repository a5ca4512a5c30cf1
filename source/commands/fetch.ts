import {exitCodeOf, reportEnd} from './launch-runs.js';
import {jsonFlag, type Verb} from './verb.js';

export const fetch: Verb = {
	name: 'fetch',
	summary: 'download the outputs of an uncollected run, without using the GPU',
	usage: 'RUN [flags]',
	launches: true,
	args: [1, 1],
	completes: ['run'],
	flags: [jsonFlag],
	examples: [['cosmos fetch latest', 'after a failed download']],
	async run(context, words) {
		const workflow = await context.workflow();
		const {run} = await workflow.findRun(words.args[0] as string);
		const {narrate} = await import('./print/run-narrator.js');
		const narrator = narrate(context, false);
		const ended = await workflow
			.fetch(run.id, narrator, context.signal)
			.finally(() => narrator.finish());
		reportEnd(context, workflow, ended, words.on('json'));
		return exitCodeOf(ended);
	},
};
