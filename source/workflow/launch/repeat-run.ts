import {CosmosError} from '../../domain/errors.js';
import type {Run} from '../../domain/types.js';

/** The text of a run whose prompt is a template. */
export const filledText = ({sweep, promptText}: Run) =>
	sweep && 'text' in sweep.axes ? {text: promptText} : {};

/**
 * What a run did, as the request of a launch: without its settings and its host.
 * @throws CosmosError (usage) for a video that an archive has named
 */
export function repeatOf(run: Run, model = run.model, mode = run.mode) {
	switch (run.operation) {
		case 'transfer':
			return {
				operation: run.operation,
				promptId: run.promptId,
				model,
				...(mode !== undefined && {mode}),
				...filledText(run),
			};
		case 'enhance':
			return {operation: run.operation, promptId: run.promptId, model};
		case 'recipe':
			return {
				operation: run.operation,
				promptId: run.promptId,
				recipe: run.recipe,
				...(run.parentId !== undefined && {checks: run.parentId}),
				...filledText(run),
			};
		case 'upscale': {
			const text = run.promptText === '' ? undefined : run.promptText;
			const source = run.parentId ? {runId: run.parentId} : {video: ownVideoOf(run)};
			return {operation: run.operation, ...source, text};
		}
	}
}

/** @throws CosmosError (usage) for a path that an archive has named */
function ownVideoOf({id, imported, inputs}: Run): string {
	const file = inputs[0]?.path ?? '';
	if (imported) {
		throw new CosmosError(
			'unconfirmed-inputs',
			`${id} came with an archive, which names its video: ${file}`,
			{
				hint: 'Name the video yourself: cosmos upscale FILE',
			},
		);
	}

	return file;
}
