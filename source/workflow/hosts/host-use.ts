import {hostsFor} from '../../domain/hosts/host-choice.js';
import {lineOf, targetOf} from '../../domain/queue/queue-order.js';
import type {LiveJob} from '../../domain/types.js';
import type {Local} from '../launch/launch-parts.js';
import {ownerMark} from '../owner-mark.js';
import type {HostJob, WaitingJobs} from './host-types.js';

/** What a host works on, with the datasets of our own jobs there. */
export async function describeJobs({store}: Local, jobs: readonly LiveJob[]): Promise<HostJob[]> {
	return Promise.all(
		jobs.map(async job => {
			const run = (await store.getRun(job.runId))?.run;
			return {
				...job,
				...(run && {promptName: run.promptName}),
				...(run?.dataset && {dataset: run.dataset}),
			};
		}),
	);
}

/** What waits for a host in the queue, the most urgent first. */
export async function findWaiting({store, config}: Local, host: string): Promise<WaitingJobs[]> {
	const {jobs, more = {}} = await store.readQueue();
	const isFor = (target: string) => hostsFor(config.hosts, target).some(({name}) => name === host);
	const groups = new Map<string, WaitingJobs>();
	const lastOf = new Map<string, WaitingJobs>();
	for (const job of jobs.filter(
		({status, host: target}) => status === 'waiting' && isFor(target),
	)) {
		const dataset = job.parts.find(({request}) => request.dataset)?.request.dataset;
		const {priority = 'normal', createdAt} = job;
		const key = `${priority} ${dataset ?? ''}`;
		const group = groups.get(key) ?? {
			...{owner: ownerMark(), priority, count: 0, since: createdAt},
			...(dataset && {dataset}),
		};
		group.count++;
		if (createdAt < group.since) {
			group.since = createdAt;
		}

		groups.set(key, group);
		lastOf.set(lineOf(job), group);
	}

	// Jobs that were not read are counted in the group of the last job read of their line.
	for (const [line, count] of Object.entries(more).filter(([word]) => isFor(targetOf(word)))) {
		const group = lastOf.get(line);
		if (group) {
			group.count += count;
		}
	}

	return [...groups.values()];
}
