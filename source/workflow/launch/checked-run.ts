/** The run that a check looks at, as the prompt of its job. */
import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import {outputFolder} from '../../domain/models/model-job.js';
import {resultPictures} from '../../domain/runs/outputs.js';
import {checkedRole} from '../../domain/settings/recipe.js';
import type {AnyInput, Recipe} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import type {RequestOf} from '../workflow-types.js';
import {type CurrentInputs, readCurrentInputs} from './current-inputs.js';
import {explainChange} from './run-input.js';

/**
 * The result, and the run's own inputs that the recipe takes, with the text that the run had.
 * @throws CosmosError (usage) without a run, for one that has no local picture, or an input that is not
 * what it was
 */
export async function checkedRun(
	store: Store,
	recipe: Recipe,
	{checks, text}: RequestOf<'recipe'>,
): Promise<CurrentInputs & {parentId: string}> {
	const found = checks === undefined ? undefined : await store.getRun(checks);
	if (!found) {
		throw checks === undefined
			? new CosmosError('usage', `recipe ${recipe.name} is a check: it looks at results`, {
					hint: 'Name runs in place of prompts.',
				})
			: new CosmosError('not-found', `no run "${checks}"`);
	}

	const {run, shown} = found;
	const [result] = resultPictures(run);
	if (!result || run.promptId === undefined) {
		const why = result ? 'has no prompt' : `has no local video or image: it is ${shown}`;
		throw new CosmosError('no-result', `cannot check ${run.id}: it ${why}`, {
			hint: 'Choose a completed run of a prompt.',
		});
	}

	const own = run.inputs.filter(({role}) => recipe.inputs.includes(role) && role !== checkedRole);
	if (run.imported && own.length > 0) {
		throw new CosmosError(
			'unconfirmed-inputs',
			`${run.id} came with an archive, which names its inputs: ${own.map(one => one.path).join(', ')}`,
			{hint: 'Run the prompt here, or take a check that needs the result alone.'},
		);
	}

	const {inspectAny} = await import('../../executor/media/inspect-file.js');
	const file = path.join(store.runFolder(run.id), outputFolder, ...result.name.split('/'));
	const inputs: AnyInput[] = [await inspectAny(checkedRole, file)];
	for (const input of own) {
		const change = await explainChange(input);
		if (change !== undefined) {
			throw new CosmosError(
				'input-changed',
				`cannot check ${run.id}: its ${input.role} input ${change}`,
				{
					hint: 'Put the file back as it was.',
				},
			);
		}

		inputs.push(await inspectAny(input.role, input.path));
	}

	const {promptId: id, promptName: name, promptText, negative, createdAt} = run;
	const prompt = {id, name, text: text ?? promptText, negative, videoDir: '', inputs, createdAt};
	return {...(await readCurrentInputs(prompt)), parentId: run.id};
}
