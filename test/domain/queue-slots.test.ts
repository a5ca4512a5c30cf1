import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
	hasEnded,
	type Job,
	type Queue,
	type SlotsFor,
	slotKey,
} from '../../source/domain/queue/job.js';
import {claimNext} from '../../source/domain/queue/queue-claim.js';
import {endJob, type JobEnd} from '../../source/domain/queue/queue-end.js';
import {facts, job, jobId, now, queueOf} from './queue-jobs.js';

/** Two slots on `a`, one on `b`, one on `c`; a group of the first two hosts. */
const lanes = ['a gpu0', 'a gpu1', 'b gpu0', 'c gpu0'];
const slotsFor: SlotsFor = target =>
	lanes.filter(
		lane =>
			target === 'any' ||
			lane.startsWith(`${target} `) ||
			(target === 'pair' && !lane.startsWith('c ')),
	);
const our = (at = now) => ({...facts({}, () => true, slotsFor), now: at});
const free = (number: number, host = 'any') => job(number, {host, lane: ''});
const later = (seconds: number) => new Date(Date.parse(now) + seconds * 1000).toISOString();

/** The queue after a slot has claimed its job, and that job has ended. */
function worked(queue: Queue, lane: string, end: JobEnd, hasRun = false): Queue {
	const {queue: claimed, job: mine} = claimNext(queue, lane, our(), true);
	const runs = new Map(hasRun && mine ? [[mine.id, 'run_000000000001']] : []);
	return endJob(claimed, mine?.id ?? '', end, runs, our());
}

const silence = {status: 'elsewhere', problem: 'no answer', isSilent: true} as const;
const refusal = (problem: string) => ({status: 'elsewhere', problem, isSilent: false}) as const;

describe('a job that names several slots', () => {
	it('is claimed by the first free slot, and stays there', () => {
		const {queue, job: taken} = claimNext(queueOf(free(1)), 'b gpu0', our());
		expect(taken).toMatchObject({host: 'b', lane: 'gpu0', target: 'any', status: 'working'});
		expect(claimNext(queue, 'a gpu0', our()).job).toBeUndefined();
	});

	it('goes only where its host or group has a slot', () => {
		const queue = queueOf(free(1, 'pair'), free(2, 'c'));
		expect(claimNext(queue, 'c gpu0', our()).job?.id).toBe(jobId(2));
		expect(claimNext(queue, 'a gpu1', our()).job?.id).toBe(jobId(1));
		expect(claimNext(queueOf(free(1, 'nobody')), 'c gpu0', our()).job).toBeUndefined();
	});

	it('is left to other hosts if a host does not respond, which is retried ever later', () => {
		const once = worked(queueOf(free(1)), 'a gpu0', silence);
		expect(once.jobs[0]).toMatchObject({host: 'any', lane: '', status: 'waiting', attempts: 0});
		expect(once.silent).toEqual([
			{host: 'a', problem: 'no answer', tries: 1, since: now, until: later(5)},
		]);
		expect(claimNext(once, 'a gpu1', our())).toMatchObject({silent: {until: later(5)}});
		expect(claimNext(once, 'b gpu0', our()).job?.id).toBe(jobId(1));

		const again = {...our(later(6)), now: later(6)};
		const {queue} = claimNext(once, 'a gpu0', again, true);
		expect(queue.silent).toEqual([]);
	});

	it('does not block a silent host for a job that has no other host', () => {
		const queue = worked(queueOf(free(1), free(2, 'c')), 'c gpu0', silence);
		expect(claimNext(queue, 'c gpu0', our()).job?.id).toBe(jobId(2));
	});

	it('is not retried on a slot that cannot run it, and fails if none can', () => {
		let queue = queueOf(free(1, 'pair'));
		queue = worked(queue, 'a gpu0', refusal('a has no image'));
		expect(claimNext(queue, 'a gpu0', our()).job).toBeUndefined();
		queue = worked(queue, 'a gpu1', refusal('a has no image'));
		queue = worked(queue, 'b gpu0', refusal('b has no disk'));
		expect(queue.jobs[0]).toMatchObject({
			status: 'failed',
			problem: 'a has no image; b has no disk',
		});
	});

	it('stays on its host once it has a run', () => {
		const retry = {problem: 'lost', at: now};
		const queue = worked(queueOf(free(1)), 'b gpu0', {status: 'waiting', retry}, true);
		expect(queue.jobs[0]).toMatchObject({host: 'b', lane: 'gpu0', status: 'waiting'});
		expect(claimNext(queue, 'a gpu0', our()).job).toBeUndefined();
		expect(claimNext(queue, 'b gpu0', our())).toMatchObject({again: true});
	});
});

const ends: readonly JobEnd[] = [
	{status: 'done'},
	{status: 'failed', problem: 'it failed'},
	silence,
	refusal('no image'),
];

it('no job is ever on two slots or on a wrong slot, and no slot has two jobs', () => {
	const target = fc.constantFrom('any', 'pair', 'a', 'b', 'c');
	const step = fc.record({lane: fc.constantFrom(...lanes), end: fc.constantFrom(...ends)});
	const scene = fc.tuple(
		fc.array(target, {minLength: 1, maxLength: 8}),
		fc.array(step, {maxLength: 40}),
	);
	fc.assert(
		fc.property(scene, ([targets, steps]) => {
			let queue = queueOf(...targets.map((host, index) => free(index + 1, host)));
			const started = new Map<string, number>();
			for (const {lane, end} of steps) {
				const mine = queue.jobs.find(
					({status, ...one}) => status === 'working' && slotKey(one) === lane,
				);
				if (mine) {
					const hasRun = end.status !== 'elsewhere';
					const runs = new Map(hasRun ? [[mine.id, 'run_000000000001']] : []);
					queue = endJob(queue, mine.id, end, runs, our());
					started.set(mine.id, (started.get(mine.id) ?? 0) + (hasRun ? 1 : 0));
				} else {
					queue = claimNext(queue, lane, our()).queue;
				}

				check(queue, started);
			}
		}),
		{numRuns: 500},
	);

	function check(queue: Queue, started: ReadonlyMap<string, number>) {
		const working = queue.jobs.filter(({status}) => status === 'working');
		expect(new Set(working.map(slotKey)).size).toBe(working.length);
		expect(working.every(isWhereItMay)).toBe(true);
		expect([...started.values()].every(count => count <= 1)).toBe(true);
		expect(queue.jobs.filter(one => !hasEnded(one) && started.get(one.id))).toEqual([]);
	}

	function isWhereItMay(one: Job): boolean {
		const isRefused = one.refusals?.some(refused => slotKey(refused) === slotKey(one));
		return slotsFor(one.target ?? '').includes(slotKey(one)) && !isRefused;
	}
});
