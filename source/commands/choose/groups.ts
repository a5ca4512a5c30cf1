/** Jobs and runs that belong together: those of a sweep, or of a dataset. */
import {CosmosError} from '../../domain/errors.js';
import {isId} from '../../domain/ids.js';
import type {Membership, ShownRun} from '../../domain/types.js';
import type {Workflow} from '../../workflow/workflow-types.js';

/** Whether a word means a sweep or a dataset, by its id or the beginning of one. */
export function isGroup(reference: string): boolean {
	return /^(sw|ds)_/.test(reference);
}

function isOf(reference: string) {
	const isWhole = isId(reference);
	const fits = (id = '') => (isWhole ? id === reference : id.startsWith(reference));
	return ({sweep, dataset}: Membership) => fits(sweep?.id) || fits(dataset);
}

/**
 * The runs of a sweep or a dataset, newest first.
 * @throws CosmosError (usage) when there is none, or the beginning of an id fits several
 */
export async function runsOfGroup(workflow: Workflow, reference: string): Promise<ShownRun[]> {
	const isMember = isOf(reference);
	const runs = await workflow.listRuns({matches: ({run}) => isMember(run)});
	requireOne(
		reference,
		runs.map(({run}) => run),
	);
	return runs;
}

/**
 * The ids of the jobs of a sweep or a dataset that have not ended.
 * @throws CosmosError (usage) as `runsOfGroup`
 */
export async function queuedOfGroup(workflow: Workflow, reference: string): Promise<string[]> {
	const isMember = isOf(reference);
	const members: Membership[] = [];
	const ids = await workflow.queue.openIds(job => {
		const own = job.parts.map(({request}) => request).filter(isMember);
		members.push(...own);
		return own.length > 0;
	});
	requireOne(reference, members);
	return ids;
}

function requireOne(reference: string, members: readonly Membership[]): void {
	const prefix = reference.slice(0, 2);
	const ids = new Set(members.map(({sweep, dataset}) => (prefix === 'sw' ? sweep?.id : dataset)));
	if (ids.size > 1) {
		throw new CosmosError('ambiguous-id', `"${reference}" matches ${[...ids].join(', ')}`, {
			hint: 'Give a longer part of the id.',
		});
	}

	if (ids.size === 0) {
		throw new CosmosError('not-found', `nothing is part of ${reference}`, {
			hint: '`cosmos list sweeps` and `cosmos dataset list` list the ids.',
		});
	}
}
