import {exitCodes} from '../domain/error-codes.js';
import {isUnfinished} from '../domain/run-status.js';
import type {ShownRun} from '../domain/types.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {ask} from './ask.js';
import {type CommandContext, type Flag, hostFlag, type Verb} from './verb.js';

const yesFlag: Flag = {key: 'yes', kind: 'switch', shortFlag: 'y', help: 'do not ask'};

export const kill: Verb = {
	name: 'kill',
	summary: "stop a run's container and record the run as cancelled",
	usage: 'RUN',
	details: `
TERM first, KILL ten seconds later. Its log is kept. The runs of a batch share a container and end
together: it names them and asks first. What has its result by then keeps it.`,
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

function noteRuns({note}: CommandContext, runs: readonly ShownRun[]): void {
	for (const {run, shown} of runs) {
		note(`  ${run.id}  ${run.promptName}  ${shown}\n`);
	}
}

export const killAll: Verb = {
	name: 'kill-all',
	summary: 'stop every unfinished run and every container of cosmos on a host',
	usage: '[flags]',
	details: `
Lists what it will stop and asks first. That includes jobs of cosmos that other people or other data
folders have started there; containers of other programs are not touched.`,
	args: [0, 0],
	flags: [hostFlag, yesFlag],
	examples: [['cosmos kill-all --host h100 --yes', 'does not ask']],
	async run(context, words) {
		const workflow = await context.workflow();
		const hostName = words.text('host') ?? workflow.defaultHost;
		const report = await workflow.hostReport(hostName);
		if (report.problem && report.jobs.length === 0) {
			context.problem(`cosmos: ${report.problem.message}\n`);
		}

		const ours = (await workflow.listRuns()).filter(
			({run}) => run.host === hostName && isUnfinished(run.status),
		);
		const foreign = report.jobs.filter(job => !ours.some(({run}) => run.id === job.runId));
		if (ours.length + foreign.length === 0) {
			context.note(`nothing to stop on ${hostName}\n`);
			return report.problem?.exitCode ?? 0;
		}

		context.note(`on ${hostName}:\n`);
		noteRuns(context, ours);
		for (const job of foreign) {
			context.note(`  ${job.runId}  by ${job.startedBy}  ${job.state}\n`);
		}

		if (!words.on('yes') && !(await ask(context, `End ${ours.length + foreign.length}?`))) {
			context.note('nothing was stopped\n');
			return exitCodes.cancelled;
		}

		return endAll(
			context,
			workflow,
			hostName,
			ours.map(({run}) => run.id),
			foreign.map(job => job.runId),
		);
	},
};

async function endAll(
	{note}: CommandContext,
	workflow: Workflow,
	hostName: string,
	ours: readonly string[],
	foreign: readonly string[],
): Promise<number> {
	for (const id of ours) {
		// Of a batch the first one's end is the end of all.
		const {run} = await workflow.findRun(id);
		const {status} = isUnfinished(run.status) ? await workflow.cancel(id) : run;
		note(`${id}: ${status}\n`);
	}

	for (const id of foreign) {
		await workflow.stopForeign(hostName, id);
		note(`${id}: ended\n`);
	}

	return 0;
}
