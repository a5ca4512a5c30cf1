/** The settings of Cosmos-Transfer2.5 with its defaults and ranges. */
import {
	type ControlName,
	type RemovedSetting,
	type Setting,
	timeLimit,
	type ValuesOf,
} from '../settings/settings.js';
import {maskOf} from './control-roles.js';
import {offload, presetStrengths, seed, steps, weights} from './setting-rows.js';

/** The program reads no more, whatever the video has. */
export const mostFrames = 5000;

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
		help: 'lines that the model works with',
		main: true,
		scope: 'sample',
		kind: 'choice',
		default: '720',
		choices: ['1080', '1024', '720', '512', '480', '256'],
	},
	{
		key: 'keepInputResolution',
		label: 'keep size',
		help: 'scale the result to the size of the video',
		main: true,
		scope: 'sample',
		kind: 'switch',
		default: true,
	},
	{
		key: 'maxFrames',
		label: 'max frames',
		help: 'frames that are read of the video',
		main: false,
		scope: 'sample',
		kind: 'integer',
		default: mostFrames,
		min: 2,
		max: mostFrames,
		step: 1,
	},
	{
		key: 'framesPerChunk',
		label: 'frames per chunk',
		help: 'frames that are made at a time: 4n + 1',
		main: false,
		scope: 'sample',
		kind: 'integer',
		default: 93,
		min: 5,
		max: 189,
		step: 4,
	},
	{
		key: 'conditionalFrames',
		label: 'overlap',
		help: 'frames of a chunk that the next one begins with',
		main: false,
		scope: 'sample',
		kind: 'integer',
		default: 1,
		min: 0,
		max: 2,
		step: 1,
	},
	...presetStrengths('sample'),
	mask('vis'),
	mask('edge'),
	mask('depth'),
	mask('seg'),
	offload('offloadGuardrails', 'guardrails'),
	timeLimit(3600),
] as const satisfies readonly Setting[];

/** Settings that there were in earlier versions. */
export const removedSettings: readonly RemovedSetting[] = [
	{
		key: 'distilled',
		label: 'distilled',
		help: 'the distilled model',
		main: false,
		scope: 'process',
		kind: 'switch',
		default: false,
		problem:
			'the distilled model is experimental, makes exactly 93 frames and ignores guidance and negative prompt',
	},
	// The program reads it and does nothing with it.
	{
		key: 'sigmaMax',
		label: 'sigma max',
		help: 'has no effect',
		main: false,
		scope: 'sample',
		kind: 'number',
		default: 200,
		min: 0,
		max: 200,
		step: 5,
	},
];

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
