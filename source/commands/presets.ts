import {CosmosError} from '../domain/errors.js';
import {familyOf, unnamedModel} from '../domain/models/families.js';
import {getPreset, type Preset} from '../domain/settings/preset.js';
import {flagName, type Kind, type Operation, operations} from '../domain/settings/settings.js';
import {changedSettings, kindName, tableOfKind} from '../domain/settings/settings-tables.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {chooseWord} from './choose/choose-word.js';
import {allSettingFlags, checkFit, settingsFor} from './flags/setting-union.js';
import {jsonText} from './print/json.js';
import {printList} from './print/print-list.js';
import {
	type CommandContext,
	jsonFlag,
	switchFlag,
	textFlag,
	type Verb,
	type Words,
} from './verb.js';

const actions = {list: listAll, show: showOne, save, delete: remove};
const actionNames = Object.keys(actions) as Array<keyof typeof actions>;

export const presets: Verb = {
	name: 'presets',
	summary: 'save settings under a name, for --preset',
	usage: 'list | show NAME | save NAME [--from RUN] [settings] | delete NAME',
	details: `
A preset is for one operation and holds only the settings that you name, or that differ from the
defaults in the run that --from names.`,
	args: [1, 2],
	completes: [actionNames, 'preset'],
	flags: [
		textFlag('from', 'RUN', 'save: the settings of a run', {completes: 'run'}),
		textFlag(
			'operation',
			'WORD',
			`save: the operation: ${operations.join(', ')} (default transfer, or the run's)`,
			{completes: operations},
		),
		...allSettingFlags,
		switchFlag('replace', 'save: replace an existing preset'),
		jsonFlag,
	],
	examples: [
		['cosmos presets save draft --steps 12 --edge 0.5', 'the settings given'],
		['cosmos presets save best --from latest', 'those of the newest run'],
		['cosmos inference latest --preset draft --seed 7', 'its settings, and another seed'],
	],
	async run(context, words) {
		const [what, name] = words.args as [string, string?];
		const act = actions[chooseWord(actionNames, what, `presets cannot "${what}"`)];
		if ((what === 'list') !== (name === undefined)) {
			throw new CosmosError(
				'usage',
				name === undefined ? `\`cosmos presets ${what}\` needs a name` : 'list takes no name',
				{hint: 'See `cosmos presets --help`.'},
			);
		}

		await act(context, words, name ?? '');
	},
};

async function listAll(context: CommandContext, words: Words): Promise<void> {
	const workflow = await context.workflow();
	await printList(context, words, await workflow.listPresets(), {
		kind: 'preset',
		head: ['NAME', 'OPERATION', 'SETTINGS'],
		row: preset => [preset.name, nameOfKind(preset), flagsText(preset.settings)],
		none: 'there are no presets yet',
	});
}

async function showOne(context: CommandContext, words: Words, name: string): Promise<void> {
	const workflow = await context.workflow();
	const preset = getPreset(await workflow.listPresets(), name);
	context.out(
		words.on('json')
			? jsonText('preset', preset)
			: `${preset.name}  for ${nameOfKind(preset)}\n${flagsText(preset.settings)}\n`,
	);
}

async function save(context: CommandContext, words: Words, name: string): Promise<void> {
	const workflow = await context.workflow();
	const from = words.text('from');
	const run = from === undefined ? undefined : (await workflow.findRun(from)).run;
	const word = words.text('operation') ?? run?.operation ?? 'transfer';
	const operation = chooseWord(operations, word, `there is no operation "${word}"`);
	if (run && run.operation !== operation) {
		throw new CosmosError('usage', `${run.id} is of ${run.operation}, not of ${operation}`);
	}

	const model = words.text('model') ?? run?.model ?? usualModel(workflow, operation);
	checkModel(operation, model);
	const mode = words.text('mode') ?? (run?.model === model ? run.mode : undefined);
	const recipe =
		run?.operation === 'recipe'
			? run.recipe
			: workflow.recipes.find(({name}) => operation === 'recipe' && name === model);
	const kind = {operation, model, ...(mode !== undefined && {mode}), ...(recipe && {recipe})};
	checkFit(words, kind, workflow.recipes);
	const settings = sortByTable(kind, {
		...(run && changedSettings(run)),
		...settingsFor(operation, words, recipe),
	});
	if (Object.keys(settings).length === 0) {
		throw new CosmosError('usage', 'the preset would be empty', {
			hint: 'Give some, such as --steps 12, or use those of a run: --from RUN.',
		});
	}

	const saved = await workflow.savePreset(
		{
			name,
			operation,
			...(model !== unnamedModel && {model}),
			...(mode !== undefined && {mode}),
			settings,
		},
		words.on('replace'),
	);
	context.note(`${saved.name}: ${flagsText(saved.settings)}\n`);
}

/** A preset for transfers is for what the default host has, as a launch there would be. */
function usualModel({hosts, defaultHost}: Workflow, operation: Operation): string {
	const host = hosts.find(({name}) => name === defaultHost);
	return (operation === 'transfer' && host?.model) || unnamedModel;
}

/** @throws CosmosError (usage) for a model that there is not */
function checkModel(operation: Operation, model: string): void {
	if (operation !== 'recipe') {
		familyOf(model);
	} else if (model === unnamedModel) {
		throw new CosmosError('usage', 'a recipe preset is saved from one of its runs', {
			hint: 'Use --from RUN.',
		});
	}
}

async function remove(context: CommandContext, _words: Words, name: string): Promise<void> {
	await (await context.workflow()).deletePreset(name);
	context.note(`${name}: deleted\n`);
}

function nameOfKind({
	operation,
	model = unnamedModel,
}: Pick<Preset, 'operation' | 'model'>): string {
	return kindName({operation, model});
}

/** As the table of the settings has them. */
function sortByTable(kind: Kind, settings: Readonly<Record<string, unknown>>): object {
	return Object.fromEntries(
		tableOfKind(kind).flatMap(({key}) => (key in settings ? [[key, settings[key]]] : [])),
	);
}

/** Settings as the flags that give them. */
function flagsText(settings: object): string {
	return Object.entries(settings)
		.map(([key, value]) => {
			const flag = flagName(key);
			return typeof value === 'boolean'
				? value
					? flag
					: flag.replace('--', '--no-')
				: `${flag} ${value}`;
		})
		.join(' ');
}
