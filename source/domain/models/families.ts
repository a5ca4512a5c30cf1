import {CosmosError} from '../errors.js';
import {type AnyInput, type InputRole, isMedia, type PromptInput} from '../inputs/media.js';
import {nearestWord} from '../nearest-word.js';
import {activeControls, type Kind} from '../settings/settings.js';
import {joinWithOr} from '../text-format.js';
import type {Enhancer} from './enhancer.js';
import {type Family, type Mode, mixedBatchKey, type Transfer} from './family.js';
import {families} from './family-list.js';
import type {Launch, Outlook} from './outlook.js';
import {commonRoles} from './roles.js';
import {transfer1} from './transfer1.js';

/**
 * The family of whatever names none: runs, presets and configured hosts of the versions that had no
 * other. What is new names its family.
 */
export const unnamedModel = transfer1.name;

/** The family of the demo host, and the one that a new host is offered. */
export const newHostModel = families[0].name;

export const modelNames: readonly string[] = families.map(({name}) => name);

/** @throws CosmosError (usage) that names the families there are */
export function familyOf(model: string): Family {
	const family = families.find(({name}) => name === model);
	if (!family) {
		const nearest = nearestWord(model, modelNames);
		throw new CosmosError('unknown-model', `there is no model "${model}"`, {
			hint: nearest ? `Did you mean "${nearest}"?` : `Expected one of: ${modelNames.join(', ')}.`,
		});
	}

	return family;
}

/** Where a family's checkout and its image usually are, for examples and as an offer. */
export function usualPlaces(model: string): {remoteDir: string; image: string} {
	const {checkout, host} = familyOf(model);
	const registry = host?.buildsImage ? '' : 'nvcr.io/me/';
	return {remoteDir: `~/${checkout.name}`, image: `${registry}${checkout.name}:latest`};
}

/**
 * The mode of a kind of transfer; where it names none, the family's first.
 * @throws CosmosError (usage) that names the modes there are
 */
export function modeOf({model, mode}: Pick<Kind, 'model' | 'mode'>): Mode {
	const {modes} = familyOf(model);
	const found = mode === undefined ? modes[0] : modes.find(({name}) => name === mode);
	if (!found) {
		throw new CosmosError('unknown-mode', `${model} has no mode "${mode}"`, {
			hint: `Expected one of: ${modes.map(({name}) => name).join(', ')}.`,
		});
	}

	return found;
}

/** Every way to enhance texts, with the family that has it. */
export const enhancers: ReadonlyArray<{model: string; enhancer: Enhancer}> = families.flatMap(
	({name: model, enhancers = []}) => enhancers.map(enhancer => ({model, enhancer})),
);

/** The family that enhances texts for a family: itself, or the first one. */
export function enhancingFamily(model: string): string {
	return familyOf(model).enhancers ? model : unnamedModel;
}

/** What decides the settings of an enhancement. */
export type EnhanceKind = {operation: 'enhance'; model: string; mode?: string};

/**
 * How texts for a family are enhanced on a host, or by an endpoint; undefined if that cannot be.
 * @param model the family that they are for
 */
export function enhanceKindFor(model: string, isRemote: boolean): EnhanceKind | undefined {
	const family = enhancingFamily(model);
	const found = enhancers.find(
		one => one.model === family && (one.enhancer.isRemote ?? false) === isRemote,
	);
	const {name} = found?.enhancer ?? {};
	return found && {operation: 'enhance', model: family, ...(name !== undefined && {mode: name})};
}

/**
 * How a kind of enhancement is done.
 * @throws CosmosError (usage) that names the ways there are
 */
export function enhancerOf({model, mode}: Pick<Kind, 'model' | 'mode'>): Enhancer {
	const own = enhancers.filter(one => one.model === enhancingFamily(model));
	const found = own.find(({enhancer}) => mode === undefined || enhancer.name === mode);
	if (!found) {
		const names = own.flatMap(({enhancer: {name}}) => name ?? []);
		throw new CosmosError('unknown-mode', `${model} has no way "${mode}" to enhance a text`, {
			hint: names.length > 0 ? `Expected one of: ${names.join(', ')}.` : '',
		});
	}

	return found.enhancer;
}

/** What a kind of transfer says of its mode: nothing where its family has one only. */
export function namedMode(model: string, mode: string): {mode?: string} {
	return familyOf(model).modes.length > 1 ? {mode} : {};
}

/** What a mode requires and a prompt lacks: roles, or several of which one would do as `edge or depth`. */
export function missingRoles(
	{requires, requiresOne = []}: Mode,
	there: readonly InputRole[],
): string[] {
	const lacksOne = requiresOne.length > 0 && !requiresOne.some(role => there.includes(role));
	return [
		...requires.filter(role => !there.includes(role)),
		...(lacksOne ? [joinWithOr(requiresOne)] : []),
	];
}

/** The inputs that a family can use: those of a kind that it knows their role by. */
export function inputsFor(model: string, inputs: readonly AnyInput[]): PromptInput[] {
	const {roles} = familyOf(model);
	return inputs
		.filter(isMedia)
		.filter(({role, kind = 'video'}) =>
			[...commonRoles, ...roles].every(row => row.role !== role || row.kinds.includes(kind)),
		);
}

/** The mode that fits the inputs of a prompt: the first one that has all it requires, else the nearest. */
export function modeForInputs(model: string, there: readonly InputRole[]): Mode {
	const [first, ...others] = familyOf(model).modes;
	const lacks = (mode: Mode) =>
		missingRoles(mode, there).length +
		(mode.chosenBy?.some(role => there.includes(role)) === false ? 1 : 0);
	return others.reduce((best, one) => (lacks(one) < lacks(best) ? one : best), first);
}

/** What a prompt is about: each mode itself says what it makes of them. */
const mainRoles: readonly InputRole[] = ['color', 'image'];

/** What comes of a transfer by its family's rules; a control that it cannot use is ignored by each. */
export function outlookOf(kind: Pick<Kind, 'model' | 'mode'>, launch: Launch): Outlook {
	const {title, roles} = familyOf(kind.model);
	const mode = modeOf(kind);
	const unused = launch.inputs
		.map(({role}) => role)
		.filter(role => !mode.requires.includes(role) && !mode.needs(role, launch.settings))
		.filter(role => !mainRoles.includes(role) && !roles.some(row => row.role === role));
	const outlook = mode.outlook?.(launch) ?? {warnings: []};
	return {
		...outlook,
		warnings: [
			...unused.map(role => `${role} is ignored: ${title} does not use it`),
			...outlook.warnings,
		],
	};
}

/**
 * Equal for transfers that can share a batch; undefined for one of a mode without batches.
 * @param mixed whatever controls each of them uses
 */
export function batchKey(task: Transfer, mixed: boolean): string | undefined {
	const key = mixedBatchKey(task, modeOf(task));
	return mixed || !key ? key : JSON.stringify([key, activeControls(task.settings)]);
}

/** What a run of a family asks of the GPUs of a slot. */
export type GpuNeeds = {
	/** GB that each has to have, if the makers say. */
	memory?: number;
	/** How many there have to be. */
	gpus: number;
	/** How many there can be. @default any more */
	counts?: readonly number[];
	/** Whose need it is, for people. */
	who: string;
};

/** By the checkpoint that the settings name, else by the family. */
export function gpuNeedsOf(model: string, settings: object): GpuNeeds {
	const {memory, gpuCounts, checkpoints = []} = familyOf(model);
	const {checkpoint} = settings as {checkpoint?: unknown};
	const found = checkpoints.find(({name}) => name === checkpoint);
	const size = found ? found.memory : memory;
	return {
		...(size !== undefined && {memory: size}),
		...(gpuCounts && {counts: gpuCounts}),
		gpus: found?.gpus ?? 1,
		who: found ? `${model} ${found.name}` : model,
	};
}
