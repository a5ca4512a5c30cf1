import type {Dict} from '../python/values.js';
import type {Hint, Mode} from './fields.js';

/** Stands in for the long text of `defaults/neg_prompts.json`. */
export const negativePrompt =
	'{"aesthetics": {"mood_atmosphere": "SIMULATED: the negative prompt of the framework stands here."}}';

const texts = {
	duration_template: 'The video lasts {duration:.1f} seconds at {fps:.0f} FPS.',
	resolution_template: 'This video is of {height}x{width} resolution.',
	negative_metadata_mode: 'none',
	inverse_duration_template: 'The video does not last {duration:.1f} seconds at {fps:.0f} FPS.',
	inverse_resolution_template: 'This video is not of {height}x{width} resolution.',
	negative_prompt_keep_metadata: true,
};
const shared = {
	...texts,
	num_steps: 35n,
	guidance: 6,
	shift: 10,
	sigma_max: 80,
	normalize_cfg: false,
	fps: 24n,
	video_save_quality: 10n,
	image_save_quality: 95n,
	enable_sound: false,
};
const video = {...shared, negative_prompt: negativePrompt, aspect_ratio: '16,9', num_frames: 189n};
const image = {
	...shared,
	negative_prompt: '',
	resolution_template: 'This image is of {height}x{width} resolution.',
};
const action = {...video, negative_prompt: '', num_steps: 30n, guidance: 1};

/** What a sample of a mode has where it says nothing. */
export const modeDefaults: Readonly<Record<Mode, Dict>> = {
	text2image: {
		...image,
		num_steps: 50n,
		guidance: 4,
		shift: 3,
		aspect_ratio: '1,1',
		num_frames: 1n,
	},
	text2video: video,
	image2image: {...image, shift: 5},
	image2video: video,
	video2video: video,
	audio_image2video: {...video, enable_sound: true},
	forward_dynamics: action,
	inverse_dynamics: action,
	wam: action,
	reasoner: {
		max_new_tokens: 1024n,
		do_sample: false,
		temperature: 1,
		repetition_penalty: 1,
		presence_penalty: 0,
	},
};

/** What the reasoner, which makes no picture, is given in place of a picture's values. */
export const reasonerValues: Dict = {
	num_steps: 1n,
	guidance: 0,
	normalize_cfg: false,
	shift: 0,
	sigma_max: 0,
	negative_metadata_mode: 'none',
	inverse_duration_template: '',
	inverse_resolution_template: '',
	negative_prompt_keep_metadata: false,
	condition_frame_indexes_vision: [],
	num_frames: 1n,
	fps: 1n,
	video_save_quality: 0n,
	image_save_quality: 0n,
};

const guided = {guidance: 3, control_guidance: 1.5, shift: 10};

/** What a transfer with this one hint has where its sample says nothing, over the mode's defaults. */
export const hintDefaults: Readonly<Record<Hint, Dict>> = {
	edge: guided,
	blur: guided,
	depth: guided,
	seg: {...guided, control_guidance: 2},
	wsm: {
		guidance: 1,
		control_guidance: 3,
		shift: 10,
		num_frames: 101n,
		fps: 10n,
		num_video_frames_per_chunk: 101n,
	},
};
