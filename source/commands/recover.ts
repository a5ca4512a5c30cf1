import {isUnfinished} from '../domain/run-status.js';
import {statusSigns} from '../domain/text-format.js';
import type {ShownRun} from '../domain/types.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {exitCodeOf, reportEnd} from './launch-runs.js';
import {jsonFlag, type Verb} from './verb.js';

export const recover: Verb = {
	name: 'recover',
	summary: 'take up runs whose cosmos has died, and bring them to their end',
	usage: '[RUN…] [flags]',
	details: `
Without RUN: every interrupted run. A container that still runs is joined, its log goes on at the
exact byte; one that has exited is collected; a run that had not begun starts again from its upload.
Nothing is run twice. The dashboard does the same when it starts.`,
	args: [0, Number.POSITIVE_INFINITY],
	completes: ['run'],
	flags: [{key: 'stream', kind: 'switch', help: "print the run's log while it runs"}, jsonFlag],
	examples: [
		['cosmos recover', 'after a power cut'],
		['cosmos recover latest --stream', 'the newest run, with its log from here on'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const found = await findRuns(workflow, words.args);
		if (found.length === 0) {
			context.note('no run is interrupted\n');
			return 0;
		}

		// Side by side: one run's container may hold the lane that another one waits for.
		const codes = found.map(async ({run}) => {
			if (!isUnfinished(run.status)) {
				context.note(`${statusSigns[run.status]} ${run.id} has ended; clearing its host\n`);
			}

			const {narrate} = await import('./run-narrator.js');
			const narrator = narrate(context, words.on('stream') && !words.on('json'));
			const ended = await workflow
				.recover(run.id, narrator, context.signal)
				.finally(() => narrator.finish());
			if (isUnfinished(run.status)) {
				reportEnd(context, workflow, ended, words.on('json'));
			}

			return isUnfinished(run.status) ? exitCodeOf(ended) : 0;
		});
		return Math.max(...(await Promise.all(codes)));
	},
};

async function findRuns(
	workflow: Workflow,
	references: readonly string[],
): Promise<readonly ShownRun[]> {
	if (references.length === 0) {
		return workflow.interruptedRuns();
	}

	const found: ShownRun[] = [];
	for (const reference of references) {
		found.push(await workflow.findRun(reference));
	}

	return found;
}
