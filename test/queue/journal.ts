import {appendFileSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {
	countRemainingHosts,
	type Job,
	predecessorsOf,
	type Queue,
	type SlotsFor,
	slotsOfJob,
	stepOf,
	type WorkStep,
} from '../../source/domain/queue/job.js';
import type {Store} from '../../source/store/store.js';

/** One job in one state of the queue, for the verdict. */
export type JobState = {
	id: string;
	/** The slot that it is on, or those where it may start. */
	lanes: readonly string[];
	/** It names more than one host. */
	isFree: boolean;
	status: Job['status'];
	step?: WorkStep;
	/** It waits after a connection error. */
	rests?: boolean;
	/** Process that works on it. */
	pid?: number;
	reason?: string;
	isToEnd?: boolean;
	needs: string[];
};

/** A change of the queue: written inside its transaction, so the lines are in their true order. */
export type JournalEntry = {
	by: number;
	before: JobState[];
	after: JobState[];
	/** Hosts that did not answer, as the queue had it before. */
	silent: string[];
	/** As the queue was after it. */
	paused: boolean;
};

const journalFile = (folder: string) => path.join(folder, 'queue-journal');

/** A store that writes down every change of the queue that it is asked for. */
export function withJournal(store: Store, slotsFor: SlotsFor): Store {
	return {
		...store,
		changeQueue: change =>
			store.changeQueue(queue => {
				const next = change(queue);
				if (next !== queue) {
					const entry: JournalEntry = {
						by: process.pid,
						before: statesOf(queue, slotsFor),
						after: statesOf(next, slotsFor),
						silent: queue.silent?.map(({host}) => host) ?? [],
						paused: next.paused,
					};
					// On a line of its own, also behind one that a killed process has left unfinished.
					appendFileSync(journalFile(store.folder), `\n${JSON.stringify(entry)}\n`);
				}

				return next;
			}),
	};
}

function statesOf({jobs}: Pick<Queue, 'jobs'>, slotsFor: SlotsFor): JobState[] {
	return jobs.map(job => ({
		id: job.id,
		lanes: slotsOfJob(job, slotsFor),
		isFree: countRemainingHosts(job, slotsFor) > 1,
		status: job.status,
		...('owner' in job && {pid: job.owner.pid, step: stepOf(job)}),
		...(job.retry && {rests: true}),
		...(job.cancelRequestedAt && {isToEnd: true}),
		...('reason' in job && {reason: job.reason}),
		needs: predecessorsOf(job),
	}));
}

/**
 * The changes that took place. One that a killed process has written down but not stored is left
 * out: the next one does not begin with its end.
 */
export function readJournal(folder: string): JournalEntry[] {
	const lines = readFileSync(journalFile(folder), 'utf8').split('\n').filter(Boolean);
	const entries = lines.flatMap(entryOf);
	return entries.filter((entry, index) => {
		const next = entries[index + 1];
		return !next || JSON.stringify(next.before) === JSON.stringify(entry.after);
	});
}

/** None for a line that a process was killed in: it had not stored that change yet. */
function entryOf(line: string): JournalEntry[] {
	try {
		return [JSON.parse(line)];
	} catch {
		return [];
	}
}
