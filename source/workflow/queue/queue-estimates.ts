import {hostsFor, slotKeysFor} from '../../domain/hosts/host-choice.js';
import {framesOf, isMedia} from '../../domain/inputs/media.js';
import {
	type Expected,
	estimateWaits,
	historyOf,
	type Measured,
} from '../../domain/queue/expected-wait.js';
import {hasEnded, type Job, type Queue} from '../../domain/queue/job.js';
import type {RunTask} from '../../domain/types.js';
import {checkLaunch} from '../launch/launch-check.js';
import type {Local} from '../launch/launch-parts.js';

/** How many completed runs are read. */
const mostRuns = 300;

/** When each job that has not ended may be expected to start, from what earlier runs took. */
export async function estimateJobs(local: Local, queue: Queue): Promise<Map<string, Expected>> {
	if (queue.jobs.every(hasEnded)) {
		return new Map();
	}

	const runs = await local.store.listRuns({limit: mostRuns, status: 'completed'});
	const frames = new Map<string, number | undefined>();
	const measure = async (task: RunTask, host: string): Promise<Measured> => {
		const {promptId} = task;
		if (promptId !== undefined && !frames.has(promptId)) {
			const prompt = await local.store.getPrompt(promptId);
			const video = prompt?.inputs.filter(isMedia).find(({role}) => role === 'color');
			frames.set(promptId, video && framesOf(video));
		}

		return {task, host, frames: promptId === undefined ? undefined : frames.get(promptId)};
	};

	const measured = [];
	for (const {run} of runs) {
		measured.push({...(await measure(run, run.host)), run});
	}

	const history = historyOf(measured);
	const takes = new Map<string, number | undefined>();
	for (const job of measured.length === 0 ? [] : queue.jobs.filter(one => !hasEnded(one))) {
		const parts = await partsOf(local, job, measure);
		// The host of a job is not known yet; the first one with similar runs is used.
		const hosts =
			job.lane === '' ? hostsFor(local.config.hosts, job.host).map(({name}) => name) : [job.host];
		const known = hosts.map(host => parts && history(parts.map(part => ({...part, host}))));
		takes.set(
			job.id,
			known.find(one => one !== undefined),
		);
	}

	const slotsFor = (target: string) => slotKeysFor(local.config.hosts, target);
	return estimateWaits(queue, ({id}) => takes.get(id), Date.now(), slotsFor);
}

/** Undefined for a job whose tasks cannot be known yet. */
async function partsOf(
	local: Local,
	job: Job,
	measure: (task: RunTask, host: string) => Promise<Measured>,
): Promise<Measured[] | undefined> {
	const measured: Measured[] = [];
	for (const {request} of job.parts) {
		const checked =
			'ofJob' in request ? undefined : await checkLaunch(local, request).catch(() => undefined);
		if (!checked) {
			return undefined;
		}

		measured.push(await measure(checked.task, job.host));
	}

	return measured;
}
