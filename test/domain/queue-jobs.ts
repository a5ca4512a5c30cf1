import type {Job, Queue, SlotsFor} from '../../source/domain/queue/job.js';
import type {KnownStatus, WorkerFacts} from '../../source/domain/queue/queue-claim.js';
import type {EndFacts} from '../../source/domain/queue/queue-end.js';

export const now = '2026-11-24T12:00:00.000Z';
export const us = {pid: 1, startTime: '1', bootId: 'b', machine: 'm'};
export const other = {...us, pid: 2};

/** `job(3)` is `job_000000000003`. */
export const jobId = (number: number) => `job_${String(number).padStart(12, '0')}`;

/** A job that waits, or whatever else is said. */
export function job(number: number, more: Record<string, unknown> = {}): Job {
	const id = jobId(number);
	return {
		id,
		parts: [{id, name: `prompt-${number}`, request: {promptId: 'ps_000000000000'}}],
		host: 'h100',
		lane: 'gpu0',
		attempts: 0,
		createdAt: now,
		status: 'waiting',
		...more,
	} as Job;
}

export const queueOf = (...jobs: Job[]): Queue => ({paused: false, jobs});

export function facts(
	runs: Readonly<Record<string, KnownStatus>> = {},
	isAlive = () => true,
	slotsFor: SlotsFor = host => [`${host} gpu0`],
): EndFacts & WorkerFacts {
	return {now, statusOf: id => runs[id], owner: us, isAlive, slotsFor, pauses: [5000, 20_000]};
}

export const idsOf = ({jobs}: Queue) => jobs.map(({id}) => Number(id.slice(4)));
