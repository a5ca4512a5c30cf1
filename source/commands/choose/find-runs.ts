import type {ShownRun} from '../../domain/types.js';
import type {Workflow} from '../../workflow/workflow-types.js';
import {findAny} from './find-any.js';
import {isGroup, runsOfGroup} from './groups.js';

/** The runs of all references, and those that a filter finds; each once. */
export async function findRuns(
	workflow: Workflow,
	references: readonly string[],
	where?: string,
): Promise<ShownRun[]> {
	const listed = where === undefined ? [] : await workflow.listRuns({where});
	const found = new Map(listed.map(shown => [shown.run.id, shown]));
	for (const reference of references) {
		for (const shown of await runsOf(workflow, reference)) {
			found.set(shown.run.id, shown);
		}
	}

	return [...found.values()];
}

/** A run, those of a prompt, or those of a sweep or a dataset. */
async function runsOf(workflow: Workflow, reference: string): Promise<readonly ShownRun[]> {
	if (isGroup(reference)) {
		return runsOfGroup(workflow, reference);
	}

	const one = await findAny(workflow, reference);
	return 'run' in one ? [one] : workflow.listRuns({promptId: one.id});
}
