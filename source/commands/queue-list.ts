import {waitText} from '../domain/queue/expected-wait.js';
import {hasEnded, isQueued, type Job} from '../domain/queue/job.js';
import {counted, formatLocalTime, jobSigns} from '../domain/text-format.js';
import type {QueueView, ShownJob} from '../workflow/queue/queue-types.js';
import {jsonText} from './print/json.js';
import {printTable} from './print/print-table.js';
import {jobNote, jobText} from './print/queue-text.js';
import {type CommandContext, jsonFlag, switchFlag, textFlag, type Verb} from './verb.js';

/** Ended jobs that are shown without `--all`. */
const fewEnded = 10;
/** Waiting jobs that are shown without `--limit`. */
const mostWaiting = 200;

export const queueList: Verb = {
	name: 'queue list',
	summary: 'list running jobs, waiting jobs in order, and recently finished ones',
	usage: '[flags]',
	details: `
A job is one container start. Times are estimated from earlier runs with similar settings; without
such runs none is shown.`,
	endsWithReader: true,
	args: [0, 0],
	flags: [
		switchFlag('all', `more than ${fewEnded} ended ones`),
		textFlag('limit', 'N', `at most N waiting jobs (default ${mostWaiting}; 0 is all)`),
		jsonFlag,
	],
	examples: [['cosmos queue list', 'what is waiting, for what, and how long']],
	async run(context, words) {
		const workflow = await context.workflow();
		const limit = words.whole('limit', 0) ?? mostWaiting;
		const view = await workflow.queue.view(limit || Number.POSITIVE_INFINITY);
		if (words.on('json')) {
			const jobs = view.jobs.map(({job, ...shown}) => ({...job, ...shown}));
			context.out(jsonText('queue', {...view, jobs}));
			return;
		}

		printState(context, view);
		const ended = view.jobs.filter(({job}) => hasEnded(job));
		const old = new Set(
			words.on('all') ? [] : ended.slice(0, Math.max(0, ended.length - fewEnded)),
		);
		await printTable(
			context,
			['#', 'ID', 'STATUS', 'WHAT', 'HOST', 'START', 'NOTE'],
			rowsOf(
				view.jobs.filter(shown => !old.has(shown)),
				view.lanes,
			),
		);
		if (view.more) {
			context.note(`${view.more} more waiting: --limit 0 lists all\n`);
		}
	},
};

/** A host with several slots, once a job has one of them. */
function placeText({host, lane}: Job, lanes: QueueView['lanes']): string {
	const several = lanes.filter(one => one.host === host).length > 1;
	return several && lane !== '' ? `${host} ${lane}` : host;
}

function rowsOf(jobs: readonly ShownJob[], lanes: QueueView['lanes']): string[][] {
	let place = 0;
	return jobs.map(shown => {
		const {job} = shown;
		const isInLine = isQueued(job);
		place += isInLine ? 1 : 0;
		return [
			isInLine ? String(place) : '',
			job.id,
			`${jobSigns[shown.shown]} ${shown.shown}`,
			jobText(job),
			placeText(job, lanes),
			waitText(shown),
			jobNote(shown),
		];
	});
}

/** What a person has to know beside the table. */
function printState(
	{note}: CommandContext,
	{paused, lanes, workers, jobs, undoable}: QueueView,
): void {
	if (jobs.length === 0) {
		note('the queue is empty\n');
		return;
	}

	if (paused) {
		note('paused: no new job starts until `cosmos queue resume`\n');
	}

	for (const {host, lane, owner} of workers) {
		note(`${host} ${lane}: run by process ${owner.pid} on ${owner.machine}\n`);
	}

	const silent = new Map(lanes.flatMap(({host, silent: one}) => (one ? [[host, one]] : [])));
	for (const [host, {problem, since, until}] of silent) {
		note(
			`${host}: no response since ${formatLocalTime(since)}, next try at ${formatLocalTime(until).slice(-5)}: ${problem}\n`,
		);
	}

	const waits = jobs.some(({shown}) => shown === 'waiting' || shown === 'interrupted');
	if (waits && workers.length === 0 && !paused) {
		note('nothing is running the queue: start `cosmos queue run` or open the dashboard\n');
	}

	if (undoable > 0) {
		note(`${counted(undoable, 'job')} merged; \`cosmos queue undo\` unmerges them\n`);
	}
}
