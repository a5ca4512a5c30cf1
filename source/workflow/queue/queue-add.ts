import path from 'node:path';
import {findTarget, requireDefaultHost} from '../../config/find-host.js';
import {CosmosError} from '../../domain/errors.js';
import {hostsFor} from '../../domain/hosts/host-choice.js';
import {nextId} from '../../domain/ids.js';
import {
	findJobByPart,
	type Job,
	type JobPart,
	type Queue,
	type QueuedRequest,
	sourceOf,
} from '../../domain/queue/job.js';
import {addJobs} from '../../domain/queue/queue-change.js';
import {describeState, type KnownStatus} from '../../domain/queue/queue-claim.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import type {LaunchRequest} from '../../domain/settings/launch-request.js';
import {queueFacts} from '../../queue/queue-facts.js';
import {now} from '../job-store.js';
import {checkBatch} from '../launch/batch-check.js';
import {requireTrustedCommands} from '../launch/command-trust.js';
import {checkLaunch, modelOf} from '../launch/launch-check.js';
import type {Local} from '../launch/launch-parts.js';
import type {NewJob} from './queue-types.js';

type Checked = {target: string; name: string; request: QueuedRequest};

/**
 * Checks new jobs as far as possible before their predecessors have ended, and puts them
 * at the end of the queue, all or none.
 * @throws CosmosError (usage)
 */
export async function addToQueue(local: Local, jobs: readonly NewJob[]): Promise<Job[]> {
	const queue = await local.store.readQueue({ids: jobs.flatMap(predecessorsOfNew)});
	const checked: Array<{job: NewJob; parts: Checked[]}> = [];
	for (const job of jobs) {
		const after = job.after && (await jobOrRun(local, queue, job.after));
		checked.push({job: {...job, after}, parts: await checkJob(local, queue, job)});
	}

	let added: Job[] = [];
	const add = (before: Queue) => {
		let last = lastIdOf(before);
		const makeId = () => {
			last = nextId('job', Date.now(), crypto.getRandomValues(new Uint8Array(4)), last);
			return last;
		};

		added = checked.map(({job, parts}) => makeJob(job, parts, makeId));
		return addJobs(before, added);
	};

	await local.store.changeQueue(add, {neighbours: true});
	return added;
}

function makeJob(
	{after, priority, onFinish}: NewJob,
	checked: readonly Checked[],
	makeId: () => string,
): Job {
	const parts = checked.map(
		({name, request}): JobPart => ({
			id: makeId(),
			name,
			request,
			...(onFinish && {onFinish: [...onFinish]}),
		}),
	);
	const [{target}] = checked as readonly [Checked, ...Checked[]];
	// What a person has added does not wait behind a dataset.
	const urgency = priority ?? (checked.some(({request}) => request.dataset) ? 'low' : undefined);
	return {
		id: (parts[0] as JobPart).id,
		parts,
		host: target,
		lane: '',
		...(after && {after}),
		...(urgency && {priority: urgency}),
		attempts: 0,
		createdAt: now(),
		status: 'waiting',
	};
}

/** The highest id of any job, including those that are parts of a batch now. */
function lastIdOf({jobs, undo}: Queue): string | undefined {
	const ids = [...jobs, ...(undo?.before ?? [])].flatMap(({parts}) => parts.map(({id}) => id));
	return ids.reduce<string | undefined>(
		(last, id) => (last === undefined || id > last ? id : last),
		undefined,
	);
}

/** The jobs and runs that a new job waits for. */
function predecessorsOfNew({after, requests}: NewJob): string[] {
	return [...new Set([...(after ? [after] : []), ...requests.map(toPart).flatMap(sourceOf)])];
}

async function checkJob(local: Local, queue: Queue, job: NewJob): Promise<Checked[]> {
	const {requests, onFinish} = job;
	if (requests.length === 0) {
		throw new CosmosError('usage', 'a job needs at least one request');
	}

	if (onFinish && !onFinish[0]) {
		throw new CosmosError('usage', 'the command at the end of a job is empty');
	}

	// Queued jobs were confirmed when they were added: they start without another question.
	await requireTrustedCommands(local, requests);
	const checked: Checked[] = [];
	for (const request of requests) {
		checked.push(await checkRequest(local, queue, request));
	}

	if (requests.length > 1) {
		await checkBatch(local, checked.map(({request}) => request).map(launchable));
	}

	for (const id of predecessorsOfNew(job)) {
		await checkPredecessor(local, queue, id);
	}

	return checked;
}

const toPart = (request: QueuedRequest) => ({request});

function launchable(request: QueuedRequest): LaunchRequest {
	if ('ofJob' in request) {
		throw new CosmosError('cannot-batch', 'upscales cannot share a container');
	}

	return request;
}

/** The request with its host and the absolute path of a video: it may start in another folder. */
async function checkRequest(local: Local, queue: Queue, request: QueuedRequest): Promise<Checked> {
	if ('ofJob' in request) {
		const {job, part} = partToUpscale(queue, request.ofJob);
		return checkLater(local, request, job.target ?? job.host, part.name);
	}

	if ('runId' in request) {
		const found = await local.store.getRun(request.runId);
		if (found && isUnfinished(found.run.status) && found.run.operation === 'transfer') {
			const ofJob = await jobOrRun(local, queue, request.runId);
			if (request.operation === 'upscale' && ofJob !== request.runId) {
				const {runId: _, ...rest} = request;
				return checkRequest(local, queue, {...rest, ofJob});
			}

			return checkLater(local, request, found.run.host, found.run.promptName);
		}
	}

	const whole = 'video' in request ? {...request, video: path.resolve(request.video)} : request;
	const {target, hosts, task} = await checkLaunch(local, whole);
	// The same job on each host, and what was added whatever becomes of the prompt's inputs.
	const own = hosts.length > 1 || task.mode !== undefined ? modelOf(task) : {};
	// A queued job keeps what was added, even if the configuration changes.
	const fixed = task.operation === 'recipe' ? {recipe: task.recipe} : {};
	const queued = {...whole, ...own, ...fixed, host: target} as QueuedRequest;
	return {target, name: task.promptName, request: queued};
}

/** A request whose video is still to be made: its run can only be checked then. */
async function checkLater(
	{config}: Local,
	request: QueuedRequest,
	from: string,
	name: string,
): Promise<Checked> {
	const {completeSettings} = await import('../../domain/settings/settings-check.js');
	completeSettings('upscale', request.settings ?? {});
	const there = hostsFor(config.hosts, from).length > 0 ? from : undefined;
	const target = request.host ?? there ?? requireDefaultHost(config);
	findTarget(config, target);
	return {target, name, request: {...request, host: target}};
}

function partToUpscale(queue: Queue, id: string): {job: Job; part: JobPart} {
	const job = findJobByPart(queue, id);
	const part = job?.parts.find(candidate => candidate.id === id);
	if (!job || !part) {
		throw new CosmosError('not-found', `no job "${id}"`);
	}

	if ((part.request.operation ?? 'transfer') !== 'transfer') {
		throw new CosmosError('wrong-state', `cannot upscale ${id}: it produces no video`, {
			hint: 'Choose a transfer.',
		});
	}

	return {job, part};
}

/** The job of a run that has not ended: another run may take its place. The run itself where it has none. */
async function jobOrRun({store}: Local, queue: Queue, id: string): Promise<string> {
	const {status, jobId} = (await store.getRun(id))?.run ?? {};
	const isOpen = status !== undefined && isUnfinished(status);
	return isOpen && jobId !== undefined && findJobByPart(queue, jobId) ? jobId : id;
}

async function checkPredecessor({store}: Local, queue: Queue, id: string): Promise<void> {
	const runId = id.startsWith('run_')
		? id
		: findJobByPart(queue, id)?.parts.find(part => part.id === id)?.runId;
	const known = new Map<string, KnownStatus>();
	if (runId) {
		known.set(runId, (await store.getRun(runId))?.run.status ?? 'gone');
	}

	const state = describeState(queue, id, queueFacts(known));
	if (state !== 'completed' && state !== 'open') {
		throw new CosmosError('wrong-state', `no job can depend on ${id}: ${state}`);
	}
}
