import {gpuNeedsOf} from '../../domain/models/families.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {controlNames} from '../../domain/settings/settings.js';
import {readableWords} from '../../executor/transport/quote-words.js';
import {targetMode} from './form-target.js';
import {
	defaultsByPrompt,
	inForce,
	type LaunchFieldName,
	type LaunchForm,
	modesOf,
	settingsIn,
} from './launch-form.js';

/** What the value of a field means now, where that is more than its help says. */
export function meaningOf(form: LaunchForm, key: LaunchFieldName): string | undefined {
	const settings: Readonly<Record<string, unknown>> = settingsIn(form);
	const defaults = defaultsByPrompt(form, key);
	if (defaults.length > 0) {
		return `by the inputs of each prompt: ${defaults.join(', ')}`;
	}

	switch (key) {
		case 'mode':
			return modeWords(form);
		case 'checkpoint':
			// A recipe may have a setting of that name.
			return form.target.operation === 'transfer'
				? checkpointWords(form.model, settings)
				: undefined;
		case 'recipe':
			return recipeWords(form);
		case 'createNew':
			return settings.createNew
				? 'the text goes into a new prompt'
				: 'the text replaces that of this prompt';
		case 'force':
			return settings.createNew
				? "only when replacing this prompt's text"
				: 'even if finished runs used the old text';
		default:
			return inForce(form).meanings[key] ?? sourceOf(form, settings, key);
	}
}

/** How the mode was chosen. */
function modeWords(form: LaunchForm): string {
	const usual = targetMode(form.target, form.model);
	const why = form.mode === usual ? 'follows from the inputs' : `the inputs are for ${usual}`;
	return `${why}, one of ${modesOf(form).length}`;
}

/** What a checkpoint needs of the GPUs. */
function checkpointWords(model: string, settings: object): string | undefined {
	const {memory, gpus} = gpuNeedsOf(model, settings);
	return memory === undefined
		? undefined
		: `needs ${gpus === 1 ? 'a GPU' : `${gpus} GPUs`} with ${memory} GB${gpus === 1 ? '' : ' each'}`;
}

/** What the recipe runs. */
function recipeWords({target}: LaunchForm): string | undefined {
	if (target.operation !== 'recipe') {
		return undefined;
	}

	const {recipe, recipes} = target;
	const words = cleanText(recipe.image ?? readableWords(recipe.command));
	return recipes.length > 1 ? `one of ${recipes.length}: ${words}` : words;
}

/** What a control's weight works on: a file of the prompt, or the model computes it. */
function sourceOf(
	{target}: LaunchForm,
	settings: Readonly<Record<string, unknown>>,
	key: LaunchFieldName,
): string | undefined {
	const control = controlNames.find(name => name === key);
	if (!control || target.operation !== 'transfer') {
		return undefined;
	}

	if (settings[control] === 0) {
		return 'off';
	}

	const files = target.prompts.map(({inputs}) => inputs.find(({role}) => role === control)?.path);
	const given = files.filter(file => file !== undefined);
	if (files.length === 1 && given[0]) {
		return `from ${given[0].split(/[\\/]/).at(-1)}`;
	}

	if (given.length === 0) {
		return 'computed from the video';
	}

	return given.length === files.length
		? 'from a file each'
		: `from a file in ${given.length} of ${files.length}`;
}
