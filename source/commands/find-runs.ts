import type {ShownRun} from '../domain/types.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {findAny} from './find-any.js';

/** The runs that are named, those of the prompts that are, and those that a filter finds; each once. */
export async function findRuns(
	workflow: Workflow,
	references: readonly string[],
	where?: string,
): Promise<ShownRun[]> {
	const listed = where === undefined ? [] : await workflow.listRuns({where});
	const found = new Map(listed.map(shown => [shown.run.id, shown]));
	for (const reference of references) {
		const one = await findAny(workflow, reference);
		const runs = 'run' in one ? [one] : await workflow.listRuns({promptId: one.id});
		for (const shown of runs) {
			found.set(shown.run.id, shown);
		}
	}

	return [...found.values()];
}
