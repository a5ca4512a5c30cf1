import type {Inputs, Transfer} from '../../../../source/domain/models/family.js';
import {completeSettings} from '../../../../source/domain/settings/settings-check.js';
import {transferTask} from '../tasks.js';

/** A run of one of Cosmos 3's modes. */
export function taskOf(mode: string, given: object = {}, inputs: Inputs = []): Transfer {
	return {
		...transferTask,
		model: 'cosmos3',
		mode,
		settings: completeSettings('transfer', {...given}, 'cosmos3', mode, inputs),
	};
}

export const video = (role: string, more: object = {}) => ({
	role,
	path: `/v/${role}.mp4`,
	size: 9,
	width: 1280,
	height: 720,
	frames: 121,
	fps: 30,
	...more,
});

export const image = (role: string, more: object = {}) => ({
	role,
	path: `/v/${role}.png`,
	size: 9,
	width: 640,
	height: 480,
	kind: 'image' as const,
	...more,
});
