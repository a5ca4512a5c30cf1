/**
 * The settings of Cosmos-Transfer1 with its defaults and ranges, where it has them; its
 * `num_steps`, `guidance` and `fps` have no upper bound, ours keep typing errors from costing GPU
 * hours.
 */
import {
	type ControlName,
	integerRow,
	numberRow,
	type Setting,
	switchRow,
	timeLimit,
	type ValuesOf,
} from '../settings/settings.js';
import {offload, presetStrengths, seed, steps, weights} from './setting-rows.js';

/** For each video of a batch the program takes the weights alone. */
type Row = Setting & ({scope: 'process'} | {scope: 'sample'; key: ControlName | 'timeLimit'});

export const settingsTable = [
	...weights,
	steps('process'),
	numberRow('guidance', 'process', 5, [0, 20, 0.5], 'how strictly the video follows the text'),
	seed(1, 'process'),
	integerRow('fps', 'process', 24, [1, 60, 1], 'frames per second of the result'),
	numberRow('sigmaMax', 'process', 70, [0, 80, 1], 'how much noise replaces the input', {
		label: 'sigma max',
	}),
	...presetStrengths('process'),
	switchRow('distilled', 'process', false, 'the distilled, faster model; edge only', {main: false}),
	offload('offloadTextEncoder', 'text encoder'),
	offload('offloadGuardrails', 'guardrails'),
	offload('offloadTransformer', 'transformer'),
	timeLimit(3600),
] as const satisfies readonly Row[];

export type Transfer1Settings = ValuesOf<typeof settingsTable>;
