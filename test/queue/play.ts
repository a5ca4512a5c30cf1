import {mkdtempSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {CosmosError} from '../../source/domain/errors.js';
import {hasEnded, isQueued, type Job, type Queue} from '../../source/domain/queue/job.js';
import {
	addJobs,
	heldByHand,
	holdJob,
	moveJob,
	releaseJob,
} from '../../source/domain/queue/queue-change.js';
import {createBell} from '../../source/machine/bell.js';
import {cancelJobEverywhere} from '../../source/queue/cancel-job.js';
import {knownRuns, queueFacts} from '../../source/queue/queue-facts.js';
import {openStore, type Store} from '../../source/store/store.js';
import {createRandom, type Random} from '../chaos/random.js';
import type {Program, Running} from '../machine/program.js';
import {type GpuHost, startGpuHost} from './gpu-host.js';
import {createGpuLauncher} from './gpu-launcher.js';
import {openGpuLine} from './gpu-line.js';
import {readJournal, withJournal} from './journal.js';
import {hostsOf, slotsForScene} from './slots.js';
import {endProblems, problemsIn} from './verdict.js';

/** What has been seen of one queue. */
export type Played = {
	seed: number;
	problems: string[];
	ends: Record<string, number>;
	kills: number;
};

type Scene = {seed: number; store: Store; gpu: GpuHost; random: Random; cancelled: Set<string>};

const targets = ['a', 'b', 'any'] as const;

/**
 * Plays random queues side by side: jobs are added, moved, held, released and cancelled, the queue
 * is paused, jobs fail, hosts cannot be reached, also while jobs run there, and the two processes that work them off are
 * killed and started again at random moments.
 */
export async function playQueues(
	program: Program,
	seeds: readonly number[],
	{jobs, kills}: {jobs: number; kills: number},
): Promise<Played[]> {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-queues-'));
	const random = createRandom(seeds[0] as number);
	const bell = createBell();
	const gpu = await startGpuHost(path.join(folder, 'gpu'), bell.ring);
	const line = await openGpuLine(path.join(folder, 'gpu'));
	const scenes: Scene[] = [];
	for (const seed of seeds) {
		const own = path.join(folder, `queue-${seed}`);
		const store = withJournal(await openStore({folder: own}), slotsForScene(own));
		scenes.push({seed, store, gpu, random: createRandom(seed), cancelled: new Set()});
	}

	const words = [path.join(folder, 'gpu'), ...scenes.map(({store}) => store.folder)];
	const workers: Running[] = [program.start(...words), program.start(...words)];
	const open = new AbortController();
	const killer = killAtRandom(workers, {kills, random, bell, open: open.signal}, () =>
		program.start(...words),
	);
	try {
		await Promise.all(
			scenes.map(scene => playOne(scene, createGpuLauncher(scene.store, line), jobs)),
		);
		open.abort();
		const killed = await killer;
		return await Promise.all(scenes.map(scene => judge(scene, killed)));
	} finally {
		open.abort();
		await Promise.all(workers.map(worker => worker.kill()));
		for (const {store} of scenes) {
			store.close();
		}

		line.close();
		await gpu.close();
		await rm(folder, {recursive: true});
	}
}

/** Kills one of the workers some moment after something has happened, and starts another. */
async function killAtRandom(
	workers: Running[],
	{
		kills,
		random,
		bell,
		open,
	}: {
		kills: number;
		random: Random;
		bell: ReturnType<typeof createBell>;
		open: AbortSignal;
	},
	start: () => Running,
): Promise<number> {
	let killed = 0;
	await Promise.all(workers.map(worker => worker.line()));
	while (killed < kills && !open.aborted) {
		for (let events = random.whole(10, 60); events > 0 && !open.aborted; events--) {
			await bell.next(open);
		}

		if (open.aborted) {
			break;
		}

		// The moment is the fault: nothing is awaited here.
		await new Promise<void>(resolve => {
			setTimeout(resolve, random.whole(0, 20));
		});
		const index = random.whole(0, workers.length - 1);
		await workers[index]?.kill();
		killed++;
		workers[index] = start();
		await workers[index]?.line();
	}

	return killed;
}

async function playOne(
	scene: Scene,
	launcher: ReturnType<typeof createGpuLauncher>,
	count: number,
): Promise<void> {
	const {store, random} = scene;
	const bell = createBell();
	const unwatch = store.watch(what => (what === 'queue' ? bell.ring() : undefined));
	const ends: Array<Promise<unknown>> = [];
	let added = 0;
	try {
		for (;;) {
			const queue = await store.readQueue();
			if (added === count && queue.jobs.every(hasEnded)) {
				break;
			}

			if (added < count) {
				const some = Math.min(count - added, random.whole(1, 10));
				await addSome(scene, added, some);
				added += some;
			}

			await meddle(scene, launcher, ends);
			if (added === count) {
				await settle(scene, launcher, ends);
			}

			await bell.next(new AbortController().signal, Date.now() + random.whole(20, 200));
		}

		await Promise.all(ends);
	} finally {
		unwatch();
	}
}

/** Jobs with fixed ids that sort by time, some of which come after an earlier one. */
async function addSome(
	{seed, store, gpu, random}: Scene,
	from: number,
	count: number,
): Promise<void> {
	await store.changeQueue(queue => {
		const known = queue.jobs.map(({id}) => id);
		const jobs: Job[] = [];
		for (let index = from; index < from + count; index++) {
			const id = `job_${String(seed).padStart(6, '0')}${String(index).padStart(6, '0')}`;
			const target = random.pick(targets);
			const host = target === 'any' ? target : hostsOf(store.folder)[target];
			const earlier = [...known, ...jobs.map(job => job.id)];
			const after = earlier.length > 0 && random.chance(0.15) ? random.pick(earlier) : undefined;
			gpu.fates.set(id, {
				end: random.chance(0.15) ? 'failed' : 'completed',
				refusals: random.chance(0.1) ? random.whole(1, 5) : 0,
				time: random.whole(0, 15),
			});
			jobs.push({
				...{
					id,
					host,
					lane: '',
					attempts: 0,
					createdAt: new Date().toISOString(),
					status: 'waiting',
				},
				parts: [{id, name: 'street', request: {promptId: 'ps_000000000000', host}}],
				...(after && {after}),
			} as Job);
		}

		return addJobs(queue, jobs);
	});
}

/** What users do to a queue while it is running. */
async function meddle(
	scene: Scene,
	launcher: ReturnType<typeof createGpuLauncher>,
	ends: Array<Promise<unknown>>,
): Promise<void> {
	const {store, gpu, random} = scene;
	const {jobs} = await store.readQueue();
	const host = random.pick(Object.values(hostsOf(store.folder)));
	if (random.chance(0.15)) {
		gpu.cut(host);
	} else if (random.chance(0.5)) {
		gpu.heal(host);
	}

	const open = jobs.filter(job => !hasEnded(job));
	if (open.length < 2) {
		return;
	}

	const {id} = random.pick(open);
	const other = random.pick(open).id;
	if (random.chance(0.12)) {
		ends.push(cancel(scene, launcher, id));
	}

	if (random.chance(0.4)) {
		const places = [
			{at: 'first'},
			{at: 'last'},
			{at: 'before', job: other},
			{at: 'after', job: other},
		];
		const place = random.pick(places) as Parameters<typeof moveJob>[2];
		await unlessLate(store.changeQueue(queue => moveJob(queue, id, place)));
	}

	if (random.chance(0.2)) {
		await unlessLate(store.changeQueue(queue => holdJob(queue, other)));
	}

	if (random.chance(0.15)) {
		await store.changeQueue(queue => ({...queue, paused: !queue.paused}));
	}
}

/** In the end all hosts answer, the pause is over, what was held by hand goes on, and what cannot go on is given up. */
async function settle(
	scene: Scene,
	launcher: ReturnType<typeof createGpuLauncher>,
	ends: Array<Promise<unknown>>,
): Promise<void> {
	const {store, gpu} = scene;
	for (const host of Object.values(hostsOf(store.folder))) {
		gpu.heal(host);
	}

	const queue = await store.changeQueue(before =>
		before.paused ? {...before, paused: false} : before,
	);
	const facts = queueFacts(await knownRuns(store, queue));
	for (const job of queue.jobs.filter(isQueued)) {
		if (job.status === 'held' && job.reason === heldByHand) {
			await unlessLate(store.changeQueue(before => releaseJob(before, job.id, facts)));
		} else if (job.status === 'held') {
			ends.push(cancel(scene, launcher, job.id));
		}
	}
}

async function cancel(
	{store, cancelled}: Scene,
	launcher: ReturnType<typeof createGpuLauncher>,
	id: string,
): Promise<void> {
	cancelled.add(id);
	const slotsFor = slotsForScene(store.folder);
	const parts = {store, launcher, env: {}, retryPauses: [1, 2, 3], watcher: {}, slotsFor};
	await unlessLate(cancelJobEverywhere({...parts, onCommand: () => undefined}, id));
}

/** A job may have continued between the check and the action; the refusal is correct then. */
async function unlessLate(deed: Promise<unknown>): Promise<void> {
	try {
		await deed;
	} catch (error) {
		if (!(error instanceof CosmosError && error.kind === 'usage')) {
			throw error;
		}
	}
}

async function judge({seed, store, gpu, cancelled}: Scene, kills: number): Promise<Played> {
	const queue: Queue = await store.readQueue();
	const ends: Record<string, number> = {};
	for (const {status} of queue.jobs) {
		ends[status] = (ends[status] ?? 0) + 1;
	}

	const problems = [
		...problemsIn(readJournal(store.folder)),
		...endProblems(queue, gpu, cancelled),
		...gpu.problems.splice(0),
	];
	return {seed, problems, ends, kills};
}
