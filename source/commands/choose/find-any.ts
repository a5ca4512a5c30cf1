import {CosmosError, hasCode} from '../../domain/errors.js';
import type {Prompt, ShownRun} from '../../domain/types.js';
import type {Workflow} from '../../workflow/workflow-types.js';

/**
 * Finds a run by its id, or a prompt by its id or name; the beginning of an id must match only one.
 * @throws CosmosError (usage) that names the nearest ids
 */
export async function findAny(workflow: Workflow, reference: string): Promise<ShownRun | Prompt> {
	if (reference.startsWith('ps_')) {
		return workflow.findPrompt(reference);
	}

	if (reference.startsWith('run_') || reference === 'latest') {
		return workflow.findRun(reference);
	}

	const [run, prompt] = await Promise.allSettled([
		workflow.findRun(reference),
		workflow.findPrompt(reference),
	]);
	if (run.status === 'fulfilled' && prompt.status === 'fulfilled') {
		throw new CosmosError(
			'ambiguous-id',
			`"${reference}" matches ${run.value.run.id} and ${prompt.value.id}`,
			{hint: 'Give a longer part of the id.'},
		);
	}

	if (run.status === 'fulfilled') {
		return run.value;
	}

	if (prompt.status === 'fulfilled') {
		return prompt.value;
	}

	// "Several prompts have this name" helps more than "there is no such run".
	throw hasCode(prompt.reason, 'not-found') ? run.reason : prompt.reason;
}

/** The id and the document of a reference. */
export async function findDocument(workflow: Workflow, reference: string) {
	const found = await findAny(workflow, reference);
	return 'run' in found ? found.run : found;
}
