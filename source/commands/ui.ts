import {findOpener} from '../config/find-opener.js';
import type {Withheld} from '../config/project-trust.js';
import {CosmosError} from '../domain/errors.js';
import {flagName} from '../domain/settings/settings.js';
import {switchFlag, type Verb, type Words} from './verb.js';

export const ui: Verb = {
	name: 'ui',
	summary: 'the dashboard; also `cosmos` alone',
	usage: '',
	endsWithReader: true,
	args: [0, 0],
	flags: [switchFlag('readOnly', 'do not launch, create or stop anything')],
	examples: [
		['cosmos', 'open the dashboard; ? shows the keys, q quits'],
		['cosmos ui --read-only', 'only watch, for example on a wall display'],
	],
	async run(context, words) {
		if (!context.outIsTerminal || !context.inIsTerminal) {
			throw new CosmosError('no-terminal', 'the dashboard needs a terminal', {
				hint: 'Run it in a terminal, or see `cosmos --help` for the verbs; `cosmos demo` runs a sample job.',
			});
		}

		if (context.env.TERM === 'dumb') {
			throw new CosmosError(
				'no-terminal',
				'the dashboard cannot draw on this terminal: TERM is dumb',
				{
					hint: 'Set TERM to what the terminal is, such as xterm-256color, or see `cosmos --help` for the verbs.',
				},
			);
		}

		if (context.hasNoSize) {
			throw new CosmosError('no-terminal', 'the terminal says that it has no columns or no rows', {
				hint: 'Set its size, for example with `stty columns 80 rows 24`.',
			});
		}

		const workflow = await context.workflow();
		const config = await context.config();
		const {keys, commands, mouse, theme, colors, pictures, notice, noticeWhen} = config;
		const readOnly = words.on('readOnly');
		const firstStart =
			!readOnly && workflow.defaultHost === 'demo' && (await workflow.listPrompts(1)).length === 0;
		if (firstStart) {
			const {addSamples} = await import('../workflow/prompts/samples.js');
			await addSamples(workflow);
		}

		const firstNotice = config.withheld && (await withheldNotice(config.withheld));
		const end = await context.openDashboard(workflow, {
			firstStart,
			firstNotice,
			readOnly,
			flags: placeFlags(words),
			keys,
			commands,
			mouse,
			theme,
			colors,
			pictures,
			notice,
			noticeWhen,
			findOpener: () => findOpener(config, context.env),
		});
		for (const line of end.messages) {
			context.note(`${line}\n`);
		}

		return end.exitCode;
	},
};

/** The flags that say where data and configuration are, for calls of the command line from the dashboard. */
const placeFlags = (words: Words): string[] =>
	['data', 'config', 'trustProject'].flatMap(key => {
		const value = words.text(key);
		return value === undefined ? [] : [flagName(key), value];
	});

/** What was said before the dashboard's screen hid it. */
async function withheldNotice(withheld: Withheld): Promise<string> {
	const {formatWithheld} = await import('../config/project-trust.js');
	return formatWithheld(withheld);
}
