/** The control videos of both Transfer families, by their makers' common words. */
import type {RoleRow} from '../inputs/media.js';
import {type ControlName, type WeightName, weightNames} from '../settings/settings.js';

/** The file names of each control, without ending. */
const names: Readonly<Record<WeightName, readonly string[]>> = {
	vis: ['vis'],
	edge: ['edge'],
	depth: ['depth'],
	seg: ['segmentation', 'seg'],
};

export const controlRoles: readonly RoleRow[] = weightNames.map(role => ({
	role,
	kinds: ['video'],
	names: names[role],
}));

export type MaskName = `${ControlName}_mask`;

/** White where a control works, black where it does not. */
export function maskOf(name: ControlName): MaskName {
	return `${name}_mask`;
}

export const maskRoles: readonly RoleRow[] = weightNames.map(name => ({
	role: maskOf(name),
	kinds: ['video'],
	names: names[name].map(one => `${one}_mask`),
}));
