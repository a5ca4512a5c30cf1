import {targetsOf} from '../domain/host-choice.js';
import {defaultModel} from '../domain/models/families.js';
import type {DashboardState} from './dashboard-state.js';
import {batchMates} from './forms/batch-mates.js';
import {type FormTarget, targetOfRun} from './forms/form-target.js';
import {type LaunchForm, launchForm} from './forms/launch-form.js';
import {promptForm} from './forms/prompt-form.js';
import {textField} from './forms/text-field.js';
import type {CommandName} from './keys/bindings.js';
import {keyOf} from './keys/key-text.js';
import type {Confirm, Overlay} from './overlay.js';
import {openPalette} from './palette/palette-items.js';
import {openRecordOverlay} from './records/record-overlay.js';
import {
	canStop,
	canUpscale,
	markedPrompts,
	promptsAtHand,
	runAtHand,
	runsAtHand,
} from './selectors.js';

/** From so many marked prompts on, sharing a container saves something. */
const fewestTogether = 2;

/**
 * Commands that open something over the home screen; undefined when it is another command.
 * @param at milliseconds since 1970
 */
export function openOverlay(
	state: DashboardState,
	command: CommandName,
	at: number,
): Overlay | undefined {
	switch (command) {
		case 'help':
			return {kind: 'help', scroll: 0};
		case 'notices':
			return {kind: 'notices', scroll: 0};
		case 'host':
			return {kind: 'host', host: state.host.name, scroll: 0};
		case 'stats':
			return {kind: 'stats', at, scroll: 0};
		case 'filter': {
			const list = state.focus === 'detail' ? state.subject : state.focus;
			const before = state.filters[list];
			return {kind: 'filter', list, field: textField(before), before};
		}

		case 'palette':
			return openPalette(state);
		case 'search':
			return {kind: 'find', purpose: 'search', field: textField(state.log.search?.pattern.words)};
		case 'keep-matching':
			return {kind: 'find', purpose: 'keep', field: textField(state.log.keep)};
		case 'log-save':
			return {kind: 'find', purpose: 'save', field: textField(saveName(state))};
		case 'new-prompt':
			return {kind: 'prompt', form: promptForm()};
		case 'stop':
			return stopQuestion(state);
		default: {
			const form = formFor(state, command);
			return form ? {kind: 'launch', form} : openRecordOverlay(state, command);
		}
	}
}

/** Why `b` opens no form now; undefined when it does. */
export function batchProblem(state: DashboardState): string | undefined {
	return markedPrompts(state).length < fewestTogether
		? `a batch needs two or more prompts: mark them with ${keyOf(state, 'mark')}`
		: undefined;
}

function formFor(state: DashboardState, command: CommandName): LaunchForm | undefined {
	if (command === 'rerun') {
		return rerunForm(state);
	}

	const target = targetFor(state, command);
	if (!target) {
		return undefined;
	}

	const hosts = targetsOf(state.hosts);
	const last = state.lastForms[target.operation];
	const host = last?.host ?? state.defaultHost;
	// The video of a run may still lie where the run was.
	const there = target.operation === 'upscale' ? runAtHand(state)?.run.host : undefined;
	const wanted = there && hosts.includes(there) ? there : host;
	const hostModels = hostModelsOf(state);
	const used = last && (last.model ?? defaultModel);
	const model = targetModel(target) ?? used ?? hostModels[wanted] ?? defaultModel;
	const first = last && used === model ? {name: 'last used', settings: last.settings} : undefined;
	const {presets} = state;
	return launchForm({target, hosts, host: wanted, model, hostModels, first, presets});
}

function targetFor(state: DashboardState, command: CommandName): FormTarget | undefined {
	const prompts = promptsAtHand(state);
	switch (command) {
		case 'launch':
			return prompts.length > 0 ? {operation: 'transfer', prompts, together: false} : undefined;
		case 'batch':
			return batchProblem(state)
				? undefined
				: {operation: 'transfer', prompts: markedPrompts(state), together: true};
		case 'enhance':
			return prompts.length > 0 ? {operation: 'enhance', prompts} : undefined;
		case 'recipe': {
			const {recipes, lastForms} = state;
			const last = recipes.find(({name}) => name === lastForms.recipe?.model);
			const recipe = last ?? recipes[0];
			return recipe && prompts.length > 0
				? {operation: 'recipe', recipe, recipes, prompts}
				: undefined;
		}

		case 'upscale': {
			const sources = runsAtHand(state)
				.filter(canUpscale)
				.map(({run}) => ({name: run.promptName, video: {runId: run.id}}));
			return sources.length > 0 ? {operation: 'upscale', sources} : undefined;
		}

		default:
			return undefined;
	}
}

/** The recipe's name, or the family of all prompts; undefined where they differ or do not say. */
function targetModel(target: FormTarget): string | undefined {
	if (target.operation === 'recipe') {
		return target.recipe.name;
	}

	const models = target.operation === 'transfer' ? target.prompts.map(({model}) => model) : [];
	return models.every(model => model === models[0]) ? models[0] : undefined;
}

function hostModelsOf({hosts}: DashboardState): Record<string, string> {
	return Object.fromEntries(hosts.flatMap(({name, model}) => (model ? [[name, model]] : [])));
}

/** The form as it was when the run at hand was launched. */
function rerunForm(state: DashboardState): LaunchForm | undefined {
	const run = runAtHand(state)?.run;
	const target = run && targetOfRun(run, state.prompts ?? []);
	if (!target) {
		return undefined;
	}

	const hosts = targetsOf(state.hosts);
	const host = hosts.includes(run.host) ? run.host : state.defaultHost;
	const text = run.operation === 'upscale' ? run.promptText : '';
	const first = {name: 'as it ran', settings: run.settings};
	const {model} = run;
	const hostModels = hostModelsOf(state);
	return launchForm({target, hosts, host, model, hostModels, first, presets: state.presets, text});
}

function saveName(state: DashboardState): string {
	return `${runAtHand(state)?.run.id ?? 'run'}.log`;
}

/** Names that a question lists; more are counted. */
const mostNames = 6;

function stopQuestion(state: DashboardState): Confirm | undefined {
	const named = runsAtHand(state);
	const mates = batchMates(named, state.runs ?? []);
	const asked = [...named, ...mates];
	const runs = asked.filter(canStop).map(({run}) => run);
	const [only] = runs;
	if (!only) {
		return undefined;
	}

	const many = runs.length > 1;
	const ended = asked.length - runs.length;
	return {
		kind: 'confirm',
		title: many ? `Stop ${runs.length} runs?` : 'Stop the run?',
		lines: [
			...runs.slice(0, mostNames).map(run => `${run.promptName} on ${run.host}, ${run.id}`),
			...(runs.length > mostNames ? [`and ${runs.length - mostNames} more`] : []),
			...(ended > 0 ? [`${ended} of the marked ones ${ended === 1 ? 'has' : 'have'} ended`] : []),
			...(mates.length > 0 ? ['The runs of a batch share a container and end together.'] : []),
			'',
			many
				? 'Their containers end now and their results are lost; the logs are kept.'
				: 'Its container ends now and its result is lost; the log is kept.',
		],
		yes: many ? 'stop them' : 'stop it',
		no: many ? 'let them run' : 'let it run',
		effect: {kind: 'cancel', runIds: runs.map(({id}) => id)},
	};
}
