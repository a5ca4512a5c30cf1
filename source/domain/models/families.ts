import {CosmosError} from '../errors.js';
import {nearestWord} from '../nearest-word.js';
import {activeControls} from '../settings.js';
import {type Family, mixedBatchKey, type Transfer} from './family.js';
import {families} from './family-list.js';

/** The family of runs, prompts and hosts without one. */
export const defaultModel = families[0].name;

export const modelNames: readonly string[] = families.map(({name}) => name);

/** @throws CosmosError (usage) that names the families there are */
export function familyOf(model: string): Family {
	const family = families.find(({name}) => name === model);
	if (!family) {
		const nearest = nearestWord(model, modelNames);
		throw new CosmosError('unknown-model', `there is no model "${model}"`, {
			hint: nearest ? `Did you mean "${nearest}"?` : `Expected one of: ${modelNames.join(', ')}.`,
		});
	}

	return family;
}

/**
 * Equal for transfers that can share a batch; undefined for one of a family without batches.
 * @param mixed whatever controls each of them uses
 */
export function batchKey(task: Transfer, mixed: boolean): string | undefined {
	const key = mixedBatchKey(task, familyOf(task.model));
	return mixed || !key ? key : JSON.stringify([key, activeControls(task.settings)]);
}
