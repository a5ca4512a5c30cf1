import {isDeepStrictEqual} from 'node:util';
import {CosmosError} from '../domain/errors.js';
import type {Kind} from '../domain/settings/settings.js';
import {carryOver, tableOfKind} from '../domain/settings/settings-tables.js';
import type {Run} from '../domain/types.js';
import {UntrustedCommandError} from '../workflow/launch/command-trust.js';
import {filledText, repeatOf} from '../workflow/launch/repeat-run.js';
import type {LaunchRequest, Workflow} from '../workflow/workflow-types.js';
import {ask} from './choose/ask.js';
import {allSettingFlags, checkFit, settingsFor} from './flags/setting-union.js';
import {sweepFlags, sweepRequests} from './flags/sweep-flags.js';
import {launchFlags, launchOrPlan} from './launch-runs.js';
import {type CommandContext, switchFlag, type Verb, type Words} from './verb.js';

export const rerun: Verb = {
	name: 'rerun',
	summary: 'repeat a run with the same or other settings',
	usage: 'RUN [flags]',
	details: `
Runs the same operation on the same prompt (or video) with the run's settings, on the same host unless you
give --host; --preset and flags override the run's settings. With another --model the settings that both
models have are kept. A recipe is the one that the run used. The prompt's current text is used, and of a
template the text that the run had.

An imported run may contain somebody else's command. If it is not a recipe of your configuration, it is shown
in full and runs only after you confirm.`,
	launches: true,
	args: [1, 1],
	completes: ['run'],
	recipeFlags: 'all',
	flags: [
		...launchFlags([...allSettingFlags, ...sweepFlags]),
		switchFlag('trustCommand', 'run the command that came with an archive'),
	],
	examples: [
		['cosmos rerun latest --seed 7', 'the newest run with another seed'],
		['cosmos rerun latest --seed 1..10', 'ten times, with ten seeds'],
		['cosmos rerun run_6x0k --host h100 --dry-run', 'what it would be on another host'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const {run} = await workflow.findRun(words.args[0] as string);
		const {model, mode} = kindFrom(words, run);
		// `--force` of a transfer is no setting: it sends inputs that do not fit.
		const kind = {...ownRecipe(run), operation: run.operation, model, mode};
		checkFit(words, kind, workflow.recipes, run.operation === 'transfer' ? ['force'] : []);

		await noteNewText(context, workflow, run);
		noteNewRecipe(context, workflow, run);
		const own = {
			rows: () => tableOfKind(kind as Kind),
			async requests(_: Workflow, plain: Words) {
				const request = await requestFrom(workflow, run, plain);
				const isAsked = !words.on('dryRun');
				return [isAsked ? await agreeOn(context, workflow, request, plain) : request];
			},
		};
		return launchOrPlan(context, workflow, await sweepRequests(own, context, words), words);
	},
};

async function requestFrom(workflow: Workflow, run: Run, words: Words): Promise<LaunchRequest> {
	const preset = words.text('preset');
	const {model, mode} = kindFrom(words, run);
	const common = {
		host: words.text('host') ?? run.host,
		settings: {
			...carryOver(run, model, mode),
			...(preset && (await workflow.findPreset(preset, run.operation, model)).settings),
			...settingsFor(run.operation, words, ownRecipe(run).recipe),
		},
	};
	const force = run.operation === 'transfer' && words.on('force') && {force: true};
	return {...common, ...repeatOf(run, model, mode), ...force} as LaunchRequest;
}

/** The recipe of a run that has one. */
const ownRecipe = (run: Run) =>
	run.operation === 'recipe' ? {recipe: run.recipe} : {recipe: undefined};

/** The family of a run, or the one that a call names; its mode goes with it. */
function kindFrom(words: Words, run: Run): {model: string; mode?: string} {
	const model = words.text('model') ?? run.model;
	// How a text is enhanced, its host decides.
	const isSame = run.operation !== 'enhance' || (words.text('host') ?? run.host) === run.host;
	const mode = words.text('mode') ?? (model === run.model && isSame ? run.mode : undefined);
	return {model, ...(mode !== undefined && {mode})};
}

/** Asks the user about somebody else's command. */
async function agreeOn(
	context: CommandContext,
	workflow: Workflow,
	request: LaunchRequest,
	words: Words,
): Promise<LaunchRequest> {
	if (request.operation !== 'recipe') {
		return request;
	}

	const trusting = {...request, trustCommand: true};
	if (words.on('trustCommand')) {
		return trusting;
	}

	try {
		await workflow.checkLaunch(request);
		return request;
	} catch (error) {
		if (!(error instanceof UntrustedCommandError) || !context.canAsk) {
			throw error;
		}

		if (await ask(context, `${error.message}\nRun this command on ${request.host}?`)) {
			return trusting;
		}

		throw new CosmosError('cancelled', 'nothing was started');
	}
}

/** A run of a recipe is repeated as it was; the configuration may have another one meanwhile. */
function noteNewRecipe({note}: CommandContext, {recipes}: Workflow, run: Run): void {
	if (run.operation === 'recipe') {
		const now = recipes.find(({name}) => name === run.recipe.name);
		const differs = now && !isDeepStrictEqual(now, run.recipe);
		const words = differs ? 'has changed in' : 'is no longer in';
		if (differs || !now) {
			note(`recipe ${run.recipe.name} ${words} the configuration; this is as ${run.id} had it\n`);
		}
	}
}

async function noteNewText({note}: CommandContext, workflow: Workflow, run: Run): Promise<void> {
	if (run.operation === 'upscale') {
		return;
	}

	const prompt = await workflow.findPrompt(run.promptId);
	if (prompt.text !== run.promptText && !filledText(run).text) {
		note(`the text of ${prompt.name} has changed since ${run.id}\n`);
	}
}
