import {defaultModel} from '../../domain/models/families.js';
import {
	flagName,
	type OperationSettings,
	type Settings,
	weightNames,
} from '../../domain/settings.js';
import {defaultsOf, settingValues} from '../../domain/settings-tables.js';
import type {Run} from '../../domain/types.js';
import {quoteWords} from '../../executor/transport/quote-words.js';

const isWeight = (key: string) => weightNames.some(name => name === key);

/**
 * The command line that launches a prompt with these settings: only what is not the default.
 * @param model the family that the settings are of
 * @param usual the family that would do it if none were named
 */
export function launchCommand(
	promptId: string,
	host: string,
	settings?: Settings,
	model = defaultModel,
	usual = model,
): string {
	const words = ['cosmos', 'inference', promptId, '--host', host, '--stream'];
	if (model !== usual) {
		words.push('--model', model);
	}

	if (!settings) {
		return words.join(' ');
	}

	const defaults = defaultsOf('transfer', model);
	const all = weightNames.every(name => settings[name] !== undefined);
	if (all && weightNames.some(name => settings[name] !== defaults[name])) {
		words.push('--weights', ...weightNames.map(name => String(settings[name])));
	}

	const flags = flagsOf({operation: 'transfer', model, settings}, all);
	return [...words, ...flags].join(' ');
}

/**
 * The command line that does again what a run has done.
 * @param usual the family that the prompt and the host ask for now
 */
export function againCommand(run: Run, usual = defaultModel): string {
	const rest = ['--host', run.host, '--stream'];
	switch (run.operation) {
		case 'transfer':
			return launchCommand(run.promptId, run.host, run.settings, run.model, usual);
		case 'enhance':
			return ['cosmos', 'prompt-enhance', run.promptId, ...rest, ...flagsOf(run)].join(' ');
		case 'recipe':
			// The recipe that the run had, which the configuration may have no more.
			return ['cosmos', 'rerun', run.id, '--stream'].join(' ');
		case 'upscale': {
			const source = run.parentId ?? run.inputs[0]?.path ?? '';
			const text = run.promptText === '' ? [] : ['--prompt', run.promptText];
			return quoteWords(['cosmos', 'upscale', source, ...rest, ...flagsOf(run), ...text]);
		}
	}
}

/** @param weightsSaid the weights stand in another flag */
function flagsOf(settings: OperationSettings, weightsSaid = false): string[] {
	return settingValues(settings)
		.filter(({row, changed}) => changed && !(weightsSaid && isWeight(row.key)))
		.flatMap(({row, value}) => {
			const flag = flagName(row.key);
			return row.kind === 'switch'
				? [value ? flag : flag.replace('--', '--no-')]
				: [flag, String(value)];
		});
}
