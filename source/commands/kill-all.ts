import {exitCodes} from '../domain/error-codes.js';
import {CosmosError} from '../domain/errors.js';
import type {KillPlan} from '../domain/hosts/kill-plan.js';
import {leadOf} from '../domain/runs/batch.js';
import {isUnfinished} from '../domain/runs/run-status.js';
import type {LiveJob, ShownRun} from '../domain/types.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {ask} from './choose/ask.js';
import {chooseHost} from './choose/choose-host.js';
import {type CommandContext, hostFlag, switchFlag, type Verb, yesFlag} from './verb.js';

export function noteRuns({note}: CommandContext, runs: readonly ShownRun[]): void {
	for (const {run, shown} of runs) {
		note(`  ${run.id}  ${run.promptName}  ${shown}\n`);
	}
}

export const killAll: Verb = {
	name: 'kill-all',
	summary: 'stop your unfinished runs on a host',
	usage: '[flags]',
	details: `
Lists what it will stop and asks first. Afterwards it checks the host again: jobs that are still running are
reported, and the exit code is 5. It stops the jobs that this data folder started under your user@machine.
With --others it also stops jobs of cosmos that other people or data folders started; containers and Slurm
jobs of other programs are never stopped.`,
	args: [0, 0],
	flags: [hostFlag, switchFlag('others', 'include jobs of other people or data folders'), yesFlag],
	examples: [
		['cosmos kill-all --host h100', 'your runs on h100; asks first'],
		['cosmos kill-all --host h100 --others --yes', 'every job of cosmos there; does not ask'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const hostName = await chooseHost(context, words);
		const others = words.on('others');
		const {live, fault} = await listJobs(context, workflow, hostName);
		const plan = await workflow.killPlan({host: hostName, others}, live);
		const {runs, jobs} = plan;
		const count = runs.length + jobs.length;
		if (count === 0 && fault !== 0) {
			return fault;
		}

		showPlan(context, hostName, plan);
		if (count === 0) {
			return 0;
		}

		if (!words.on('yes') && !(await ask(context, `Stop ${count}?`))) {
			context.note('nothing was stopped\n');
			return exitCodes.cancelled;
		}

		return stopAll(context, workflow, hostName, plan);
	},
};

function showPlan(
	context: CommandContext,
	hostName: string,
	{runs, jobs, ofOthers}: KillPlan,
): void {
	const {note} = context;
	const nothing = runs.length + jobs.length === 0;
	note(nothing ? `nothing to stop on ${hostName}\n` : `on ${hostName}:\n`);
	noteRuns(context, runs);
	note(jobs.map(job => `  ${jobText(job)}\n`).join(''));
	if (ofOthers.length > 0) {
		note(`left alone, of others: ${ofOthers.length}; --others includes them\n`);
		note(ofOthers.map(job => `  ${jobText(job)}\n`).join(''));
	}
}

function jobText({runId, startedBy, state}: LiveJob): string {
	return `${runId}  by ${startedBy || 'unknown'}  ${state}`;
}

/** Stops what was shown; one that cannot be stopped does not keep the others running. */
async function stopAll(
	context: CommandContext,
	workflow: Workflow,
	hostName: string,
	{runs, jobs}: KillPlan,
): Promise<number> {
	let code = 0;
	const attempt = async (id: string, stop: () => Promise<string>) => {
		try {
			context.note(`${id}: ${await stop()}\n`);
		} catch (error) {
			context.problem(`${id}: not stopped\n`);
			code ||= reportFault(context, error);
		}
	};

	for (const {run} of runs) {
		await attempt(run.id, async () => {
			// The end of a batch's first run is the end of all.
			const {run: now} = await workflow.findRun(run.id);
			return (isUnfinished(now.status) ? await workflow.cancel(run.id) : now).status;
		});
	}

	for (const {runId} of jobs) {
		await attempt(runId, async () =>
			(await workflow.stopForeign(hostName, runId)) ? 'stopped' : 'nothing to stop',
		);
	}

	const stopped = new Set([...runs.map(({run}) => leadOf(run)), ...jobs.map(({runId}) => runId)]);
	const {live, fault} = await listJobs(context, workflow, hostName);
	if (fault !== 0) {
		context.problem(`what still runs on ${hostName} is not known\n`);
	}

	const running = live.filter(({runId}) => stopped.has(runId));
	for (const job of running) {
		context.problem(`still running on ${hostName}: ${jobText(job)}\n`);
	}

	return code || fault || (running.length > 0 ? exitCodes.host : 0);
}

/** Lists the running jobs on a host; if it does not respond, says why: `fault` is the exit code. */
async function listJobs(
	context: CommandContext,
	workflow: Workflow,
	hostName: string,
): Promise<{live: LiveJob[]; fault: number}> {
	try {
		return {live: await workflow.liveJobs(hostName), fault: 0};
	} catch (error) {
		return {live: [], fault: reportFault(context, error)};
	}
}

/** Says what went wrong, and gives its exit code. @throws what is no fault that is foreseen */
function reportFault({problem}: CommandContext, error: unknown): number {
	if (!(error instanceof CosmosError)) {
		throw error;
	}

	problem(`cosmos: ${error.message}\n`);
	problem(error.hint ? `  ${error.hint}\n` : '');
	return error.exitCode;
}
