import {setTimeout as pause} from 'node:timers/promises';
import {defaultBatchSizes, type Host} from '../../domain/hosts/host.js';
import {hostsFor, slotKeysFor} from '../../domain/hosts/host-choice.js';
import {isId, resolveId} from '../../domain/ids.js';
import {hasEnded, isQueued, type Job, predecessorsOf, type Queue} from '../../domain/queue/job.js';
import {
	clearLine,
	holdJob,
	moveJob,
	prioritiseJob,
	releaseJob,
	uncancelJob,
} from '../../domain/queue/queue-change.js';
import {
	applyBatches,
	type BatchSizes,
	planBatches,
	undoBatches,
} from '../../domain/queue/smart-batching.js';
import type {TaskOf} from '../../domain/types.js';
import {cancelJobEverywhere} from '../../queue/cancel-job.js';
import type {JobLauncher} from '../../queue/job-launcher.js';
import {knownRuns, queueFacts} from '../../queue/queue-facts.js';
import {retryPauses, runQueue} from '../../queue/queue-worker.js';
import type {QueueScope} from '../../store/queue/queue-document.js';
import {now} from '../job-store.js';
import {checkLaunch} from '../launch/launch-check.js';
import type {Local} from '../launch/launch-parts.js';
import type {createRunControl} from '../launch/run-control.js';
import {addToQueue} from './queue-add.js';
import type {QueueActions, QueueDoor} from './queue-types.js';
import {viewQueue} from './queue-view.js';

/** How many jobs one change of the queue touches at most, and how many batching looks at. */
const atOnce = 1000;

/** Milliseconds that a stopped worker waits for its notifications to be sent. */
const noticePatience = 2000;

export type QueueControlParts = Local & {launcher: JobLauncher; env: NodeJS.ProcessEnv};

/** The queue as screens, commands and the library use it. */
export function createQueueControl(parts: QueueControlParts): QueueActions {
	const {store, config} = parts;
	const slotsFor = (target: string) => slotKeysFor(config.hosts, target);
	const worker = {...parts, retryPauses, slotsFor};

	async function change(next: (queue: Queue) => Queue, scope?: QueueScope): Promise<void> {
		await store.changeQueue(next, scope);
	}

	/** Removes ended jobs, a bounded number at a time. */
	async function removeEnded(needed: ReadonlySet<string>): Promise<number> {
		const ended: string[] = [];
		await store.eachJob(job => {
			if (hasEnded(job) && !job.parts.some(({id}) => needed.has(id))) {
				ended.push(job.id);
			}
		});
		for (let start = 0; start < ended.length; start += atOnce) {
			const ids = ended.slice(start, start + atOnce);
			const gone = new Set(ids);
			await change(
				queue => ({...queue, jobs: queue.jobs.filter(job => !(hasEnded(job) && gone.has(job.id)))}),
				{ids},
			);
		}

		return ended.length;
	}

	const queue: QueueDoor = {
		view: (limit, ids) => viewQueue(parts, limit, ids),
		async idOf(reference) {
			if (isId(reference, 'job') && (await store.getJob(reference))) {
				return reference;
			}

			const {jobs} = await store.readQueue({neighbours: true});
			const partIds = jobs.flatMap(job => job.parts.map(({id}) => id));
			const ids = new Set([...(await store.jobIds()), ...partIds]);
			return resolveId(reference, [...ids].sort(), 'job');
		},
		async openIds(matches) {
			const ids: string[] = [];
			await store.eachJob(job => {
				if (!hasEnded(job) && matches(job)) {
					ids.push(job.id);
				}
			});
			return ids.reverse();
		},
		add: jobs => addToQueue(parts, jobs),
		move: (id, place) =>
			change(queue => moveJob(queue, id, place), {
				ids: [id, ...('job' in place ? [place.job] : [])],
				neighbours: true,
			}),
		prioritise: (id, priority) => change(queue => prioritiseJob(queue, id, priority), {ids: [id]}),
		hold: id => change(queue => holdJob(queue, id), {ids: [id]}),
		async release(id) {
			const known = await knownRuns(store, await store.readQueue({ids: [id]}));
			await change(queue => releaseJob(queue, id, queueFacts(known)), {ids: [id]});
		},
		cancel: id => cancelJobEverywhere({...worker, watcher: {}, onCommand: () => undefined}, id),
		uncancel: before => change(queue => uncancelJob(queue, before), {ids: [before.id]}),
		pause: () => change(queue => (queue.paused ? queue : {...queue, paused: true})),
		resume: () => change(queue => (queue.paused ? {...queue, paused: false} : queue)),
		async clear() {
			let count = 0;
			for (let left = true; left; ) {
				await change(
					queue => {
						const queued = queue.jobs.filter(job => isQueued(job) && !job.cancelRequestedAt);
						count += queued.length;
						left = queued.length > 0;
						return left ? clearLine(queue, now()) : queue;
					},
					{first: atOnce},
				);
			}

			return count;
		},
		async forget() {
			const needed = new Set<string>();
			await store.eachJob(job => {
				for (const id of isQueued(job) ? predecessorsOf(job) : []) {
					needed.add(id);
				}
			});
			return removeEnded(needed);
		},
		async plan({mixed, max}) {
			const queue = await store.readQueue({first: atOnce});
			const tasks = await tasksOf(parts, queue);
			return planBatches(queue, {
				mixed,
				max,
				sizesOf: target => smallestSizes(hostsFor(config.hosts, target)),
				taskOf: ({id}) => tasks.get(id),
			});
		},
		optimise: plan =>
			change(queue => applyBatches(queue, plan), {
				ids: plan.groups.flatMap(({jobs}) => jobs.map(({id}) => id)),
			}),
		async undo() {
			let count = 0;
			await change(
				queue => {
					const after = undoBatches(queue);
					count = after.jobs.length - queue.jobs.length;
					return after;
				},
				{ids: (await store.readQueue()).undo?.merged},
			);
			return count;
		},
	};
	return {
		queue,
		async runQueue(watcher = {}, signal = new AbortController().signal, options = {}) {
			if (!config.notify) {
				return runQueue(worker, watcher, signal, options);
			}

			const {createNotifier} = await import('../runs/notify.js');
			const onNotice = (text: string) => watcher.onNotice?.(text);
			const notifier = createNotifier({config: config.notify, store, env: parts.env, onNotice});
			const onJob = (job: Job) => {
				notifier.onJob(job);
				watcher.onJob?.(job);
			};

			try {
				await runQueue(worker, {...watcher, onJob}, signal, options);
			} finally {
				// A person who leaves does not wait for a slow notification.
				const patience = signal.aborted ? [pause(noticePatience)] : [];
				await Promise.race([notifier.close(), ...patience]);
			}
		},
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

/** Starts the queue's jobs by the same code as a launch. */
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
