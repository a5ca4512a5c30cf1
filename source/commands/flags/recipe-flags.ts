/** Flags that the configuration brings: those for the settings of recipes. */
import type {Config} from '../../config/config.js';
import {flagName} from '../../domain/settings/settings.js';
import type {Recipe} from '../../domain/types.js';
import {commonFlags, type Flag, type Verb} from '../verb.js';
import {settingFlags} from './setting-flags.js';

/**
 * A verb with the flags of the recipes that its words may be for. The configuration is read only
 * where the words have a flag that the verb does not have by itself, or ask for help.
 */
export async function withRecipeFlags(
	verb: Verb,
	argv: readonly string[],
	readConfig: () => Promise<Config>,
): Promise<Verb> {
	if (!verb.recipeFlags || !mayNeedMore(verb, argv)) {
		return verb;
	}

	let recipes: readonly Recipe[];
	try {
		({recipes} = await readConfig());
	} catch {
		// What is wrong with the configuration is said where the verb reads it.
		return verb;
	}

	const named = recipes.filter(({name}) => argv.includes(name));
	const some = verb.recipeFlags === 'named' ? named : recipes;
	const own = flagsOf(some).filter(({key}) => !verb.flags.some(flag => flag.key === key));
	return {...verb, flags: [...verb.flags, ...own]};
}

function mayNeedMore({flags}: Verb, argv: readonly string[]): boolean {
	const known = [...flags, ...commonFlags].map(({key}) => flagName(key));
	return argv.some(word => {
		const [name = ''] = word.split('=');
		return name.startsWith('--') && (name === '--help' || !known.includes(name));
	});
}

/** One flag for each name of a setting; the first recipe with it says what it is. */
function flagsOf(recipes: readonly Recipe[]): readonly Flag[] {
	const flags = recipes.flatMap(recipe => {
		const own = recipe.settings?.map(({key}) => key) ?? [];
		const kind = {operation: 'recipe', model: recipe.name, recipe} as const;
		return settingFlags([kind])
			.filter(({key}) => own.includes(key))
			.map(flag => ({
				...flag,
				help: recipes.length > 1 ? `${recipe.name}: ${flag.help}` : flag.help,
			}));
	});
	return flags.filter(({key}, at) => flags.findIndex(flag => flag.key === key) === at);
}
