import {
	type EnhanceKind,
	enhanceKindFor,
	familyOf,
	inputsFor,
	missingRoles,
	modeForInputs,
	namedMode,
	unnamedModel,
} from '../../domain/models/families.js';
import type {Inputs, Values} from '../../domain/models/family.js';
import {upscaleLimit} from '../../domain/models/time-limits.js';
import {clipsOf} from '../../domain/models/transfer1-clips.js';
import {takesSeed} from '../../domain/settings/recipe.js';
import type {Kind, Operation, SettingsOf, SettingValue} from '../../domain/settings/settings.js';
import {
	resolveSettings,
	type SettingsInForce,
	withDefaults,
} from '../../domain/settings/settings-tables.js';
import {templateText} from '../../domain/sweep/expand.js';
import type {Prompt, Recipe, Run} from '../../domain/types.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {shownPromptName} from '../../state/prompt-names.js';
import type {LaunchRequest} from '../../workflow/workflow-types.js';
import {neighbour} from './field-steps.js';

/** A video to upscale: that of a run, or a file. */
export type UpscaleSource = {
	name: string;
	video: {runId: string} | {video: string};
	/** As many as it should have, where that is known; the launch counts them. */
	frames?: number;
};

/**
 * How the texts of an enhancement are enhanced on a host: as the family of its prompts, or of the host, does it.
 * An endpoint writes prompts of one kind alone.
 */
export function enhanceKindOf(
	prompts: readonly Prompt[],
	hostModel: string | undefined,
	isRemote: boolean,
): EnhanceKind {
	const [first] = prompts;
	const common = prompts.every(({model}) => model === first?.model) ? first?.model : undefined;
	const asked = isRemote ? hostModel : (common ?? hostModel);
	return (
		enhanceKindFor(asked ?? unnamedModel, isRemote) ??
		(enhanceKindFor(unnamedModel, false) as EnhanceKind)
	);
}

/** A run that a check can look at. */
export type CheckedRun = Pick<Run, 'id' | 'promptName'> & {promptId: string};

/** What one form launches. Its settings and its host go for all of it. */
export type FormTarget =
	/** `together`: one container, the model loaded once. */
	| {operation: 'transfer'; prompts: readonly Prompt[]; together: boolean}
	| {operation: 'enhance'; prompts: readonly Prompt[]}
	/** `recipes`: those that the form can change to, its own among them. */
	| {
			operation: 'recipe';
			recipe: Recipe;
			recipes: readonly Recipe[];
			prompts: readonly Prompt[];
			/** The runs whose results a check looks at; only with these does the form have checks. */
			runs?: readonly CheckedRun[];
	  }
	| {operation: 'upscale'; sources: readonly UpscaleSource[]};

const titles: Readonly<Record<Operation, string>> = {
	transfer: 'Infer',
	enhance: 'Enhance',
	upscale: 'Upscale',
	recipe: 'Recipe',
};

/** `Infer: city-night`, or `Batch: 3 prompts in one container`. */
export function targetTitle(
	target: FormTarget,
	state: Pick<DashboardState, 'prompts'>,
): {what: string; of: string} {
	const names =
		target.operation === 'upscale'
			? targetNames(target)
			: target.prompts.map(({name, id}) => shownPromptName(state, name, id));
	if (target.operation === 'transfer' && target.together) {
		return {what: 'Batch', of: `${names.length} prompts in one container`};
	}

	const noun =
		target.operation === 'upscale' ? 'videos' : checkedRuns(target) ? 'results' : 'prompts';
	const count = names.length > 1 ? ` (${names.length} ${noun})` : '';
	return {what: titles[target.operation], of: names.join(', ') + count};
}

/** The names of what is launched, in its order. */
export function targetNames(target: FormTarget): readonly string[] {
	if (target.operation === 'upscale') {
		return target.sources.map(({name}) => name);
	}

	return (
		checkedRuns(target)?.map(({promptName}) => promptName) ?? target.prompts.map(({name}) => name)
	);
}

/** The runs whose results a form has checked; undefined where it launches no check. */
const checkedRuns = (target: FormTarget): readonly CheckedRun[] | undefined =>
	target.operation === 'recipe' && target.recipe.kind === 'check' ? target.runs : undefined;

/** The operation on each thing of the target, with the same settings on the same host. */
export function targetRequests(
	target: FormTarget,
	settings: Readonly<Record<string, SettingValue>>,
	{host, model, mode, text}: {host: string; model: string; mode?: string; text: string},
): LaunchRequest[] {
	switch (target.operation) {
		case 'transfer':
			return target.prompts.map(prompt => ({
				promptId: prompt.id,
				...templateText(prompt),
				model,
				...(mode !== undefined && {mode}),
				settings: settings as Partial<SettingsOf<'transfer'>>,
				host,
			}));
		case 'enhance':
			return target.prompts.map(({id}) => ({
				operation: 'enhance',
				promptId: id,
				settings: settings as Partial<SettingsOf<'enhance'>>,
				host,
			}));
		case 'recipe':
			return (
				checkedRuns(target)?.map(({id, promptId}) => ({promptId, checks: id})) ??
				target.prompts.map(prompt => ({promptId: prompt.id, ...templateText(prompt)}))
			).map(subject => ({
				operation: 'recipe',
				recipe: target.recipe,
				...subject,
				settings: settings as Partial<SettingsOf<'recipe'>>,
				host,
			}));
		case 'upscale':
			return target.sources.map(({video}) => ({
				operation: 'upscale',
				...video,
				settings: settings as Partial<SettingsOf<'upscale'>>,
				host,
				...(text.trim() === '' ? {} : {text}),
			}));
	}
}

/**
 * The settings of one thing of a target as they are in force beside what was entered; those of a
 * transfer follow from the inputs of its prompt.
 */
export function targetSettings(
	target: FormTarget,
	kind: Kind,
	entered: Readonly<Record<string, unknown>>,
	at = 0,
): SettingsInForce {
	const found = resolveSettings(kind, entered, targetInputs(target, kind.model, at));
	if (target.operation === 'upscale') {
		return withLimit(found, entered, target.sources[at]?.frames);
	}

	return target.operation === 'recipe' && !takesSeed(target.recipe.command)
		? {...found, unused: {seed: 'the command has no {seed}'}}
		: found;
}

/** An upscale may take the longer the more frames there are. */
function withLimit(
	{rows, values, ...rest}: SettingsInForce,
	entered: Readonly<Record<string, unknown>>,
	frames: number | undefined,
): SettingsInForce {
	const limit: Values = frames === undefined ? {} : {timeLimit: upscaleLimit(clipsOf(frames))};
	return {
		...rest,
		rows: withDefaults(rows, limit),
		values: entered.timeLimit === undefined ? {...values, ...limit} : values,
	};
}

/** About as many frames as the video of a run has. */
export function framesOfResult({inputs, settings}: Run): number | undefined {
	const {frames, maxFrames} = settings as {frames?: number; maxFrames?: number};
	const there = (inputs.find(({role}) => role === 'color') ?? inputs[0])?.frames;
	return there === undefined ? frames : Math.min(there, frames ?? maxFrames ?? there);
}

/** The inputs of a prompt that its family can use. */
export function targetInputs(target: FormTarget, model: string, at = 0): Inputs {
	const prompt = target.operation === 'transfer' ? target.prompts[at] : undefined;
	return prompt ? inputsFor(model, prompt.inputs) : [];
}

/**
 * The mode that the inputs of the prompts are for; of several kinds of prompts the first one that
 * all of them can have. Undefined for what can do one thing only.
 */
export function targetMode(target: FormTarget, model: string): string | undefined {
	if (target.operation !== 'transfer') {
		return undefined;
	}

	const roles = target.prompts.map(({inputs}) => inputsFor(model, inputs).map(({role}) => role));
	const wanted = [...new Set(roles.map(there => modeForInputs(model, there).name))];
	const {modes} = familyOf(model);
	const common = modes.find(mode => roles.every(there => missingRoles(mode, there).length === 0));
	const mode = wanted.length === 1 ? wanted[0] : (common?.name ?? wanted[0]);
	return namedMode(model, mode ?? modes[0].name).mode;
}

/** The target with the recipe beside its own; any other one as it is. */
export function besideRecipe(target: FormTarget, by: 1 | -1): FormTarget {
	if (target.operation !== 'recipe') {
		return target;
	}

	const names = target.recipes.map(({name}) => name);
	const wanted = neighbour(names, target.recipe.name, by);
	return {...target, recipe: target.recipes.find(({name}) => name === wanted) ?? target.recipe};
}

/** The run that a check has looked at. */
export const checkedBy = (run: Run): CheckedRun[] =>
	run.operation === 'recipe' && run.parentId !== undefined
		? [{id: run.parentId, promptId: run.promptId, promptName: run.promptName}]
		: [];

/** What doing a run again works on; undefined when its prompt is not here any more. */
export function targetOfRun(run: Run, all: readonly Prompt[]): FormTarget | undefined {
	if (run.operation === 'upscale') {
		// A path that an archive has named is for a person to type.
		if (run.imported && run.parentId === undefined) {
			return undefined;
		}

		const file = run.inputs[0]?.path ?? '';
		const video = run.parentId === undefined ? {video: file} : {runId: run.parentId};
		const frames = run.inputs[0]?.frames;
		return {operation: 'upscale', sources: [{name: run.promptName, video, frames}]};
	}

	const prompt = all.find(({id}) => id === run.promptId);
	if (!prompt) {
		return undefined;
	}

	const prompts = [prompt];
	switch (run.operation) {
		case 'transfer':
			return {operation: 'transfer', prompts, together: false};
		case 'enhance':
			return {operation: 'enhance', prompts};
		case 'recipe':
			// As it was then, whatever the configuration says now.
			return {
				...{operation: 'recipe', prompts, recipe: run.recipe, recipes: [run.recipe]},
				runs: checkedBy(run),
			};
	}
}
