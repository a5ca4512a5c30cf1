/**
 * The samples that the program reads: one object for each run, every value said. Its keys are those of
 * NVIDIA/cosmos-framework (August 2026), which refuses one that it does not know.
 */
import {activeControls, type SettingValue} from '../../settings/settings.js';
import type {Transfer} from '../family.js';
import type {JobPlaces} from '../model-job.js';
import {type SettingWriters, writeSettings} from '../setting-writers.js';
import {hintNames, hintOrder, sourceRoles} from './hints.js';
import type {
	ImageSettings,
	ReasonerSettings,
	TransferSettings3,
	Video2VideoSettings,
	VideoSettings,
} from './rows.js';

/** Settings that are flags of the process, and our own: no sample has them. */
type NotSampled =
	| 'checkpoint'
	| 'guardrails'
	| 'offloadGuardrails'
	| 'diffusionCache'
	| 'cacheThreshold'
	| 'timeLimit';

type Keys<S> = SettingWriters<S, Exclude<keyof S, NotSampled>, object>;

const as = (key: string) => (value: SettingValue) => ({[key]: value});

/** NVIDIA writes a ratio with a comma. */
const aspectRatio = (ratio: string) => ({aspect_ratio: ratio.replace(':', ',')});

const pictureKeys = {
	resolution: as('resolution'),
	aspectRatio,
	steps: as('num_steps'),
	guidance: as('guidance'),
	shift: as('shift'),
	seed: as('seed'),
	outputs: as('num_outputs'),
};

const imageKeys: Keys<ImageSettings> = {...pictureKeys, quality: as('image_save_quality')};

const videoKeys: Keys<VideoSettings> = {
	...pictureKeys,
	fps: as('fps'),
	frames: as('num_frames'),
	sound: as('enable_sound'),
	quality: as('video_save_quality'),
};

const video2videoKeys: Keys<Video2VideoSettings> = {
	...videoKeys,
	keptLatents: count => ({
		condition_frame_indexes_vision: Array.from({length: count}, (_, at) => at),
	}),
	keptEnd: as('condition_video_keep'),
};

/** The usual one: the scale of `quality` is that of videos. */
export const pictureQuality = 95;

/** What the sample of a transfer says of its controls is in an object of each. */
const inControls = () => ({});

const transferKeys: Keys<TransferSettings3> = {
	...pictureKeys,
	fps: as('fps'),
	// 1 says that it is a picture; the length is that of the controls.
	frames: frames => ({max_frames: frames, num_frames: frames}),
	quality: (value, {frames}) =>
		frames === 1 ? {image_save_quality: pictureQuality} : {video_save_quality: value},
	controlGuidance: as('control_guidance'),
	chunkFrames: as('num_video_frames_per_chunk'),
	overlap: as('num_conditional_frames'),
	sourceFrames: as('num_first_chunk_conditional_frames'),
	emphasize: as('emphasize_control_in_prompt'),
	showControl: as('show_control_condition'),
	showInput: as('show_input'),
	vis: inControls,
	edge: inControls,
	depth: inControls,
	seg: inControls,
	wsm: inControls,
	blur: inControls,
	canny: inControls,
};

const reasonerKeys: Keys<ReasonerSettings> = {
	seed: as('seed'),
	maxTokens: as('max_new_tokens'),
	sampling: as('do_sample'),
	temperature: as('temperature'),
	topK: count => (count === 0 ? {} : {top_k: count}),
	topP: as('top_p'),
	repetitionPenalty: as('repetition_penalty'),
	presencePenalty: as('presence_penalty'),
	videoFps: as('video_fps'),
};

const keysOf = {
	text2video: videoKeys,
	image2video: videoKeys,
	video2video: video2videoKeys,
	text2image: imageKeys,
	image2image: imageKeys,
	transfer: transferKeys,
	reasoner: reasonerKeys,
} as const;

export type ModeName = keyof typeof keysOf;

/** What a mode always says besides its settings. */
const constants: Readonly<Record<ModeName, object>> = {
	text2video: {negative_prompt_keep_metadata: true},
	image2video: {negative_prompt_keep_metadata: true, condition_frame_indexes_vision: [0]},
	video2video: {negative_prompt_keep_metadata: true},
	text2image: {num_frames: 1},
	image2image: {num_frames: 1, condition_frame_indexes_vision: [0]},
	// As NVIDIA's own specs of transfers.
	transfer: {
		negative_prompt_keep_metadata: false,
		negative_metadata_mode: 'none',
		share_vision_temporal_positions: true,
	},
	reasoner: {},
};

/**
 * The sample of a run. Its paths are relative to its folder.
 * @param name the folder of its outputs, below that of the process
 */
export function sampleOf(
	mode: ModeName,
	name: string,
	{promptText, negative, settings}: Transfer,
	{runFolder, inputs}: Pick<JobPlaces, 'runFolder' | 'inputs'>,
): Record<string, unknown> {
	const up = '../'.repeat(runFolder.split('/').length);
	const pathTo = (file: string | undefined) => file && up + file;
	const source = sourceRoles.flatMap(role => inputs[role] ?? [])[0];
	const keys = keysOf[mode] as unknown as SettingWriters<typeof settings, string, object>;
	return {
		name,
		// A transfer is none of NVIDIA's modes: this one only gives defaults, all of which are said.
		model_mode: mode === 'transfer' ? transferMode(settings) : mode,
		prompt: promptText,
		// Without a word of it, the model takes its own.
		...(negative !== '' && mode !== 'reasoner' && {negative_prompt: negative}),
		...(source !== undefined && {vision_path: pathTo(source)}),
		...constants[mode],
		...Object.assign({}, ...writeSettings(keys, settings)),
		...(mode === 'transfer' && controlsOf(settings, inputs, pathTo)),
	};
}

const transferMode = ({frames}: Transfer['settings']) =>
	frames === 1 ? 'image2image' : 'video2video';

function controlsOf(
	settings: Transfer['settings'],
	inputs: JobPlaces['inputs'],
	pathTo: (file: string | undefined) => string | undefined,
): Record<string, object> {
	const active = activeControls(settings);
	return Object.fromEntries(
		hintOrder
			.filter(hint => active.includes(hint))
			.map(hint => [
				hintNames[hint],
				{
					control_path: pathTo(inputs[hint]),
					weight: settings[hint],
					...(hint === 'vis' && {preset_blur_strength: settings.blur}),
					...(hint === 'edge' && {preset_edge_threshold: settings.canny}),
				},
			]),
	);
}
