import type {DeletionPlan, Refusal} from '../deletion.js';
import {hasEnded, type Job, predecessorsOf} from './job.js';

/** What would be deleted although a queued job still needs it: each with the jobs. */
export function refusalsOfQueue(
	{prompts, runs, outputsOf}: Pick<DeletionPlan, 'prompts' | 'runs' | 'outputsOf'>,
	jobs: readonly Job[],
): Refusal[] {
	const open = jobs.filter(job => !hasEnded(job));
	const refuse = (id: string, name: string, what: string) => {
		const users = open.filter(job => needs(job).has(id)).map(job => job.id);
		return users.length === 0
			? []
			: {
					id,
					why: `${name} is needed by ${users.length} queued ${users.length === 1 ? 'job' : 'jobs'} (${users.join(', ')})${what}`,
					hint: `Wait for it, or cancel the job: \`cosmos queue cancel ${users.join(' ')}\`.`,
					remedy: 'cancel-job' as const,
				};
	};

	return [
		...prompts.flatMap(({id, name}) => refuse(id, `${id} (${name})`, '')),
		...runs.flatMap(({id}) => refuse(id, id, '')),
		...outputsOf.flatMap(({id}) => refuse(id, id, ', with its outputs')),
	];
}

/** The prompts of a job's parts, and the runs that it waits for or consists of. */
function needs(job: Job): Set<string> {
	const prompts = job.parts.flatMap(({request}) =>
		'promptId' in request ? [request.promptId] : [],
	);
	return new Set([...prompts, ...predecessorsOf(job)]);
}
