/** The settings of Cosmos-Transfer2.5 with its defaults and ranges. */
import {type ControlName, type Setting, timeLimit, type ValuesOf} from '../settings.js';
import {maskOf} from './control-roles.js';
import {distilled, offload, presetStrengths, seed, steps, weights} from './setting-rows.js';

/** Noise replaces the input completely: the same as leaving it out of the spec. */
export const wholeNoise = 200;

export const settingsTable = [
	...weights,
	steps('sample'),
	{
		key: 'guidance',
		label: 'guidance',
		help: 'how strictly the video follows the text',
		main: true,
		scope: 'sample',
		kind: 'integer',
		default: 3,
		min: 0,
		max: 7,
		step: 1,
	},
	seed(2025, 'sample'),
	{
		key: 'resolution',
		label: 'resolution',
		help: 'height of the result in lines',
		main: true,
		scope: 'sample',
		kind: 'choice',
		default: '720',
		choices: ['720', '480'],
	},
	{
		key: 'sigmaMax',
		label: 'sigma max',
		help: 'how much noise replaces the input',
		main: true,
		scope: 'sample',
		kind: 'number',
		default: wholeNoise,
		min: 0,
		max: wholeNoise,
		step: 5,
	},
	...presetStrengths('sample'),
	mask('vis'),
	mask('edge'),
	mask('depth'),
	mask('seg'),
	distilled,
	offload('offloadGuardrails', 'guardrails'),
	timeLimit(3600),
] as const satisfies readonly Setting[];

export type Transfer25Settings = ValuesOf<typeof settingsTable>;

/** The row of where a control works. */
function mask<C extends ControlName>(control: C) {
	return {
		key: maskKey(control),
		label: `${control} mask`,
		help: `${control} only where ${maskOf(control)}.mp4 is white, if the file exists`,
		main: false,
		scope: 'sample',
		kind: 'switch',
		default: true,
	} as const;
}

export type MaskKey<C extends ControlName = ControlName> = `${C}Mask`;

/** The setting that says whether a control's mask is used. */
export function maskKey<C extends ControlName>(control: C): MaskKey<C> {
	return `${control}Mask`;
}
