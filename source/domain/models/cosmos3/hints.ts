/** The controls of a Cosmos 3 transfer, which NVIDIA calls hints. */
import {framesOf, type PromptInput, type RoleRow} from '../../inputs/media.js';
import {type ControlName, controlNames, type TransferSettings} from '../../settings/settings.js';
import type {Inputs, Values} from '../family.js';

/** A control by the product's word for it, in the order in which NVIDIA takes them. */
export const hintOrder: readonly ControlName[] = ['edge', 'vis', 'depth', 'seg', 'wsm'];

/** NVIDIA's words. Its blur is what `vis` is to the older families. */
export const hintNames: Readonly<Record<ControlName, string>> = {
	edge: 'edge',
	vis: 'blur',
	depth: 'depth',
	seg: 'seg',
	wsm: 'wsm',
};

const fileNames: Readonly<Record<ControlName, readonly string[]>> = {
	vis: ['vis', 'blur'],
	edge: ['edge'],
	depth: ['depth'],
	seg: ['segmentation', 'seg'],
	wsm: ['wsm', 'world_scenario'],
};

export const hintRoles: readonly RoleRow[] = controlNames.map(role => ({
	role,
	kinds: ['video', 'image'],
	names: fileNames[role],
}));

/** What the model computes itself from the source. */
const computed: readonly ControlName[] = ['edge', 'vis'];

/** The video or the picture that a transfer changes. */
export const sourceRoles = ['color', 'image'] as const;

export function sourceIn(inputs: Inputs): PromptInput | undefined {
	return sourceRoles.flatMap(role => inputs.find(input => input.role === role) ?? [])[0];
}

export function fileOf(hint: ControlName, inputs: Inputs): PromptInput | undefined {
	return inputs.find(({role}) => role === hint);
}

export const hasFile = (hint: ControlName, inputs: Inputs): boolean =>
	fileOf(hint, inputs) !== undefined;

/** Whether a hint can be used at all: it has a file, or the model computes it from the source. */
export function isAvailable(hint: ControlName, inputs: Inputs): boolean {
	return hasFile(hint, inputs) || (computed.includes(hint) && sourceIn(inputs) !== undefined);
}

/** The hints of a launch: those with a file and without a weight of 0, those that were asked for; edge if there are none. */
export function usedHints(inputs: Inputs, given: Values): ControlName[] {
	const available = hintOrder.filter(hint => isAvailable(hint, inputs));
	const isFiled = available.some(hint => hasFile(hint, inputs));
	const isAsked = available.some(hint => Number(given[hint] ?? 0) > 0);
	return available.filter(hint => {
		const own = given[hint];
		const usual = isFiled ? hasFile(hint, inputs) : hint === 'edge' && !isAsked;
		return own === undefined ? usual : Number(own) > 0;
	});
}

/** Frames of a file that are read. */
export const longest = 5000;

/** What decides a transfer's length. */
export type Guide = {
	input: PromptInput;
	frames: number;
	isPicture: boolean;
};

/**
 * The frames that a transfer makes: no more than its first control's file has, or its source. What is
 * asked for where nobody has counted those.
 */
export function framesMade(
	settings: Values | TransferSettings,
	used: readonly ControlName[],
	inputs: ReadonlyArray<{role: string; frames?: number}>,
): number {
	const roles = [...used.slice(0, 1), ...sourceRoles];
	const guide = roles.flatMap(role => inputs.find(input => input.role === role) ?? [])[0];
	return Math.min(Number(settings.frames), guide?.frames ?? longest);
}

/** By NVIDIA's rules: the length is that of the first hint's file, else of the source. */
export function guideOf(inputs: Inputs, used: readonly ControlName[]): Guide | undefined {
	const [first] = used;
	const input = (first && fileOf(first, inputs)) ?? sourceIn(inputs);
	return (
		input && {
			input,
			frames: framesOf(input),
			isPicture: input.kind === 'image',
		}
	);
}
