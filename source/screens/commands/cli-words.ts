import {enhancingFamily, unnamedModel} from '../../domain/models/families.js';
import {flagName, weightNames} from '../../domain/settings/settings.js';
import {
	changedSettings,
	type SetRun,
	settingValues,
} from '../../domain/settings/settings-tables.js';
import type {Run, TaskOf} from '../../domain/types.js';
import {quoteWords} from '../../executor/transport/quote-words.js';

const isWeight = (key: string) => weightNames.some(name => name === key);

/** The command line that launches a prompt with the defaults. */
export const launchCommand = (promptId: string, host: string): string =>
	launchWords(promptId, host).join(' ');

const launchWords = (promptId: string, host: string) => [
	'cosmos',
	'inference',
	promptId,
	'--host',
	host,
	'--stream',
];

/** The command line of a transfer: only what is not the default. */
function transferCommand(run: Run & TaskOf<'transfer'>, usual: string): string {
	const {promptId, host, model, mode, settings} = run;
	const all = weightNames.every(name => settings[name] !== undefined);
	const weighted = all && Object.keys(changedSettings(run)).some(isWeight);
	return [
		...launchWords(promptId, host),
		...(model === usual ? [] : ['--model', model]),
		...(mode === undefined ? [] : ['--mode', mode]),
		...(weighted ? ['--weights', ...weightNames.map(name => String(settings[name]))] : []),
		...flagsOf(run, all),
	].join(' ');
}

/**
 * The command line that does again what a run has done.
 * @param usual the family that the prompt and the host ask for now
 */
export function againCommand(run: Run, usual = unnamedModel): string {
	const rest = ['--host', run.host, '--stream'];
	switch (run.operation) {
		case 'transfer':
			return transferCommand(run, usual);
		case 'enhance':
			return [
				...['cosmos', 'prompt-enhance', run.promptId, ...rest],
				...(run.model === enhancingFamily(usual) ? [] : ['--model', run.model]),
				...flagsOf(run),
			].join(' ');
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
function flagsOf(run: SetRun, weightsSaid = false): string[] {
	return settingValues(run)
		.filter(({row, changed}) => changed && !(weightsSaid && isWeight(row.key)))
		.flatMap(({row, value}) => {
			const flag = flagName(row.key);
			return row.kind === 'switch'
				? [value ? flag : flag.replace('--', '--no-')]
				: [flag, String(value)];
		});
}
