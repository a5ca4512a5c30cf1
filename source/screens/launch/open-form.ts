import {enhancerName} from '../../domain/hosts/endpoint.js';
import {hasContainers} from '../../domain/hosts/host.js';
import {hostsFor, targetsOf} from '../../domain/hosts/host-choice.js';
import {enhanceKindFor, unnamedModel} from '../../domain/models/families.js';
import {resultPictures} from '../../domain/runs/outputs.js';
import type {Prompt, Run} from '../../domain/types.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {
	canUpscale,
	markedPrompts,
	shownRunOf,
	targetPrompts,
	targetRuns,
} from '../../state/selectors.js';
import {withPossibleHost} from './form-host.js';
import {lastUsedName, ranName, type ValuesByKey} from './form-presets.js';
import {
	checkedBy,
	enhanceKindOf,
	type FormTarget,
	framesOfResult,
	targetOfRun,
} from './form-target.js';
import {type LaunchForm, launchForm} from './launch-form.js';

/** With so many marked prompts, sharing a container saves something. */
const fewestTogether = 2;

/** What each command launches. */
export const targets = {
	launch(state) {
		const prompts = targetPrompts(state);
		return prompts.length > 0
			? {operation: 'transfer', prompts, together: false}
			: 'select a prompt first';
	},
	batch(state) {
		const prompts = markedPrompts(state);
		return prompts.length < fewestTogether
			? `a batch needs two or more prompts: mark them with ${keyOf(state, 'mark')}`
			: {operation: 'transfer', prompts, together: true};
	},
	enhance(state) {
		const prompts = targetPrompts(state);
		return prompts.length > 0 ? {operation: 'enhance', prompts} : 'select a prompt first';
	},
	recipe(state) {
		const {recipes, lastForms} = state;
		const prompts = targetPrompts(state);
		const runs = targetRuns(state).flatMap(({run: {promptId, ...run}}) =>
			promptId !== undefined && resultPictures({promptId, ...run} as Run).length > 0
				? [{...run, promptId}]
				: [],
		);
		const {imageHosts} = placesFor(state, {operation: 'recipe'});
		const able = recipes.filter(({image}) => image === undefined || imageHosts.length > 0);
		const usable = able.filter(({kind}) => kind !== 'check' || runs.length > 0);
		const recipe = usable.find(({name}) => name === lastForms.recipe?.model) ?? usable[0];
		if (!recipe) {
			return recipes.length === 0
				? 'the configuration has no recipes'
				: able.length === 0
					? 'its recipes have an image, and no host runs containers'
					: 'its recipes are checks: select a run with a result first';
		}

		return prompts.length > 0
			? {operation: 'recipe', recipe, recipes: usable, prompts, runs}
			: 'select a prompt first';
	},
	upscale(state) {
		const sources = targetRuns(state)
			.filter(canUpscale)
			.map(({run}) => ({
				name: run.promptName,
				video: {runId: run.id},
				frames: framesOfResult(run),
			}));
		return sources.length > 0
			? {operation: 'upscale', sources}
			: 'select a completed transfer in the list of runs first';
	},
} satisfies Record<string, (state: DashboardState) => FormTarget | string>;

export type LaunchCommand = keyof typeof targets;

/** Why a command opens no form now; undefined when it does. */
export function targetProblem(command: LaunchCommand, state: DashboardState): string | undefined {
	const target = targets[command](state);
	return typeof target === 'string' ? target : undefined;
}

/**
 * The form of a launch. It begins with the defaults, whatever was launched before: those settings are
 * offered beside them.
 */
export function formFor(state: DashboardState, target: FormTarget): LaunchForm {
	const places = placesFor(state, target);
	const {hosts} = places;
	const {[target.operation]: last} = state.lastForms;
	const host = last?.host ?? usualHost(state, target);
	// The video of a run may still be on the host of the run.
	const there = target.operation === 'upscale' ? shownRunOf(state)?.run.host : undefined;
	const wanted = there && hosts.includes(there) ? there : host;
	const hostModels = getHostModels(state);
	const endpoint = endpointIn(state);
	const enhancing =
		target.operation === 'enhance'
			? enhanceKindOf(
					target.prompts,
					hostModels[wanted],
					endpoint !== undefined && wanted === enhancerName,
				)
			: undefined;
	const model = enhancing?.model ?? targetModel(target) ?? hostModels[wanted] ?? unnamedModel;
	const {mode} = enhancing ?? {};
	const first = last && {
		name: lastUsedName,
		settings: last.settings as ValuesByKey,
		model: last.model ?? unnamedModel,
		mode: last.mode,
	};
	const {presets} = state;
	return withPossibleHost(
		launchForm({
			...{target, ...places, host: wanted, model, mode},
			...{hostModels, endpoint, first, presets},
		}),
	);
}

/** The form as it was when the selected run was launched; undefined when its prompt is gone. */
export function rerunForm(state: DashboardState): LaunchForm | undefined {
	const run = shownRunOf(state)?.run;
	return run && formOfRuns(state, [run]);
}

/**
 * The form as it was when the first of some runs was launched, for the prompts of all that did the same;
 * undefined when its prompt is gone.
 */
export function formOfRuns(state: DashboardState, runs: readonly Run[]): LaunchForm | undefined {
	const [run] = runs;
	const prompts = state.prompts ?? [];
	const own = run && targetOfRun(run, prompts);
	if (!own) {
		return undefined;
	}

	const alike = runs.filter(
		({operation, model}) => operation === run.operation && model === run.model,
	);
	const target =
		'prompts' in own
			? {
					...{...own, prompts: promptsOf(alike, prompts)},
					...(own.operation === 'recipe' && {runs: alike.flatMap(checkedBy)}),
				}
			: own;

	const places = placesFor(state, target);
	const form = launchForm({
		target,
		...places,
		endpoint: endpointIn(state),
		host: places.hosts.includes(run.host) ? run.host : state.defaultHost,
		model: run.model,
		mode: run.mode,
		hostModels: getHostModels(state),
		first: {name: ranName, settings: run.settings, begins: true},
		presets: state.presets,
		text: run.operation === 'upscale' ? run.promptText : '',
	});
	return {...withPossibleHost(form), again: run.id};
}

/** Where the operation of a target can run, and a recipe with an image. */
function placesFor({hosts}: DashboardState, {operation}: Pick<FormTarget, 'operation'>) {
	return {
		hosts: targetsOf(hosts, operation),
		imageHosts: targetsOf(hosts.filter(hasContainers), operation),
	};
}

/** The prompts of runs, each once. */
function promptsOf(runs: readonly Run[], prompts: readonly Prompt[]): Prompt[] {
	const ids = new Set(runs.map(({promptId}) => promptId));
	return prompts.filter(({id}) => ids.has(id));
}

const endpointIn = ({hosts}: DashboardState) => hosts.find(({endpoint}) => endpoint)?.endpoint;

/** The default host; the endpoint for texts that it can enhance. */
function usualHost(state: DashboardState, target: FormTarget): string {
	if (target.operation !== 'enhance' || !endpointIn(state)) {
		return state.defaultHost;
	}

	const usual = getHostModels(state)[state.defaultHost] ?? unnamedModel;
	const canAll = target.prompts.every(({model = usual}) => enhanceKindFor(model, true));
	return canAll ? enhancerName : state.defaultHost;
}

/** The recipe's name, or the family of all prompts; undefined where they differ or do not say. */
function targetModel(target: FormTarget): string | undefined {
	if (target.operation === 'recipe') {
		return target.recipe.name;
	}

	const models = target.operation === 'transfer' ? target.prompts.map(({model}) => model) : [];
	return models.every(model => model === models[0]) ? models[0] : undefined;
}

/** The family of each target: of several hosts that of the first. */
function getHostModels({hosts}: DashboardState): Record<string, string> {
	return Object.fromEntries(
		targetsOf(hosts).map(target => [target, hostsFor(hosts, target)[0]?.model ?? unnamedModel]),
	);
}
