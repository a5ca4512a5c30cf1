import {cleanText} from '../../domain/log-lines.js';
import {controlNames} from '../../domain/settings.js';
import {readableWords} from '../../executor/transport/quote-words.js';
import {type LaunchFieldName, type LaunchForm, toNumber} from './launch-form.js';

/** What the value of a field means now, where that is more than its help says. */
export function meaningOf(form: LaunchForm, key: LaunchFieldName): string | undefined {
	switch (key) {
		case 'recipe':
			return recipeWords(form);
		case 'createNew':
			return form.values.createNew
				? 'the text goes into a new prompt'
				: 'the text replaces that of this prompt';
		case 'force':
			return form.values.createNew
				? "only when replacing this prompt's text"
				: 'even if finished runs used the old text';
		default:
			return sourceOf(form, key);
	}
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
function sourceOf({target, values}: LaunchForm, key: LaunchFieldName): string | undefined {
	const control = controlNames.find(name => name === key);
	if (!control || target.operation !== 'transfer') {
		return undefined;
	}

	if (toNumber(values[control]) === 0) {
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
