import {inputRoles} from '../domain/settings/recipe.js';
import type {Recipe} from '../domain/types.js';
import type {RecipeEntry} from './config-file.js';
import {notConfiguredError} from './not-configured.js';
import type {Withheld} from './project-trust.js';
import {settingRow} from './setting-row.js';
import {type ConfigFiles, mergeNamed, type Sourced} from './sources.js';

/**
 * The recipes of the files; a later one overrides an earlier. Each comes from one file: parts of two
 * would be a third recipe that nobody has written.
 */
export function recipesIn(files: ConfigFiles, sources: Sourced[]): Recipe[] {
	return mergeNamed('recipes', files, sources).map(([name, entry]) => recipeOf(name, entry));
}

function recipeOf(
	name: string,
	{time_limit: timeLimit, settings, failures, ...entry}: RecipeEntry,
): Recipe {
	return {
		name,
		...entry,
		inputs: inputRoles(entry),
		...(settings && {
			settings: Object.entries(settings).map(([key, given]) => settingRow(key, given)),
		}),
		...(failures && {
			failures: Object.entries(failures).map(([says, hint]) => ({says, hint})),
		}),
		timeLimit,
	};
}

/** @throws CosmosError (configuration) that names the recipes there are */
export function findRecipe(
	{recipes, withheld}: {recipes: readonly Recipe[]; withheld?: Withheld},
	name: string,
): Recipe {
	const found = recipes.find(recipe => recipe.name === name);
	if (!found) {
		const names = recipes.map(recipe => recipe.name);
		throw notConfiguredError('recipe', name, names, {withheld});
	}

	return found;
}
