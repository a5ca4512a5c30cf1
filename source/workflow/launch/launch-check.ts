import path from 'node:path';
import {findHost, findTarget, requireDefaultHost} from '../../config/find-host.js';
import {findRecipe} from '../../config/recipes.js';
import {CosmosError} from '../../domain/errors.js';
import {type Host, hasContainers, type Slot, slotsOf} from '../../domain/hosts/host.js';
import {isMedia, type VideoInput} from '../../domain/inputs/media.js';
import {
	type GpuNeeds,
	inputsFor,
	missingRoles,
	modeForInputs,
	modeOf,
	namedMode,
	outlookOf,
	unnamedModel,
} from '../../domain/models/families.js';
import {gpuNeedsOfTask, slotsWithGpus} from '../../domain/models/models.js';
import type {ResultVideo} from '../../domain/models/outlook.js';
import {upscaleLimit} from '../../domain/models/time-limits.js';
import {clipsOf} from '../../domain/models/transfer1-clips.js';
import {upscaleResult} from '../../domain/models/upscale1.js';
import {takesSeed} from '../../domain/settings/recipe.js';
import type {SettingsOf} from '../../domain/settings/settings.js';
import {completeKind, completeSettings} from '../../domain/settings/settings-check.js';
import {defaultsOf, ownerName} from '../../domain/settings/settings-tables.js';
import {joinWithOr} from '../../domain/text-format.js';
import type {RunInput, RunTask} from '../../domain/types.js';
import type {LaunchRequest, RequestOf} from '../workflow-types.js';
import {type CurrentInputs, ofPrompt} from './current-inputs.js';
import {checkEnhance} from './enhance-check.js';
import {
	type Checked,
	dropUndefined,
	type Local,
	promptOf,
	requireRoles,
	type Unwarned,
} from './launch-parts.js';
import type {ServerChoice} from './server-choice.js';
import {parentVideo} from './upscale-parent.js';

/** A launch whose settings have been checked: that needs no network. */
export type CheckedLaunch = {
	/** Its target: a host, a group of hosts, or `any`. */
	target: string;
	/** The host, or the first of those that the target stands for. */
	host: Host;
	/** All hosts that it may run on, in the order of the configuration. */
	hosts: readonly Host[];
	/** The slot that has been chosen already. */
	lane?: string;
	/** Whether a model server is to do it, and how many such launches follow. */
	serverChoice: Pick<ServerChoice, 'server' | 'siblings'>;
	task: RunTask;
	/** What a person should know before it runs, a line each. */
	warnings: readonly string[];
	/** The video that comes out, as far as the inputs say. */
	result?: ResultVideo;
};

/** Checks everything about a launch that can be checked locally. Changes nothing. */
export async function checkLaunch(local: Local, request: LaunchRequest): Promise<CheckedLaunch> {
	const {host: target, on, jobId, dataset, sweep, priority} = request;
	const hosts = target === undefined ? [] : findTarget(local.config, target);
	const [only] = hosts;
	const checked =
		hosts.length > 1 && !on
			? await checkForAll(local, request, hosts)
			: await checkForOne(local, {...request, host: on?.host ?? only?.name});
	const task = {
		...checked.task,
		...(jobId && {jobId}),
		...(dataset && {dataset}),
		...(sweep && {sweep}),
		...(priority && {priority}),
	};
	const {server, siblings}: ServerChoice =
		request.operation === 'transfer' || request.operation === undefined ? request : {};
	if (server) {
		const {usableServers} = await import('./server-choice.js');
		usableServers(checked.host, [task], server);
	}

	return {
		...checked,
		target: target ?? checked.host.name,
		lane: on?.lane,
		task,
		serverChoice: {server, siblings},
	};
}

type Found = Checked & {hosts: Host[]};

async function checkForOne(local: Local, request: LaunchRequest): Promise<Found> {
	const checked = await checkOperation(local, request);
	return {...checked, hosts: [checked.host]};
}

/** The hosts that may run it, all with the model of the first one; throws if there is none. */
async function checkForAll(
	local: Local,
	request: LaunchRequest,
	hosts: readonly Host[],
): Promise<Found> {
	let found: Found | undefined;
	let problem: unknown;
	for (const {name} of hosts) {
		const pinned = {...request, ...(found && modelOf(found.task)), host: name} as LaunchRequest;
		try {
			const checked = await checkOperation(local, pinned);
			const {host} = checked;
			found = found ? {...found, hosts: [...found.hosts, host]} : {...checked, hosts: [host]};
		} catch (error) {
			problem ??= error;
		}
	}

	if (!found) {
		throw problem;
	}

	return found;
}

/** The model family of a launch and the mode of a transfer, whichever host it runs on. */
export function modelOf({operation, model, mode}: RunTask): {model?: string; mode?: string} {
	switch (operation) {
		case 'transfer':
			return {model, ...(mode !== undefined && {mode})};
		case 'enhance':
			return {model};
		default:
			return {};
	}
}

async function checkOperation(local: Local, request: LaunchRequest): Promise<Checked> {
	const checked = await checkByKind(local, request);
	const {host, task} = checked;
	if (host.endpoint && task.operation !== 'enhance') {
		throw new CosmosError('usage', `${host.name} only enhances prompts`, {
			hint: 'It is the chat endpoint of [enhancer]: choose another host.',
		});
	}

	const needs = gpuNeedsOfTask(task);
	if (slotsWithGpus(host, needs).length === 0 && !host.simulated) {
		throw gpuCountError(host, slotsOf(host), needs);
	}

	return {warnings: [], ...checked};
}

/** None of these slots of a host has a number of GPUs with which a model can run. */
export function gpuCountError(
	{name}: Host,
	slots: readonly Slot[],
	{gpus: least, counts = [], who}: GpuNeeds,
): CosmosError {
	const those = `the slots of ${name} (${slots.map(({lane}) => lane).join(', ')})`;
	return slots.every(({gpus}) => gpus.length < least)
		? new CosmosError(
				'gpu-missing',
				`${those} have fewer than the ${least} GPUs that ${who} needs`,
				{
					hint: 'Choose another host or another checkpoint, or give the slot more GPUs.',
				},
			)
		: new CosmosError('gpu-missing', `${those} have a number of GPUs that ${who} cannot use`, {
				hint: `It runs on ${joinWithOr(counts.map(String))} GPUs: change the slot, or choose another host.`,
			});
}

async function checkByKind(local: Local, request: LaunchRequest): Promise<Unwarned> {
	switch (request.operation) {
		case 'upscale':
			return checkUpscale(local, request);
		case 'enhance':
			return checkEnhance(local, request);
		case 'recipe':
			return checkRecipe(local, request);
		default:
			return checkTransfer(local, request);
	}
}

async function checkTransfer(
	{config, store}: Local,
	request: RequestOf<'transfer'>,
): Promise<Unwarned> {
	const {prompt, take} = await promptOf(store, request);
	const host = findHost(config, request.host ?? requireDefaultHost(config));
	const model = request.model ?? prompt.model ?? host.model ?? unnamedModel;
	const usable = inputsFor(model, prompt.inputs);
	const there = usable.map(({role}) => role);
	const mode =
		request.mode === undefined ? modeForInputs(model, there) : modeOf({model, mode: request.mode});
	const kind = {operation: 'transfer', model, ...namedMode(model, mode.name)} as const;
	requireRoles(prompt, missingRoles(mode, there), ownerName(kind));
	const settings = completeSettings('transfer', request.settings ?? {}, model, mode.name, usable);
	const refusal = mode.refusedInput?.(settings, usable);
	if (refusal) {
		throw new CosmosError('bad-input', `${ownerName(kind)}: ${refusal}`, {
			hint: 'Create the prompt again with other files, or choose another --mode.',
		});
	}

	const wanted = usable.filter(
		({role}) => mode.requires.includes(role) || mode.needs(role, settings),
	);
	const {inputs, changes} = take(wanted);
	const texts = ofPrompt(prompt);
	const {misfit, warnings, result} = outlookOf(kind, {
		...texts,
		settings,
		inputs: prompt.inputs.filter(isMedia),
	});
	if (misfit && !request.force) {
		throw new CosmosError('misfit', `${prompt.name}: ${misfit}`, {
			hint: 'Correct the videos, or launch it as it is with --force.',
		});
	}

	return {
		host,
		task: {...texts, ...kind, settings, inputs},
		warnings: [...changes, ...(misfit ? [misfit] : []), ...warnings],
		...(result && {result}),
	};
}

async function checkRecipe(
	{config, store}: Local,
	request: RequestOf<'recipe'>,
): Promise<Unwarned> {
	const {recipe: asked} = request;
	const recipe = typeof asked === 'string' ? findRecipe(config, asked) : asked;
	const source: CurrentInputs & {parentId?: string} =
		recipe.kind === 'check'
			? await (await import('./checked-run.js')).checkedRun(store, recipe, request)
			: await promptOf(store, request);
	const {prompt, take, parentId} = source;
	const host = findHost(config, request.host ?? requireDefaultHost(config));
	const kind = {operation: 'recipe', model: recipe.name, recipe} as const;
	const settings = completeKind(kind, dropUndefined(request.settings)) as SettingsOf<'recipe'>;
	if (recipe.image !== undefined && !hasContainers(host)) {
		throw new CosmosError(
			'usage',
			`recipe ${recipe.name} has the image ${recipe.image}, and jobs of ${host.name} run without containers`,
			{hint: 'Choose another host, or remove the image of the recipe.'},
		);
	}

	if (!takesSeed(recipe.command) && settings.seed !== defaultsOf('recipe').seed) {
		throw new CosmosError('invalid-setting', `the command of recipe ${recipe.name} has no {seed}`, {
			hint: 'Omit --seed, or put {seed} into the command.',
		});
	}

	const there = prompt.inputs.map(({role}) => role);
	requireRoles(
		prompt,
		recipe.inputs.filter(role => !there.includes(role)),
		`recipe ${recipe.name}`,
	);
	const wanted = prompt.inputs.filter(({role}) => recipe.inputs.includes(role));
	const {inputs, changes} = take(wanted);
	const task = {...ofPrompt(prompt), ...kind, settings, inputs, ...(parentId && {parentId})};
	return {host, task, warnings: changes};
}

async function checkUpscale(
	{config, store}: Local,
	request: RequestOf<'upscale'>,
): Promise<Unwarned> {
	const settingsFor = (frames?: number) =>
		completeSettings('upscale', {
			...(frames !== undefined && {timeLimit: upscaleLimit(clipsOf(frames))}),
			...dropUndefined(request.settings),
		});
	const task = {
		operation: 'upscale',
		model: unnamedModel,
		promptText: request.text ?? '',
		negative: '',
	} as const;
	settingsFor();
	if (request.text?.trim() === '') {
		throw new CosmosError('empty-text', 'the text for the upscaler is empty', {
			hint: 'Omit it: the upscaler needs no text.',
		});
	}

	if ('video' in request) {
		const host = findHost(config, request.host ?? requireDefaultHost(config));
		const {inspectVideo} = await import('../../executor/media/inspect-file.js');
		const video = await inspectVideo('color', path.resolve(request.video));
		const {role, path: file, size} = video;
		const promptName = path.parse(file).name;
		const inputs = [withFacts({role, path: file, size}, video)];
		const settings = settingsFor(video.frames);
		return {host, task: {...task, settings, promptName, inputs}, ...upscaled(video)};
	}

	const {run, input, video} = await parentVideo(store, request.runId);
	// The host of the parent may still have its video.
	const there = config.hosts.some(({name}) => name === run.host) ? run.host : undefined;
	const host = findHost(config, request.host ?? there ?? requireDefaultHost(config));
	if (run.simulated && !host.simulated) {
		throw new CosmosError(
			'wrong-state',
			`${run.id} is simulated, and ${host.name} is a real host`,
			{
				hint: `Its video is not a real result. Run the prompt on ${host.name} first, or give a video file.`,
			},
		);
	}

	const {promptId, promptName} = run;
	const settings = settingsFor(video?.frames);
	const inputs = [video ? withFacts(input, video) : input];
	return {
		host,
		task: {
			...{...task, settings, promptId, promptName, inputs},
			...{parentId: run.id, parentModel: run.model},
		},
		...(video && upscaled(video)),
	};
}

function withFacts(input: RunInput, {frames, fps, width, height}: VideoInput): RunInput {
	return {...input, frames, fps, width, height};
}

/** What comes of an upscale, where the shape of its video says it. */
function upscaled(video: VideoInput): {result?: ResultVideo} {
	const result = upscaleResult(video);
	return result ? {result} : {};
}
