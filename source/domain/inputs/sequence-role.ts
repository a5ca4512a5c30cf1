/** What a sequence of frames is for, by the words that renderers use for it. */
import {type MaskName, maskOf} from '../models/control-roles.js';
import type {WeightName} from '../settings/settings.js';

export type SequenceRole = 'color' | WeightName | MaskName;

/** How the light of EXR frames becomes the values of a video. */
export const transfers = ['srgb', 'bt709', 'none'] as const;
export type Transfer = (typeof transfers)[number];

const words: Readonly<Record<'color' | WeightName, readonly string[]>> = {
	color: ['color', 'colour', 'rgb', 'rgba', 'beauty', 'combined', 'image'],
	vis: ['vis', 'blur'],
	edge: ['edge', 'edges'],
	depth: ['depth', 'z', 'zdepth', 'distance_to_camera', 'distance_to_image_plane'],
	seg: ['seg', 'segmentation', 'semantic', 'instance'],
};

const plainRoles = Object.keys(words) as Array<'color' | WeightName>;
const maskable = plainRoles.filter(role => role !== 'color');

/** Every role that frames can have, color first. */
export const sequenceRoles: readonly SequenceRole[] = [...plainRoles, ...maskable.map(maskOf)];

/** Passes that no model takes. */
const unusable: Readonly<Record<string, readonly string[]>> = {
	normals: ['normal', 'normals'],
	ids: ['id', 'ids', 'objectid', 'materialid', 'cryptomatte', 'crypto'],
	'motion vectors': ['motion', 'motion_vectors', 'vector', 'vectors', 'velocity', 'flow', 'mv'],
};

/** `v003` between separators, in the beginning of a name. */
export const versionIn = /(?<=^|[._-])v(\d+)(?=[._-])/i;

/** What a sequence is for; what its folder says counts more than the beginning of its names. */
export function findRole(folder: string, beginning: string): SequenceRole | undefined {
	return roleIn(beginning, true) ?? roleIn(folder, true) ?? roleIn(folder) ?? roleIn(beginning);
}

/** The last word that names one: `shot010_rgb_depth_` is depth. */
function roleIn(text: string, isMask = false): SequenceRole | undefined {
	const plain = wordsOf(text);
	if (isMask && !/_masks?_/.test(plain)) {
		return undefined;
	}

	const [last] = plainRoles
		.map(role => ({role, at: Math.max(...words[role].map(word => plain.lastIndexOf(`_${word}_`)))}))
		.filter(({role, at}) => at >= 0 && !(isMask && role === 'color'))
		.sort((a, b) => b.at - a.at);
	return isMask && last && last.role !== 'color' ? maskOf(last.role) : last?.role;
}

/** The kind of a pass that is no input; undefined for one that may be. */
export function unusableKind(folder: string, beginning: string): string | undefined {
	const plain = wordsOf(`${folder}_${beginning}`);
	return Object.keys(unusable).find(kind =>
		unusable[kind]?.some(word => plain.includes(`_${word}_`)),
	);
}

/** Lower case, with `_` around each word: `shot010Beauty.` is `_shot_beauty_`. */
function wordsOf(text: string): string {
	const apart = text.replace(/(?<=[a-z\d])(?=[A-Z])/g, '_').toLowerCase();
	return `_${apart.split(/[^a-z]+/).join('_')}_`.replace(/_+/g, '_');
}
