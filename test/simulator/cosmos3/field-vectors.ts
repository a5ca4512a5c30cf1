/**
 * What Cosmos 3 says of a sample, field by field, before anything is loaded. The samples are the
 * text of a file, because 24 and 24.0 are different values there.
 */

/** A sample that is refused, and of each field what is said, with pydantic's own type of the problem. */
export type Refused = readonly [sample: string, ...problems: string[]];

const noHint =
	'Value error, transfer inference requires at least one control hint (edge, blur, depth, seg, wsm)';
const modes =
	"'text2image', 'text2video', 'image2image', 'image2video', 'video2video', 'audio_image2video', 'forward_dynamics', 'inverse_dynamics', 'wam' or 'reasoner'";

export const refusedFields: readonly Refused[] = [
	// Keys that there are not, on every level.
	['{"width": 640}', 'width: Extra inputs are not permitted [extra_forbidden]'],
	['{"control_weight": 1}', 'control_weight: Extra inputs are not permitted [extra_forbidden]'],
	[
		'{"edge": {"control_weight": 0.5}}',
		'edge.control_weight: Extra inputs are not permitted [extra_forbidden]',
	],
	[
		'{"blur": {"preset_edge_threshold": "low"}}',
		'blur.preset_edge_threshold: Extra inputs are not permitted [extra_forbidden]',
	],
	[
		'{"depth": {"preset_edge_threshold": "low"}}',
		'depth.preset_edge_threshold: Extra inputs are not permitted [extra_forbidden]',
	],
	['{"vis": {}}', 'vis: Extra inputs are not permitted [extra_forbidden]'],
	[
		'{"edge": {"mask_path": "in/clip.mp4"}}',
		'edge.mask_path: Extra inputs are not permitted [extra_forbidden]',
	],
	[
		'{"native_prompt_upsampling": false}',
		'native_prompt_upsampling: Extra inputs are not permitted [extra_forbidden]',
	],
	// Several at once: fields in their order, unknown keys after them.
	[
		'{"nonsense": {"a": [1, 2.5, true, null, "it\'s"]}, "fps": 0, "prompt": 5}',
		'fps: Input should be greater than or equal to 1 [greater_than_equal]',
		'prompt: Input should be a valid string [string_type]',
		'nonsense: Extra inputs are not permitted [extra_forbidden]',
	],
	[
		'{"edge": {"weight": "a", "control_weight": 1}}',
		'edge.weight: Input should be a valid number, unable to parse string as a number [float_parsing]',
		'edge.control_weight: Extra inputs are not permitted [extra_forbidden]',
	],
	// A hint is an object.
	[
		'{"edge": true}',
		'edge: Input should be a valid dictionary or instance of EdgeTransferOverrides [model_type]',
	],
	[
		'{"blur": "in/clip.mp4"}',
		'blur: Input should be a valid dictionary or instance of BlurTransferOverrides [model_type]',
	],
	[
		'{"seg": []}',
		'seg: Input should be a valid dictionary or instance of TransferOverrides [model_type]',
	],
	[
		'{"edge": {"preset_edge_threshold": "none"}}',
		"edge.preset_edge_threshold: Input should be 'very_low', 'low', 'medium', 'high' or 'very_high' [enum]",
	],
	[
		'{"blur": {"preset_blur_strength": "strong"}}',
		"blur.preset_blur_strength: Input should be 'none', 'very_low', 'low', 'medium', 'high' or 'very_high' [enum]",
	],
	[
		'{"edge": {"control_path": "in/none.mp4"}}',
		'edge.control_path: Value error, Path does not point to a file: in/none.mp4 [value_error]',
	],
	[
		'{"wsm": {"control_path": 5}}',
		'wsm.control_path: Input should be a valid string [string_type]',
	],
	// Fields of a transfer without a hint.
	['{"max_frames": 100}', `${noHint} [value_error]`],
	['{"edge": null, "max_frames": 5}', `${noHint} [value_error]`],
	['{"show_input": false}', `${noHint} [value_error]`],
	['{"show_control_condition": true}', `${noHint} [value_error]`],
	['{"negative_prompt_file": "neg_prompts.json"}', `${noHint} [value_error]`],
	['{"num_video_frames_per_chunk": 93}', `${noHint} [value_error]`],
	['{"num_conditional_frames": 1}', `${noHint} [value_error]`],
	['{"num_first_chunk_conditional_frames": 0}', `${noHint} [value_error]`],
	['{"share_vision_temporal_positions": true}', `${noHint} [value_error]`],
	['{"emphasize_control_in_prompt": false}', `${noHint} [value_error]`],
	['{"control_guidance_interval": [0, 1000]}', `${noHint} [value_error]`],
	['{"control_guidance": 1.5}', `${noHint} [value_error]`],
	// A wrong field comes first: all of the sample is looked at only when each field is right.
	[
		'{"max_frames": 100, "fps": 0}',
		'fps: Input should be greater than or equal to 1 [greater_than_equal]',
	],
	// Integers.
	[
		'{"fps": 29.97}',
		'fps: Input should be a valid integer, got a number with a fractional part [int_from_float]',
	],
	['{"fps": 0}', 'fps: Input should be greater than or equal to 1 [greater_than_equal]'],
	[
		'{"fps": "fast"}',
		'fps: Input should be a valid integer, unable to parse string as an integer [int_parsing]',
	],
	['{"fps": [24]}', 'fps: Input should be a valid integer [int_type]'],
	['{"fps": NaN}', 'fps: Input should be a finite number [finite_number]'],
	[
		'{"fps": 1e30}',
		'fps: Unable to parse input string as an integer, exceeded maximum size [int_parsing_size]',
	],
	['{"num_frames": 0}', 'num_frames: Input should be greater than 0 [greater_than]'],
	['{"num_steps": 0}', 'num_steps: Input should be greater than 0 [greater_than]'],
	[
		'{"num_steps": 35.5}',
		'num_steps: Input should be a valid integer, got a number with a fractional part [int_from_float]',
	],
	['{"num_outputs": 0}', 'num_outputs: Input should be greater than 0 [greater_than]'],
	[
		'{"seed": 1.5}',
		'seed: Input should be a valid integer, got a number with a fractional part [int_from_float]',
	],
	[
		'{"seed": "0x10"}',
		'seed: Input should be a valid integer, unable to parse string as an integer [int_parsing]',
	],
	[
		'{"video_save_quality": 11}',
		'video_save_quality: Input should be less than or equal to 10 [less_than_equal]',
	],
	[
		'{"image_save_quality": 101}',
		'image_save_quality: Input should be less than or equal to 100 [less_than_equal]',
	],
	[
		'{"image_save_quality": -1}',
		'image_save_quality: Input should be greater than or equal to 0 [greater_than_equal]',
	],
	['{"edge": {}, "max_frames": 0}', 'max_frames: Input should be greater than 0 [greater_than]'],
	[
		'{"edge": {}, "num_video_frames_per_chunk": 0}',
		'num_video_frames_per_chunk: Input should be greater than 0 [greater_than]',
	],
	[
		'{"edge": {}, "num_conditional_frames": -1}',
		'num_conditional_frames: Input should be greater than or equal to 0 [greater_than_equal]',
	],
	[
		'{"edge": {}, "num_first_chunk_conditional_frames": -1}',
		'num_first_chunk_conditional_frames: Input should be greater than or equal to 0 [greater_than_equal]',
	],
	['{"image_size": 0}', 'image_size: Input should be greater than 0 [greater_than]'],
	['{"action_chunk_size": 0}', 'action_chunk_size: Input should be greater than 0 [greater_than]'],
	['{"raw_action_dim": 0}', 'raw_action_dim: Input should be greater than 0 [greater_than]'],
	['{"max_new_tokens": 0}', 'max_new_tokens: Input should be greater than 0 [greater_than]'],
	['{"top_k": 0}', 'top_k: Input should be greater than 0 [greater_than]'],
	[
		'{"prompt_upsampler_max_tokens": 0}',
		'prompt_upsampler_max_tokens: Input should be greater than 0 [greater_than]',
	],
	[
		'{"prompt_upsampler_top_k": -1}',
		'prompt_upsampler_top_k: Input should be greater than or equal to 0 [greater_than_equal]',
	],
	// Numbers.
	['{"guidance": 7.5}', 'guidance: Input should be less than or equal to 7 [less_than_equal]'],
	[
		'{"guidance": -0.1}',
		'guidance: Input should be greater than or equal to 0 [greater_than_equal]',
	],
	['{"guidance": NaN}', 'guidance: Input should be less than or equal to 7 [less_than_equal]'],
	[
		'{"guidance": "high"}',
		'guidance: Input should be a valid number, unable to parse string as a number [float_parsing]',
	],
	['{"guidance": {}}', 'guidance: Input should be a valid number [float_type]'],
	[
		'{"control_guidance": 10.5}',
		'control_guidance: Input should be less than or equal to 10 [less_than_equal]',
	],
	[
		'{"edge": {}, "control_guidance": -1}',
		'control_guidance: Input should be greater than or equal to 0 [greater_than_equal]',
	],
	[
		'{"shift": "much"}',
		'shift: Input should be a valid number, unable to parse string as a number [float_parsing]',
	],
	['{"sigma_max": []}', 'sigma_max: Input should be a valid number [float_type]'],
	['{"temperature": 0}', 'temperature: Input should be greater than 0 [greater_than]'],
	[
		'{"temperature": 101}',
		'temperature: Input should be less than or equal to 100 [less_than_equal]',
	],
	['{"top_p": 0}', 'top_p: Input should be greater than 0 [greater_than]'],
	['{"top_p": 1.1}', 'top_p: Input should be less than or equal to 1 [less_than_equal]'],
	[
		'{"repetition_penalty": 0}',
		'repetition_penalty: Input should be greater than 0 [greater_than]',
	],
	['{"video_fps": 0}', 'video_fps: Input should be greater than 0 [greater_than]'],
	[
		'{"prompt_upsampler_temperature": -1}',
		'prompt_upsampler_temperature: Input should be greater than or equal to 0 [greater_than_equal]',
	],
	[
		'{"prompt_upsampler_top_p": 2}',
		'prompt_upsampler_top_p: Input should be less than or equal to 1 [less_than_equal]',
	],
	[
		'{"prompt_upsampler_repetition_penalty": 0}',
		'prompt_upsampler_repetition_penalty: Input should be greater than 0 [greater_than]',
	],
	// Words.
	['{"prompt": 5}', 'prompt: Input should be a valid string [string_type]'],
	['{"prompt": {"subjects": []}}', 'prompt: Input should be a valid string [string_type]'],
	['{"negative_prompt": ["a"]}', 'negative_prompt: Input should be a valid string [string_type]'],
	['{"name": 5}', 'name: Input should be a valid string [string_type]'],
	[
		'{"resolution": 720}',
		"resolution: Input should be '256', '480', '704', '720' or '768' [literal_error]",
	],
	[
		'{"resolution": "1080"}',
		"resolution: Input should be '256', '480', '704', '720' or '768' [literal_error]",
	],
	[
		'{"aspect_ratio": "16:9"}',
		"aspect_ratio: Input should be '1,1', '4,3', '3,4', '16,9' or '9,16' [literal_error]",
	],
	[
		'{"condition_video_keep": "middle"}',
		"condition_video_keep: Input should be 'first' or 'last' [literal_error]",
	],
	[
		'{"negative_metadata_mode": "other"}',
		"negative_metadata_mode: Input should be 'none', 'same' or 'inverse' [enum]",
	],
	['{"model_mode": "policy"}', `model_mode: Input should be ${modes} [enum]`],
	['{"model_mode": "transfer"}', `model_mode: Input should be ${modes} [enum]`],
	['{"model_mode": "video2image"}', `model_mode: Input should be ${modes} [enum]`],
	// Yes and no.
	[
		'{"enable_sound": "maybe"}',
		'enable_sound: Input should be a valid boolean, unable to interpret input [bool_parsing]',
	],
	[
		'{"normalize_cfg": 2}',
		'normalize_cfg: Input should be a valid boolean, unable to interpret input [bool_parsing]',
	],
	['{"do_sample": 0.5}', 'do_sample: Input should be a valid boolean [bool_type]'],
	['{"prompt_upsampling": []}', 'prompt_upsampling: Input should be a valid boolean [bool_type]'],
	// Lists and pairs.
	['{"guidance_interval": 5}', 'guidance_interval: Input should be a valid tuple [tuple_type]'],
	['{"guidance_interval": [0]}', 'guidance_interval.1: Field required [missing]'],
	[
		'{"guidance_interval": []}',
		'guidance_interval.0: Field required [missing]',
		'guidance_interval.1: Field required [missing]',
	],
	[
		'{"guidance_interval": [0, 1, 2]}',
		'guidance_interval: Tuple should have at most 2 items after validation, not 3 [too_long]',
	],
	[
		'{"guidance_interval": [0, -1]}',
		'guidance_interval.1: Input should be greater than or equal to 0 [greater_than_equal]',
	],
	[
		'{"condition_frame_indexes_vision": 0}',
		'condition_frame_indexes_vision: Input should be a valid list [list_type]',
	],
	[
		'{"condition_frame_indexes_vision": [1.5, "a"]}',
		'condition_frame_indexes_vision.0: Input should be a valid integer, got a number with a fractional part [int_from_float]',
		'condition_frame_indexes_vision.1: Input should be a valid integer, unable to parse string as an integer [int_parsing]',
	],
	['{"extra": []}', 'extra: Input should be a valid dictionary [dict_type]'],
	// Files.
	[
		'{"vision_path": "in/none.mp4"}',
		'vision_path: Value error, Path does not point to a file: in/none.mp4 [value_error]',
	],
	[
		'{"vision_path": ""}',
		'vision_path: Value error, Path does not point to a file:  [value_error]',
	],
	[
		'{"vision_path": "in"}',
		'vision_path: Value error, Path does not point to a file: in [value_error]',
	],
	[
		'{"sound_path": "in/none.wav"}',
		'sound_path: Value error, Path does not point to a file: in/none.wav [value_error]',
	],
	['{"action_path": 5}', 'action_path: Input should be a valid string [string_type]'],
	['{"prompt_path": "in/none.txt"}', 'prompt_path: Path does not point to a file [path_not_file]'],
	[
		'{"prompt_path": 5}',
		"prompt_path: Input is not a valid path for <class 'pathlib.Path'> [path_type]",
	],
	[
		'{"defaults_file": "in/none.json"}',
		'defaults_file: Path does not point to a file [path_not_file]',
	],
	[
		'{"tensors_file": true}',
		"tensors_file: Input is not a valid path for <class 'pathlib.Path'> [path_type]",
	],
	[
		'{"output_dir": 5}',
		"output_dir: Input is not a valid path for <class 'pathlib.Path'> [path_type]",
	],
	// What is no object at all.
	[
		'[{"prompt": "a"}]',
		'Input should be a valid dictionary or instance of OmniSampleOverrides [model_type]',
	],
];

/** A sample that is accepted, and the values that it is taken for. */
export const acceptedFields: ReadonlyArray<readonly [sample: string, values: string]> = [
	['{}', '{}'],
	['{"fps": null}', '{}'],
	['{"fps": 24.0}', '{"fps": 24}'],
	['{"fps": "24"}', '{"fps": 24}'],
	['{"fps": "24.0"}', '{"fps": 24}'],
	['{"fps": true}', '{"fps": 1}'],
	['{"seed": -5}', '{"seed": -5}'],
	['{"seed": 1000000000000000000000000000000}', '{"seed": 1000000000000000000000000000000}'],
	['{"seed": "1_000"}', '{"seed": 1000}'],
	['{"guidance": 3}', '{"guidance": 3.0}'],
	['{"guidance": "3"}', '{"guidance": 3.0}'],
	['{"guidance": 7}', '{"guidance": 7.0}'],
	['{"shift": "1e3"}', '{"shift": 1000.0}'],
	['{"normalize_cfg": "yes"}', '{"normalize_cfg": true}'],
	['{"normalize_cfg": "OFF"}', '{"normalize_cfg": false}'],
	['{"normalize_cfg": 1.0}', '{"normalize_cfg": true}'],
	['{"guidance_interval": ["1", 2]}', '{"guidance_interval": [1.0, 2.0]}'],
	['{"control_guidance": 1}', '{"control_guidance": 1.0}'],
	['{"edge": {}}', '{"edge": {}}'],
	['{"edge": {}, "max_frames": 100}', '{"edge": {}, "max_frames": 100}'],
	['{"edge": {"weight": -3}}', '{"edge": {"weight": -3.0}}'],
	['{"blur": {"preset_blur_strength": "none"}}', '{"blur": {"preset_blur_strength": "none"}}'],
	[
		'{"vision_path": "https://host.example/a.mp4"}',
		'{"vision_path": "https://host.example/a.mp4"}',
	],
	['{"vision_path": "./in/../in/clip.mp4"}', '{"vision_path": "FOLDER/in/../in/clip.mp4"}'],
	['{"vision_path": "in/words.txt"}', '{"vision_path": "FOLDER/in/words.txt"}'],
	['{"output_dir": "anywhere"}', '{"output_dir": "FOLDER/anywhere"}'],
	['{"extra": {"note": [1, "a"]}, "model": "m"}', '{"model": "m", "extra": {"note": [1, "a"]}}'],
	['{"fps": 12, "fps": 30}', '{"fps": 30}'],
];
