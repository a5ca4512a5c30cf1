/** The settings of Cosmos-Transfer2.5 with its defaults and ranges. */
import {
	type ControlName,
	choiceRow,
	integerRow,
	numberRow,
	type RemovedSetting,
	type Setting,
	switchRow,
	timeLimit,
	type ValuesOf,
} from '../settings/settings.js';
import {maskOf} from './control-roles.js';
import {offload, presetStrengths, seed, steps, weights} from './setting-rows.js';

/** The program reads no more, whatever the video has. */
export const mostFrames = 5000;

const resolutions = ['1080', '1024', '720', '512', '480', '256'] as const;

export const settingsTable = [
	...weights,
	steps('sample'),
	integerRow('guidance', 'sample', 3, [0, 7, 1], 'how strictly the video follows the text'),
	seed(2025, 'sample'),
	choiceRow('resolution', 'sample', '720', resolutions, 'lines that the model works with'),
	switchRow('keepInputResolution', 'sample', true, 'scale the result to the size of the video', {
		label: 'keep size',
	}),
	integerRow(
		'maxFrames',
		'sample',
		mostFrames,
		[2, mostFrames, 1],
		'frames that are read of the video',
		{
			label: 'max frames',
			main: false,
		},
	),
	integerRow(
		'framesPerChunk',
		'sample',
		93,
		[5, 189, 4],
		'frames that are made at a time: 4n + 1',
		{
			label: 'frames per chunk',
			main: false,
		},
	),
	integerRow(
		'conditionalFrames',
		'sample',
		1,
		[0, 2, 1],
		'frames of a chunk that the next one begins with',
		{
			label: 'overlap',
			main: false,
		},
	),
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
		...switchRow('distilled', 'process', false, 'the distilled model', {main: false}),
		problem:
			'the distilled model is experimental, makes exactly 93 frames and ignores guidance and negative prompt',
	},
	// The program reads it and does nothing with it.
	numberRow('sigmaMax', 'sample', 200, [0, 200, 5], 'has no effect', {
		label: 'sigma max',
		main: false,
	}),
];

export type Transfer25Settings = ValuesOf<typeof settingsTable>;

/** The row of where a control works. */
function mask<C extends ControlName>(control: C) {
	const help = `${control} only where ${maskOf(control)}.mp4 is white, if the file exists`;
	return switchRow(maskKey(control), 'sample', true, help, {
		label: `${control} mask`,
		main: false,
	});
}

export type MaskKey<C extends ControlName = ControlName> = `${C}Mask`;

/** The setting that says whether a control's mask is used. */
export function maskKey<C extends ControlName>(control: C): MaskKey<C> {
	return `${control}Mask`;
}
