import type {BatchingPlan} from '../domain/queue/smart-batching.js';
import {jsonText} from './print/json.js';
import {jobText} from './print/queue-text.js';
import {type CommandContext, jsonFlag, switchFlag, textFlag, type Verb} from './verb.js';

export const queueOptimise: Verb = {
	name: 'queue optimise',
	summary: 'merge waiting transfers that can share a container, so that the model is loaded once',
	usage: '[flags]',
	details: `
Merges jobs of one slot that are equal in every setting that a batch cannot vary. Without --mixed they must
also use the same controls; for Transfer2.5 they always must, because it would mix up their weights. The size
of a batch depends on the number of controls: 8 with one, 4 with two, 2 with more, or the host's
batch_sizes = [8, 4, 2], depending on its GPU memory. The order is kept; jobs that are held or wait for
another job are not merged.`,
	args: [0, 0],
	flags: [
		switchFlag('mixed', 'also merge jobs with different controls'),
		textFlag('max', 'N', 'at most N in a batch'),
		switchFlag('dryRun', 'only show what would be merged'),
		jsonFlag,
	],
	examples: [
		['cosmos queue optimise --dry-run', 'the batches, and the container starts saved'],
		['cosmos queue optimise --mixed --max 4', 'merge more kinds of jobs, in smaller batches'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const plan = await workflow.queue.plan({
			mixed: words.on('mixed'),
			max: words.whole('max', 2),
		});
		if (!words.on('dryRun')) {
			await workflow.queue.optimise(plan);
		}

		if (words.on('json')) {
			context.out(jsonText('batching-plan', plan));
		} else {
			tell(context, plan, words.on('dryRun'));
		}
	},
};

function tell({out, note}: CommandContext, plan: BatchingPlan, isDry: boolean): void {
	const {groups, before, after} = plan;
	if (groups.length === 0) {
		note('no two waiting transfers can share a container\n');
		return;
	}

	for (const {jobs, controls} of groups) {
		const [first] = jobs;
		out(
			`${first?.id}\t${first?.host}\t×${jobs.flatMap(({parts}) => parts).length}\t${controls.join(' ')}\n`,
		);
		for (const job of jobs) {
			out(`  ${job.id}\t${jobText(job)}\n`);
		}
	}

	note(`container starts: ${before} before, ${after} after, ${before - after} saved\n`);
	note(isDry ? 'nothing was changed\n' : '`cosmos queue undo` unmerges them until one starts\n');
}
