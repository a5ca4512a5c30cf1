import {modeOf} from '../../domain/models/families.js';
import type {Prompt} from '../../domain/types.js';
import type {FormTarget} from './form-target.js';

/** Names that a sentence takes; more are counted. */
const mostNames = 3;

/**
 * What keeps the prompts of a form out of one container, whatever its settings are; undefined where
 * nothing does, or where each has its own.
 */
export function findBatchObstacle({
	target,
	model,
	mode,
}: {
	target: FormTarget;
	model: string;
	mode?: string;
}): string | undefined {
	if (target.operation !== 'transfer' || !target.together) {
		return undefined;
	}

	const {batch} = modeOf({model, mode});
	if (!batch) {
		return `jobs of ${mode === undefined ? model : `${model} ${mode}`} cannot share a container`;
	}

	const [first, ...others] = target.prompts;
	const apart = others.filter(({negative}) => negative !== first?.negative);
	return batch.sharesNegative && apart.length > 0
		? `they cannot share a container: ${model} takes one negative prompt for all, and that of ${ofNames(apart)} differs from that of ${first?.name}`
		: undefined;
}

function ofNames(prompts: readonly Prompt[]): string {
	const shown = prompts.length > mostNames ? prompts.slice(0, mostNames - 1) : prompts;
	const rest = prompts.length - shown.length;
	const parts = [...shown.map(({name}) => name), ...(rest > 0 ? [`${rest} more`] : [])];
	const last = parts.pop();
	return parts.length === 0 ? String(last) : `${parts.join(', ')} and ${last}`;
}
