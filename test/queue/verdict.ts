import type {Queue} from '../../source/domain/queue/job.js';
import {mostAhead} from '../../source/executor/pipeline.js';
import {retryPauses} from '../../source/queue/queue-worker.js';
import type {GpuHost} from './gpu-host.js';
import type {JobState, JournalEntry} from './journal.js';

/** The steps that may follow each status of a job. */
const steps: Record<JobState['status'], readonly JobState['status'][]> = {
	waiting: ['held', 'working', 'cancelled'],
	held: ['waiting', 'working', 'cancelled'],
	working: ['done', 'failed', 'cancelled', 'waiting', 'held'],
	done: [],
	failed: [],
	cancelled: [],
};

/** What is wrong with the history of a queue; empty when all is as it has to be. */
export function problemsIn(entries: readonly JournalEntry[]): string[] {
	return [...chainProblems(entries), ...entries.flatMap(entryProblems)];
}

function chainProblems(entries: readonly JournalEntry[]): string[] {
	return entries.flatMap((entry, index) => {
		const last = entries[index - 1];
		const isNext = !last || JSON.stringify(last.after) === JSON.stringify(entry.before);
		return isNext ? [] : [`change ${index} does not begin where the last one ended`];
	});
}

function entryProblems({before, after, silent, paused}: JournalEntry): string[] {
	const problems: string[] = [];
	const was = new Map(before.map(job => [job.id, job]));
	const is = new Map(after.map(job => [job.id, job]));
	for (const {id} of before) {
		if (!is.has(id)) {
			problems.push(`${id} is lost`);
		}
	}

	for (const job of after) {
		const old = was.get(job.id);
		if (old && old.status !== job.status && !steps[old.status].includes(job.status)) {
			problems.push(`${job.id} went from ${old.status} to ${job.status}`);
		}

		if (job.reason?.includes('may go on')) {
			problems.push(`${job.id} is held: ${job.reason}`);
		}

		if (old?.step === 'preparing' && job.step === 'computing') {
			problems.push(...orderProblems(job, after, silent));
			problems.push(...(paused ? [`${job.id} started in a pause`] : []));
		}

		if (job.step === 'computing' && old?.step !== 'computing' && old?.step !== 'preparing') {
			problems.push(`${job.id} started, but was ${old?.step ?? old?.status}`);
		}
	}

	const working = after.filter(({step}) => step === 'computing').flatMap(({lanes}) => lanes);
	if (new Set(working).size < working.length) {
		problems.push(`two jobs at once on a lane: ${working.join(', ')}`);
	}

	const prepared = after
		.filter(({step, isToEnd}) => step === 'preparing' && !isToEnd)
		.flatMap(({lanes}) => lanes);
	for (const lane of new Set(prepared)) {
		if (prepared.filter(one => one === lane).length > mostAhead) {
			problems.push(`more than ${mostAhead} jobs are prepared on ${lane}`);
		}
	}

	return problems;
}

/**
 * Whoever stands before a job that starts must not have been able to; on a host that did not answer,
 * jobs that may go elsewhere leave it to the others.
 */
function orderProblems(
	{id, lanes: [lane = '']}: JobState,
	all: readonly JobState[],
	silent: readonly string[],
): string[] {
	const isDone = (need: string) => all.find(other => other.id === need)?.status === 'done';
	const [host = ''] = lane.split(' ');
	return (
		all
			.slice(
				0,
				all.findIndex(other => other.id === id),
			)
			.filter(other => other.lanes.includes(lane) && !other.isToEnd && !other.rests)
			.filter(({status, step}) => status === 'waiting' || step === 'preparing')
			.filter(other => other.needs.every(isDone))
			.filter(other => !(other.isFree && silent.includes(host)))
			// It starts at once where nothing has the slot.
			.filter(other => other.step || other.lanes.every(slot => isBusy(all, slot)))
			.map(other => `${id} started before ${other.id}, which could have started`)
	);
}

function isBusy(all: readonly JobState[], lane: string): boolean {
	const isThere = ({step}: JobState) => step === 'preparing' || step === 'computing';
	return all.some(job => isThere(job) && job.lanes[0] === lane);
}

/** Compares how the jobs ended with what really happened on the GPU. */
export function endProblems({jobs}: Queue, gpu: GpuHost, cancelled: ReadonlySet<string>): string[] {
	return jobs.flatMap(job => {
		const fate = gpu.fates.get(job.id);
		const ran = gpu.jobOf(job.id);
		const isCancelled = cancelled.has(job.id);
		// Who names more than one host is not given up for one that does not respond.
		const tooOften = gpu.refusalsOf(job.id) > retryPauses.length && job.target !== 'any';
		const right: Record<string, boolean> = {
			done: ran?.state === 'completed' && fate?.end === 'completed',
			failed: ran ? ran.state === 'failed' : tooOften,
			cancelled: isCancelled && (!ran || ran.state === 'stopped'),
		};
		const seen = `asked to end: ${isCancelled}, on the GPU: ${ran?.state ?? 'never'}`;
		return right[job.status] ? [] : [`${job.id} is ${job.status} (${seen})`];
	});
}
