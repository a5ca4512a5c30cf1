import {exitCodes} from '../domain/error-codes.js';
import {hasEnded, isQueued, type Job} from '../domain/queue/job.js';
import {heldByHand} from '../domain/queue/queue-change.js';
import {counted, jobSigns} from '../domain/text-format.js';
import type {QueueWatcher} from '../queue/queue-watcher.js';
import {jobText} from './print/queue-text.js';
import {acceptKeyFlag, type CommandContext, switchFlag, type Verb} from './verb.js';

export const queueRun: Verb = {
	name: 'queue run',
	summary: 'run the queue, one job at a time on each slot',
	usage: '[flags]',
	details: `
Runs until Ctrl-C, even while the queue is empty or paused. Ctrl-C stops no job: running jobs continue on
their hosts, and the next worker reconnects to them. \`cosmos queue cancel JOB\` stops one. Any number of
processes can run the queue, open dashboards included.`,
	args: [0, 0],
	flags: [
		switchFlag('once', 'exit when no more jobs can start'),
		switchFlag('stream', 'print the logs of the runs while they are running'),
		acceptKeyFlag,
	],
	exitCodes: [
		[1, 'with --once: a job has failed'],
		[4, 'with --once: jobs are still waiting because their hosts do not respond'],
	],
	examples: [
		['cosmos queue run', 'in a terminal of its own, or as a service'],
		['cosmos queue run --once', 'in a script: the exit code is 0 only when no job has failed'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		// The readers of the models' output are loaded only if something runs.
		const {narrate} = await import('./print/run-narrator.js');
		const narrator = narrateQueue(context, () => narrate(context, words.on('stream'), workflow));
		const once = words.on('once');
		await workflow.runQueue(narrator.watcher, context.signal, {once});
		if (!context.signal.aborted) {
			const {paused, jobs, lanes} = await workflow.queue.view();
			if (paused) {
				context.note('the queue is paused: `cosmos queue resume`\n');
			}

			const silent = [...new Set(lanes.flatMap(({host, silent: one}) => (one ? [host] : [])))];
			const left = jobs.filter(({shown}) => shown === 'waiting').length;
			if (!paused && left > 0 && silent.length > 0) {
				context.note(
					`${counted(left, 'job')} still waiting; no response from ${silent.join(', ')}\n`,
				);
				return narrator.hasFailed() ? exitCodes.run : exitCodes.connection;
			}

			return narrator.hasFailed() ? exitCodes.run : 0;
		}

		for (const job of narrator.working()) {
			const what = isQueued(job)
				? 'has not started; it stays in the queue'
				: 'keeps running; the next worker resumes it';
			context.note(`${job.id} ${what}\n`);
		}

		// Runs that are left going must not keep this process alive.
		context.leaveRest();
		return exitCodes.cancelled;
	},
};

function narrateQueue(context: CommandContext, watchRuns: QueueWatcher['watchRuns']) {
	const working = new Map<string, Job>();
	let hasFailed = false;
	const say = (line: string) => {
		context.live('');
		context.note(`${line}\n`);
	};

	const watcher: QueueWatcher = {
		onJob(job) {
			say(jobLine(job));
			if (job.status === 'working') {
				working.set(job.id, job);
				return;
			}

			working.delete(job.id);
			hasFailed ||= job.status === 'failed' || (job.status === 'held' && job.reason !== heldByHand);
			if (hasEnded(job)) {
				context.ring(`${jobText(job)}: ${job.status}`);
			}
		},
		watchRuns,
		onBusySlot: (slot, {owner, since}) =>
			say(
				`${slot}: process ${owner.pid} on ${owner.machine} has been running it since ${since}; waiting`,
			),
		onNotice: say,
	};
	return {watcher, working: () => [...working.values()], hasFailed: () => hasFailed};
}

function jobLine(job: Job): string {
	const status = isQueued(job) && job.status === 'working' ? 'preparing' : job.status;
	const head = `${jobSigns[status]} ${job.id} ${jobText(job)} on ${job.host}: ${status}`;
	switch (job.status) {
		case 'failed':
			return `${head}: ${job.problem}`;
		case 'held':
			return `${head}: ${job.reason}`;
		case 'waiting':
			return job.retry
				? `${head}, try ${job.attempts + 1} at ${job.retry.at}: ${job.retry.problem}`
				: head;
		default:
			return head;
	}
}
