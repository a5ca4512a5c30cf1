import {exitCodes} from '../domain/error-codes.js';
import {isUnfinished} from '../domain/runs/run-status.js';
import {ask} from './choose/ask.js';
import {noteRuns} from './kill-all.js';
import {type Verb, yesFlag} from './verb.js';

export const kill: Verb = {
	name: 'kill',
	summary: "stop a run's container and record the run as cancelled",
	usage: 'RUN',
	details: `
Sends TERM first, then KILL ten seconds later. The log is kept. The runs of a batch share a container and end
together: they are listed first, and you are asked. Runs that already have a result keep it.`,
	args: [1, 1],
	completes: ['run'],
	flags: [yesFlag],
	examples: [['cosmos kill latest', 'the newest run']],
	async run(context, words) {
		const workflow = await context.workflow();
		const {run} = await workflow.findRun(words.args[0] as string);
		const others = (await workflow.batchOf(run.id)).filter(
			other => other.run.id !== run.id && isUnfinished(other.run.status),
		);
		if (isUnfinished(run.status) && others.length > 0) {
			context.note(`${run.id} shares its container with other runs, which stop too:\n`);
			noteRuns(context, others);
			if (!words.on('yes') && !(await ask(context, `Stop all ${others.length + 1}?`))) {
				context.note('nothing was stopped\n');
				return exitCodes.cancelled;
			}
		}

		const ended = await workflow.cancel(run.id);
		context.note(`${ended.id}: ${ended.status}\n`);
		for (const other of others) {
			const {shown} = await workflow.findRun(other.run.id);
			context.note(`${other.run.id}: ${shown}\n`);
		}

		return ended.status === 'cancelled' ? 0 : exitCodes.run;
	},
};
