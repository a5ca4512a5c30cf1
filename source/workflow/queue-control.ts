import {defaultBatchSizes, type Host} from '../domain/host.js';
import {hostsFor, slotKeysFor} from '../domain/host-choice.js';
import {resolveId} from '../domain/ids.js';
import {isQueued, predecessorsOf, type Queue} from '../domain/job.js';
import {
	clearLine,
	forgetEnded,
	holdJob,
	moveJob,
	releaseJob,
	uncancelJob,
} from '../domain/queue-change.js';
import {applyBatches, type BatchSizes, planBatches, undoBatches} from '../domain/smart-batching.js';
import type {TaskOf} from '../domain/types.js';
import {cancelJobEverywhere} from '../queue/cancel-job.js';
import type {JobLauncher} from '../queue/job-launcher.js';
import {knownRuns, queueFacts} from '../queue/queue-facts.js';
import {retryPauses, runQueue} from '../queue/queue-worker.js';
import {now} from './job-store.js';
import {checkLaunch} from './launch-check.js';
import type {Local} from './launch-parts.js';
import {addToQueue} from './queue-add.js';
import type {QueueActions, QueueDoor} from './queue-types.js';
import {viewQueue} from './queue-view.js';
import type {createRunControl} from './run-control.js';

export type QueueControlParts = Local & {launcher: JobLauncher; env: NodeJS.ProcessEnv};

/** What the queue checks and reads when jobs are added. */
export function createQueueControl(parts: QueueControlParts): QueueActions {
	const {store, config} = parts;
	const slotsFor = (target: string) => slotKeysFor(config.hosts, target);
	const worker = {...parts, retryPauses, slotsFor};

	async function change(next: (queue: Queue) => Queue): Promise<void> {
		await store.changeQueue(next);
	}

	const queue: QueueDoor = {
		view: () => viewQueue(parts),
		async idOf(reference) {
			const {jobs} = await store.readQueue();
			const ids = jobs.flatMap(job => job.parts.map(({id}) => id)).sort();
			return resolveId(reference, ids, 'job');
		},
		add: jobs => addToQueue(parts, jobs),
		move: (id, place) => change(queue => moveJob(queue, id, place)),
		hold: id => change(queue => holdJob(queue, id)),
		async release(id) {
			const known = await knownRuns(store, await store.readQueue());
			await change(queue => releaseJob(queue, id, queueFacts(known)));
		},
		cancel: id => cancelJobEverywhere({...worker, watcher: {}, onCommand: () => undefined}, id),
		uncancel: before => change(queue => uncancelJob(queue, before)),
		pause: () => change(queue => (queue.paused ? queue : {...queue, paused: true})),
		resume: () => change(queue => (queue.paused ? {...queue, paused: false} : queue)),
		async clear() {
			let count = 0;
			await change(queue => {
				count = queue.jobs.filter(isQueued).length;
				return count === 0 ? queue : clearLine(queue, now());
			});
			return count;
		},
		async forget() {
			let count = 0;
			await change(queue => {
				const needed = new Set(queue.jobs.filter(isQueued).flatMap(predecessorsOf));
				const left = forgetEnded(queue, needed);
				count = queue.jobs.length - left.jobs.length;
				return count === 0 ? queue : left;
			});
			return count;
		},
		async plan({mixed, max}) {
			const queue = await store.readQueue();
			const tasks = await tasksOf(parts, queue);
			return planBatches(queue, {
				mixed,
				max,
				sizesOf: target => smallestSizes(hostsFor(config.hosts, target)),
				taskOf: ({id}) => tasks.get(id),
			});
		},
		optimise: plan => change(queue => applyBatches(queue, plan)),
		async undo() {
			let count = 0;
			await change(queue => {
				const after = undoBatches(queue);
				count = after.jobs.length - queue.jobs.length;
				return after;
			});
			return count;
		},
	};
	return {
		queue,
		runQueue: (watcher = {}, signal = new AbortController().signal, options = {}) =>
			runQueue(worker, watcher, signal, options),
	};
}

/** Of several hosts that a batch may go to, the one with the least memory decides. */
function smallestSizes(hosts: readonly Host[]): BatchSizes {
	const all = hosts.map(({batchSizes = defaultBatchSizes}) => batchSizes);
	const smallest = (at: 0 | 1 | 2) => Math.min(...all.map(sizes => sizes[at]));
	return all.length === 0 ? defaultBatchSizes : [smallest(0), smallest(1), smallest(2)];
}

/** The tasks of the waiting transfers; those that cannot run now are skipped. */
async function tasksOf(local: Local, queue: Queue): Promise<Map<string, TaskOf<'transfer'>>> {
	const tasks = new Map<string, TaskOf<'transfer'>>();
	for (const {parts} of queue.jobs.filter(({status}) => status === 'waiting')) {
		for (const {id, request} of parts) {
			if (!('ofJob' in request) && (request.operation ?? 'transfer') === 'transfer') {
				const checked = await checkLaunch(local, request).catch(() => undefined);
				if (checked?.task.operation === 'transfer') {
					tasks.set(id, checked.task);
				}
			}
		}
	}

	return tasks;
}

/** How the workflow itself gets jobs done. */
export function queueLauncher({
	launchBatch,
	recover,
	reach,
	withdraw,
}: Pick<
	ReturnType<typeof createRunControl>,
	'launchBatch' | 'recover' | 'reach' | 'withdraw'
>): JobLauncher {
	return {launch: launchBatch, recover, reach, withdraw};
}
