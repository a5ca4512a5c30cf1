/** Rows that the tables of both families have, by their makers' common words. */
import type {ControlName, Scope} from '../settings/settings.js';

/** How strongly a control is computed from the video. */
const strengths = ['very_low', 'low', 'medium', 'high', 'very_high'] as const;

function weight<K extends ControlName>(key: K, help: string) {
	return {
		key,
		label: key,
		help,
		main: true,
		scope: 'sample',
		kind: 'number',
		default: 0.25,
		min: 0,
		max: 1,
		step: 0.05,
	} as const;
}

/** The rows of the four controls' weights. */
export const weights = [
	weight('vis', 'weight of the blurred input'),
	weight('edge', 'weight of the edge control'),
	weight('depth', 'weight of the depth'),
	weight('seg', 'weight of the segmentation'),
] as const;

/** The row of the denoising steps. */
export function steps<S extends Scope>(scope: S) {
	return {
		key: 'steps',
		label: 'steps',
		help: 'denoising steps',
		main: true,
		scope,
		kind: 'integer',
		default: 35,
		min: 1,
		max: 100,
		step: 1,
	} as const;
}

/** The row of the seed. */
export function seed<N extends number, S extends Scope>(usual: N, scope: S) {
	return {
		key: 'seed',
		label: 'seed',
		help: 'same seed and inputs: same video',
		main: true,
		scope,
		kind: 'integer',
		default: usual,
		min: 0,
		max: 4_294_967_295,
		step: 1,
	} as const;
}

/** The rows of how the inputs of vis and edge are computed. */
export function presetStrengths<S extends Scope>(scope: S) {
	return [
		{
			key: 'blur',
			label: 'blur',
			help: 'strength of the blur for vis',
			main: false,
			scope,
			kind: 'choice',
			default: 'medium',
			choices: strengths,
		},
		{
			key: 'canny',
			label: 'canny',
			help: 'threshold of the edge detector for edge',
			main: false,
			scope,
			kind: 'choice',
			default: 'medium',
			choices: strengths,
		},
	] as const;
}

/** The row of a model component that can be offloaded while it is not needed. */
export function offload<K extends string>(key: K, part: string) {
	return {
		key,
		label: `offload ${part}`,
		help: 'saves GPU memory, but is slower',
		main: false,
		scope: 'process',
		kind: 'switch',
		default: false,
	} as const;
}
