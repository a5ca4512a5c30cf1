/**
 * The settings of Cosmos-Transfer1 with its defaults and ranges, where it has them; its
 * `num_steps`, `guidance` and `fps` have no upper bound, ours keep typing errors from costing GPU
 * hours.
 */
import {type Setting, timeLimit, type ValuesOf} from '../settings.js';
import {distilled, offload, presetStrengths, seed, steps, weights} from './setting-rows.js';

export const settingsTable = [
	...weights,
	steps,
	{
		key: 'guidance',
		label: 'guidance',
		help: 'how strictly the video follows the text',
		main: true,
		kind: 'number',
		default: 5,
		min: 0,
		max: 20,
		step: 0.5,
	},
	seed(1),
	{
		key: 'fps',
		label: 'fps',
		help: 'frames per second of the result',
		main: true,
		kind: 'integer',
		default: 24,
		min: 1,
		max: 60,
		step: 1,
	},
	{
		key: 'sigmaMax',
		label: 'sigma max',
		help: 'how much noise replaces the input',
		main: true,
		kind: 'number',
		default: 70,
		min: 0,
		max: 80,
		step: 1,
	},
	...presetStrengths,
	distilled,
	offload('offloadTextEncoder', 'text encoder'),
	offload('offloadGuardrails', 'guardrails'),
	offload('offloadTransformer', 'transformer'),
	timeLimit(3600),
] as const satisfies readonly Setting[];

export type Transfer1Settings = ValuesOf<typeof settingsTable>;
