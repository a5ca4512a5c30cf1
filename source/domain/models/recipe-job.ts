/** A recipe: the user's own command. Nothing is known about it except its definition. */
import {fillCommand, matchesPattern} from '../settings/recipe.js';
import type {Setting, SettingValue} from '../settings/settings.js';
import type {TaskOf} from '../types.js';
import {
	type JobNeeds,
	type JobPlaces,
	type ModelJob,
	outputFolder,
	type Result,
	specFile,
	specText,
} from './model-job.js';

type RecipeTask = TaskOf<'recipe'>;

/** Below the run's folder there: the inputs under the names of their roles, and the prompt's text. */
const inputsFolder = 'inputs';
const promptFile = 'prompt.txt';

export function recipeJob(task: RecipeTask, {runFolder, inputs, gpuCount}: JobPlaces): ModelJob {
	const {recipe, promptText, negative, settings} = task;
	const {settings: own = []} = recipe;
	const links = Object.entries(inputs as Record<string, string>).map(([role, of]) => ({
		role,
		of,
		name: `${inputsFolder}/${role}${/\.\w+$/.exec(of)?.[0] ?? ''}`,
	}));
	const values = {
		inputs: `${runFolder}/${inputsFolder}`,
		outputs: `${runFolder}/${outputFolder}`,
		prompt: `${runFolder}/${promptFile}`,
		spec: `${runFolder}/${specFile}`,
		seed: String(settings.seed),
		gpus: String(gpuCount),
		...Object.fromEntries(links.map(({role, name}) => [`input.${role}`, `${runFolder}/${name}`])),
		...Object.fromEntries(
			own.map(({key, ...row}) => [`setting.${key}`, wordFor(row, settings[key])]),
		),
	};
	const spec = {
		recipe: recipe.name,
		prompt: promptText,
		negative_prompt: negative,
		seed: settings.seed,
		...(own.length > 0 && {
			settings: Object.fromEntries(own.map(row => [row.key, settings[row.key] ?? row.default])),
		}),
		inputs: Object.fromEntries(links.map(({role, name}) => [role, `${runFolder}/${name}`])),
		outputs: values.outputs,
	};
	return {
		files: [
			{name: specFile, text: specText(spec)},
			{name: promptFile, text: promptText},
		],
		command: fillCommand(recipe.command, values),
		...(recipe.image && {image: recipe.image}),
		isWhole: true,
		links: links.map(({name, of}) => ({name, of})),
	};
}

/** What stands in the command for a setting. */
function wordFor(
	row: {kind: Setting['kind']; default: SettingValue; on?: string; off?: string},
	value: SettingValue = row.default,
): string {
	return row.kind === 'switch'
		? value === true
			? (row.on ?? 'true')
			: (row.off ?? 'false')
		: String(value);
}

export function recipeResult({recipe: {outputs}}: RecipeTask): Result {
	return {
		title: outputs.join(' or '),
		has: name => outputs.some(pattern => matchesPattern(pattern, name)),
	};
}

export function recipeNeeds({recipe: {image, command}}: RecipeTask): JobNeeds {
	return {...(image && {image}), program: command[0]};
}
