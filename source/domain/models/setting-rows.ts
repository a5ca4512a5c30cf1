/** Rows that the tables of both Transfer families have, by their makers' common words. */
import {
	type ControlName,
	choiceRow,
	integerRow,
	numberRow,
	type Scope,
	seedRow,
	switchRow,
} from '../settings/settings.js';

/** How strongly a control is computed from the video. */
const strengths = ['very_low', 'low', 'medium', 'high', 'very_high'] as const;

const weight = <K extends ControlName>(key: K, help: string) =>
	numberRow(key, 'sample', 0.25, [0, 1, 0.05], help);

/** The rows of the four controls' weights. */
export const weights = [
	weight('vis', 'weight of the blurred input'),
	weight('edge', 'weight of the edge control'),
	weight('depth', 'weight of the depth'),
	weight('seg', 'weight of the segmentation'),
] as const;

/** The row of the denoising steps. */
export const steps = <S extends Scope>(scope: S) =>
	integerRow('steps', scope, 35, [1, 100, 1], 'denoising steps');

/** The row of the seed. */
export const seed = <S extends Scope>(usual: number, scope: S) =>
	seedRow(scope, usual, 'same seed and inputs: same video');

/** The rows of how the inputs of vis and edge are computed. */
export function presetStrengths<S extends Scope>(scope: S) {
	const more = {main: false};
	return [
		choiceRow('blur', scope, 'medium', strengths, 'strength of the blur for vis', more),
		choiceRow('canny', scope, 'medium', strengths, 'threshold of the edge detector for edge', more),
	] as const;
}

/** The row of a model component that can be offloaded while it is not needed. */
export const offload = <K extends string>(key: K, part: string) =>
	switchRow(key, 'process', false, 'saves GPU memory, but is slower', {
		label: `offload ${part}`,
		main: false,
	});
