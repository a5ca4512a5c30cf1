import {
	controlNames,
	defaultSettings,
	flagName,
	type OperationSettings,
	type Settings,
	settingValues,
} from '../domain/settings.js';
import type {Run} from '../domain/types.js';
import {quoteWords} from '../executor/transport/quote-words.js';

const isWeight = (key: string) => controlNames.some(name => name === key);

/** The command line that launches a prompt with these settings: only what is not the default. */
export function launchCommand(promptId: string, host: string, settings?: Settings): string {
	const words = ['cosmos', 'inference', promptId, '--host', host, '--stream'];
	if (settings && controlNames.some(name => settings[name] !== defaultSettings[name])) {
		words.push('--weights', ...controlNames.map(name => String(settings[name])));
	}

	return [...words, ...(settings ? flagsOf({operation: 'transfer', settings}) : [])].join(' ');
}

/** The command line that does again what a run has done. */
export function againCommand(run: Run): string {
	const rest = ['--host', run.host, '--stream'];
	switch (run.operation) {
		case 'transfer':
			return launchCommand(run.promptId, run.host, run.settings);
		case 'enhance':
			return ['cosmos', 'prompt-enhance', run.promptId, ...rest, ...flagsOf(run)].join(' ');
		case 'upscale': {
			const source = run.parentId ?? run.inputs[0]?.path ?? '';
			const text = run.promptText === '' ? [] : ['--prompt', run.promptText];
			return quoteWords(['cosmos', 'upscale', source, ...rest, ...flagsOf(run), ...text]);
		}
	}
}

function flagsOf(settings: OperationSettings): string[] {
	return settingValues(settings)
		.filter(({row, changed}) => changed && !isWeight(row.key))
		.flatMap(({row, value}) => {
			const flag = flagName(row.key);
			return row.kind === 'switch'
				? [value ? flag : flag.replace('--', '--no-')]
				: [flag, String(value)];
		});
}
