import {
	anyPath,
	bool,
	dict,
	enumeration,
	filePath,
	filePathOrUrl,
	float,
	integer,
	type Kind,
	list,
	literal,
	model,
	pair,
	text,
} from '../python/pydantic.js';
import type {PythonValue} from '../python/values.js';

export const hints = ['edge', 'blur', 'depth', 'seg', 'wsm'] as const;
export type Hint = (typeof hints)[number];

export const modes = [
	'text2image',
	'text2video',
	'image2image',
	'image2video',
	'video2video',
	'audio_image2video',
	'forward_dynamics',
	'inverse_dynamics',
	'wam',
	'reasoner',
] as const;
export type Mode = (typeof modes)[number];

/** Modes that work on the actions of a robot or a vehicle. */
export function isActionMode(mode: Mode): boolean {
	return mode === 'forward_dynamics' || mode === 'inverse_dynamics' || mode === 'wam';
}

export const resolutions = ['256', '480', '704', '720', '768'] as const;
export const aspects = ['1,1', '4,3', '3,4', '16,9', '9,16'] as const;
const strengths = ['very_low', 'low', 'medium', 'high', 'very_high'];

/** One field of a sample. */
export type Field = {
	kind: Kind;
	/** What the program works with when neither the sample nor the defaults of its mode have a value. */
	fallback?: PythonValue;
	/** Only a transfer may have it; its value when it is left out. */
	transfer?: PythonValue;
	/** A sample without a value cannot be made: a file of defaults has forgotten it. */
	required?: true;
	/** It is not among the resolved values. */
	inputOnly?: true;
};

const positive = integer({gt: 0});
const natural = integer({ge: 0});
const control = {control_path: filePathOrUrl, weight: float()};

/**
 * Every field of a sample, in the order in which the program checks and writes them
 * (NVIDIA/cosmos-framework 1.2.2, August 2026). A key that is not here is an error. Null is the same
 * as no value.
 */
export const fields = {
	prompt_upsampling: {kind: bool, inputOnly: true},
	prompt_upsampler_max_tokens: {kind: positive, fallback: 20_000n},
	prompt_upsampler_temperature: {kind: float({ge: 0}), fallback: 0.7},
	prompt_upsampler_top_p: {kind: float({ge: 0, le: 1}), fallback: 0.8},
	prompt_upsampler_top_k: {kind: natural, fallback: 20n},
	prompt_upsampler_repetition_penalty: {kind: float({gt: 0}), fallback: 1},
	prompt_upsampler_presence_penalty: {kind: float(), fallback: 1.5},
	prompt_upsampler_seed: {kind: integer(), fallback: 3407n},

	control_guidance: {kind: float({ge: 0, le: 10}), fallback: 1},
	control_guidance_interval: {kind: pair(float({ge: 0})), transfer: null},
	edge: {
		kind: model('EdgeTransferOverrides', {
			...control,
			preset_edge_threshold: enumeration(...strengths),
		}),
	},
	blur: {
		kind: model('BlurTransferOverrides', {
			...control,
			preset_blur_strength: enumeration('none', ...strengths),
		}),
	},
	depth: {kind: model('TransferOverrides', control)},
	seg: {kind: model('TransferOverrides', control)},
	wsm: {kind: model('TransferOverrides', control)},
	negative_prompt_file: {kind: text, transfer: null},
	num_video_frames_per_chunk: {kind: positive, transfer: 93n},
	num_conditional_frames: {kind: natural, transfer: 1n},
	max_frames: {kind: positive, transfer: 5000n},
	show_control_condition: {kind: bool, transfer: false},
	show_input: {kind: bool, transfer: false},
	num_first_chunk_conditional_frames: {kind: natural, transfer: 0n},
	share_vision_temporal_positions: {kind: bool, transfer: true},
	emphasize_control_in_prompt: {kind: bool, transfer: true},

	max_new_tokens: {kind: positive},
	do_sample: {kind: bool},
	temperature: {kind: float({gt: 0, le: 100})},
	top_k: {kind: positive},
	top_p: {kind: float({gt: 0, le: 1})},
	repetition_penalty: {kind: float({gt: 0})},
	presence_penalty: {kind: float()},
	video_fps: {kind: float({gt: 0})},

	action_path: {kind: filePathOrUrl},
	domain_name: {kind: text, fallback: ''},
	image_size: {kind: positive, fallback: 256n},
	action_chunk_size: {kind: positive, fallback: 16n},
	raw_action_dim: {kind: positive},
	view_point: {kind: text, fallback: 'ego_view'},

	enable_sound: {kind: bool, fallback: false},
	sound_path: {kind: filePathOrUrl},

	vision_path: {kind: filePathOrUrl},
	condition_frame_indexes_vision: {kind: list(integer())},
	condition_video_keep: {kind: literal('first', 'last'), fallback: 'first'},
	resolution: {kind: literal(...resolutions)},
	aspect_ratio: {kind: literal(...aspects)},
	fps: {kind: integer({ge: 1}), required: true},
	num_frames: {kind: positive, required: true},
	video_save_quality: {kind: integer({ge: 0, le: 10}), required: true},
	image_save_quality: {kind: integer({ge: 0, le: 100}), required: true},

	prompt_path: {kind: filePath, inputOnly: true},
	prompt: {kind: text},
	negative_prompt: {kind: text},
	duration_template: {kind: text},
	resolution_template: {kind: text},
	negative_metadata_mode: {kind: enumeration('none', 'same', 'inverse'), required: true},
	inverse_duration_template: {kind: text, required: true},
	inverse_resolution_template: {kind: text, required: true},
	negative_prompt_keep_metadata: {kind: bool, required: true},

	model_mode: {kind: enumeration(...modes)},

	num_steps: {kind: positive, required: true},
	guidance: {kind: float({ge: 0, le: 7}), required: true},
	guidance_interval: {kind: pair(float({ge: 0}))},
	normalize_cfg: {kind: bool, required: true},
	shift: {kind: float(), required: true},
	sigma_max: {kind: float(), required: true},

	output_dir: {kind: anyPath},
	model: {kind: text, fallback: ''},
	extra: {kind: dict, fallback: {}},
	name: {kind: text},
	num_outputs: {kind: positive, fallback: 1n},
	seed: {kind: integer()},
	tensors_file: {kind: filePath},
	pickle_file: {kind: filePath},
	defaults_file: {kind: filePath, inputOnly: true},
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof fields;
export const fieldTable: ReadonlyArray<readonly [FieldName, Field]> = Object.entries(
	fields,
) as Array<[FieldName, Field]>;

/** Kinds of all fields, and the rule that fields of a transfer need a hint. */
export const sampleKind = model(
	'OmniSampleOverrides',
	Object.fromEntries(fieldTable.map(([name, {kind}]) => [name, kind])),
	values => {
		const asks =
			fieldTable.some(([name, {transfer}]) => transfer !== undefined && values[name] !== null) ||
			![null, 1].includes(values.control_guidance as number | null);
		return asks && hints.every(hint => values[hint] === null)
			? `transfer inference requires at least one control hint (${hints.join(', ')})`
			: undefined;
	},
);
