import {messageOf, NotToRecoverError} from '../domain/errors.js';
import {isUnfinished} from '../domain/runs/run-status.js';
import {statusSigns} from '../domain/text-format.js';
import type {Run, ShownRun} from '../domain/types.js';
import {isWithdrawn} from '../workflow/queue/withdrawn-runs.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {exitCodeOf, reportEnd} from './launch-runs.js';
import {type CommandContext, jsonFlag, switchFlag, type Verb, type Words} from './verb.js';

export const recover: Verb = {
	name: 'recover',
	summary: 'resume runs whose cosmos has died, and complete them',
	usage: '[RUN…] [flags]',
	details: `
Without RUN: every interrupted run. If the container is still running, cosmos reconnects and continues the
log at the exact byte; if it has exited, the outputs are downloaded; a run that had not started begins again
with its upload. Nothing runs twice. The dashboard does the same when it starts. A run that another cosmos is
handling is skipped.`,
	launches: true,
	args: [0, Number.POSITIVE_INFINITY],
	completes: ['run'],
	flags: [
		switchFlag('stream', "print the run's log while it is running"),
		switchFlag(
			'moved',
			'take over what processes of another machine or container have left: they must be gone',
		),
		jsonFlag,
	],
	exitCodes: [[2, 'the given RUN needs no recovery, or another cosmos is handling it']],
	examples: [
		['cosmos recover', 'after a power cut'],
		['cosmos recover --moved', 'the data folder was copied here from another machine'],
		['cosmos recover latest --stream', 'the newest run, with its log from here on'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		if (words.on('moved')) {
			await workflow.takeOver();
		}

		const found = await findRuns(workflow, words.args);
		if (found.length === 0) {
			context.note('no interrupted runs\n');
			return 0;
		}

		const named = words.args.length > 0;
		// In parallel: one run's container may hold the slot that another one waits for.
		const ends = await Promise.allSettled(
			found.map(({run}) =>
				recoverRun(context, workflow, run, words).catch(error => {
					if (named || !(error instanceof NotToRecoverError)) {
						throw error;
					}

					// It was interrupted, but another process resumed it first: nothing to do.
					context.note(`${error.message}\n`);
					return 0;
				}),
			),
		);
		const [first, ...others] = ends.filter(end => end.status === 'rejected');
		for (const {reason} of others) {
			context.problem(`cosmos: ${messageOf(reason)}\n`);
		}

		if (first) {
			throw first.reason;
		}

		return Math.max(...ends.map(end => (end.status === 'fulfilled' ? end.value : 0)));
	},
};

/** Resolves with the exit code of this run. */
async function recoverRun(
	context: CommandContext,
	workflow: Workflow,
	run: Run,
	words: Words,
): Promise<number> {
	const isOpen = isUnfinished(run.status);
	if (run.uncleaned) {
		context.note(`${statusSigns[run.status]} ${run.id} has ended; cleaning up its host\n`);
	}

	const {narrate} = await import('./print/run-narrator.js');
	const narrator = narrate(context, words.on('stream') && !words.on('json'), workflow);
	const ended = await workflow
		.recover(run.id, narrator, context.signal)
		.finally(() => narrator.finish());
	if (isWithdrawn(run, ended)) {
		context.note(`${run.id} had not started: ${run.jobId} starts it again, \`cosmos queue run\`\n`);
		return 0;
	}

	if (isOpen) {
		reportEnd(context, workflow, ended, words.on('json'));
	}

	return isOpen ? exitCodeOf(ended) : 0;
}

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
