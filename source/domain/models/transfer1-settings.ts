/**
 * The settings of Cosmos-Transfer1 with its defaults and ranges, where it has them; its
 * `num_steps`, `guidance` and `fps` have no upper bound, ours keep typing errors from costing GPU
 * hours.
 */
import {type ControlName, type Setting, timeLimit, type ValuesOf} from '../settings/settings.js';
import {offload, presetStrengths, seed, steps, weights} from './setting-rows.js';

/** For each video of a batch the program takes the weights alone. */
type Row = Setting & ({scope: 'process'} | {scope: 'sample'; key: ControlName | 'timeLimit'});

export const settingsTable = [
	...weights,
	steps('process'),
	{
		key: 'guidance',
		label: 'guidance',
		help: 'how strictly the video follows the text',
		main: true,
		scope: 'process',
		kind: 'number',
		default: 5,
		min: 0,
		max: 20,
		step: 0.5,
	},
	seed(1, 'process'),
	{
		key: 'fps',
		label: 'fps',
		help: 'frames per second of the result',
		main: true,
		scope: 'process',
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
		scope: 'process',
		kind: 'number',
		default: 70,
		min: 0,
		max: 80,
		step: 1,
	},
	...presetStrengths('process'),
	{
		key: 'distilled',
		label: 'distilled',
		help: 'the distilled, faster model; edge only',
		main: false,
		scope: 'process',
		kind: 'switch',
		default: false,
	},
	offload('offloadTextEncoder', 'text encoder'),
	offload('offloadGuardrails', 'guardrails'),
	offload('offloadTransformer', 'transformer'),
	timeLimit(3600),
] as const satisfies readonly Row[];

export type Transfer1Settings = ValuesOf<typeof settingsTable>;
