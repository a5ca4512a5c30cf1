import {inputRoles} from '../domain/settings/recipe.js';
import type {Recipe} from '../domain/types.js';
import type {ConfigFile, RecipeEntry} from './config-file.js';
import {notConfiguredError} from './not-configured.js';
import type {Withheld} from './project-trust.js';
import {settingRow} from './setting-row.js';

type Source = {key: string; value: string; from: string};

/**
 * The recipes of the files; a later one overrides an earlier. Each comes from one file: parts of two
 * would be a third recipe that nobody has written.
 */
export function recipesIn(files: ReadonlyArray<{file: string; content: ConfigFile}>): {
	all: Recipe[];
	sources: Source[];
} {
	const found = new Map<string, {recipe: Recipe; sources: Source[]}>();
	for (const {file, content} of files) {
		for (const [name, entry] of Object.entries(content.recipes ?? {})) {
			const sources = Object.entries(entry).map(([key, value]) => ({
				key: `recipes.${name}.${key}`,
				value: JSON.stringify(value),
				from: file,
			}));
			found.set(name, {recipe: recipeOf(name, entry), sources});
		}
	}

	const both = [...found.values()];
	return {all: both.map(({recipe}) => recipe), sources: both.flatMap(({sources}) => sources)};
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
