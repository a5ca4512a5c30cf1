/**
 * What becomes of a sample once the model is there: the values that it is made with, or why it is
 * refused. Of the values only those that are named are compared.
 */
export type Built = readonly [
	sample: Readonly<Record<string, unknown>>,
	values: Readonly<Record<string, unknown>>,
	checkpoint?: string,
];

const transferDefaults = {
	num_video_frames_per_chunk: 93,
	num_conditional_frames: 1,
	max_frames: 5000,
	show_control_condition: false,
	show_input: false,
	num_first_chunk_conditional_frames: 0,
	share_vision_temporal_positions: true,
	emphasize_control_in_prompt: true,
};
const clip = 'in/clip.mp4';
const control = {control_path: clip};

export const built: readonly Built[] = [
	// The defaults of each mode.
	[
		{prompt: 'x'},
		{
			model_mode: 'text2video',
			num_steps: 35,
			guidance: 6,
			shift: 10,
			sigma_max: 80,
			normalize_cfg: false,
			fps: 24,
			num_frames: 189,
			resolution: '720',
			aspect_ratio: '16,9',
			seed: null,
			num_outputs: 1,
			video_save_quality: 10,
			image_save_quality: 95,
			enable_sound: false,
			control_guidance: 1,
			negative_metadata_mode: 'same',
			negative_prompt_keep_metadata: true,
			prompt: 'x',
			name: 'sample',
			condition_frame_indexes_vision: [],
			condition_video_keep: 'first',
			native_prompt_upsampling: false,
			prompt_upsampler_max_tokens: 20000,
			prompt_upsampler_temperature: 0.7,
			prompt_upsampler_top_p: 0.8,
			prompt_upsampler_top_k: 20,
			prompt_upsampler_repetition_penalty: 1,
			prompt_upsampler_presence_penalty: 1.5,
			prompt_upsampler_seed: 3407,
			domain_name: '',
			image_size: 256,
			action_chunk_size: 16,
			view_point: 'ego_view',
			max_frames: null,
			edge: null,
			max_new_tokens: null,
			model: '',
			extra: {},
		},
	],
	[
		{prompt: 'x', num_frames: 1},
		{
			model_mode: 'text2image',
			num_steps: 50,
			guidance: 4,
			shift: 3,
			aspect_ratio: '1,1',
			num_frames: 1,
			negative_prompt: '',
		},
	],
	[
		{vision_path: 'in/photo.png', num_frames: 1},
		{
			model_mode: 'image2image',
			num_steps: 35,
			guidance: 6,
			shift: 5,
			aspect_ratio: null,
			resolution: null,
			num_frames: 1,
		},
	],
	[
		{vision_path: 'in/photo.png'},
		{
			model_mode: 'image2video',
			num_frames: 189,
			condition_frame_indexes_vision: [0],
			aspect_ratio: '16,9',
		},
	],
	[
		{vision_path: clip},
		{model_mode: 'video2video', condition_frame_indexes_vision: [0, 1], guidance: 6},
	],
	[
		{model_mode: 'reasoner', prompt: 'What is this?'},
		{
			max_new_tokens: 1024,
			do_sample: false,
			temperature: 1,
			top_k: null,
			top_p: null,
			repetition_penalty: 1,
			presence_penalty: 0,
			video_fps: null,
			num_frames: 1,
			num_steps: 1,
			guidance: 0,
			resolution: null,
			negative_prompt: null,
			negative_metadata_mode: 'none',
			fps: 1,
		},
	],
	[{model_mode: 'wam'}, {num_steps: 30, guidance: 1, negative_prompt: ''}],
	[
		{model_mode: 'forward_dynamics', action_path: 'in/action.json'},
		{num_steps: 30, guidance: 1, domain_name: ''},
	],
	[{model_mode: 'audio_image2video', sound_path: 'in/sound.wav'}, {enable_sound: true}],
	// A mode that is said is not questioned.
	[{model_mode: 'image2video'}, {model_mode: 'image2video', vision_path: null}],
	[
		{model_mode: 'text2image', num_frames: 50},
		{num_frames: 53, num_steps: 50},
	],
	// Checkpoints.
	[{}, {num_frames: 121, resolution: '480', shift: 10}, 'Cosmos3-Edge'],
	[{num_frames: 189}, {num_frames: 189}, 'Cosmos3-Edge'],
	[{model_mode: 'text2image'}, {num_frames: 1, resolution: '480'}, 'Cosmos3-Edge'],
	[{edge: control}, {num_frames: 121}, 'Cosmos3-Edge'],
	[{}, {num_frames: 189, resolution: '720', shift: 10}, 'Cosmos3-Super'],
	[{model_mode: 'text2image'}, {resolution: '768'}, 'Cosmos3-Super-Text2Image-4Step'],
	[{vision_path: 'in/photo.png'}, {resolution: '480'}, 'Cosmos3-Super-Image2Video-4Step'],
	// Frames become 4n+1.
	[{num_frames: 190}, {num_frames: 193}],
	[{num_frames: 189}, {num_frames: 189}],
	[{num_frames: 2}, {num_frames: 5}],
	[{num_frames: 93}, {num_frames: 93}],
	[{num_frames: 94}, {num_frames: 97}],
	// Texts.
	[{}, {prompt: ''}],
	[{prompt: 'said', prompt_path: 'in/words.txt'}, {prompt: 'said'}],
	[{prompt_path: 'in/words.txt'}, {prompt: 'words of a file'}],
	[{prompt_path: 'in/prompt.json'}, {prompt: '{"a": 1,\n "b": "é"}'}],
	[{prompt_path: 'in/prompt.json', edge: control}, {prompt: '{"a": 1, "b": "\\u00e9"}'}],
	[{negative_prompt_keep_metadata: false}, {negative_metadata_mode: 'none'}],
	[{negative_metadata_mode: 'inverse'}, {negative_metadata_mode: 'inverse'}],
	[{negative_prompt: ''}, {negative_prompt: ''}],
	[{prompt_upsampling: true}, {native_prompt_upsampling: true}],
	// A transfer: one hint.
	[
		{edge: control},
		{
			model_mode: 'text2video',
			guidance: 3,
			control_guidance: 1.5,
			shift: 10,
			...transferDefaults,
			edge: {control_path: 'FOLDER/in/clip.mp4', weight: 1, preset_edge_threshold: 'medium'},
		},
	],
	[
		{blur: {}, vision_path: clip},
		{
			model_mode: 'video2video',
			guidance: 3,
			control_guidance: 1.5,
			blur: {control_path: null, weight: 1, preset_blur_strength: 'medium'},
		},
	],
	[
		{depth: control},
		{guidance: 3, control_guidance: 1.5, depth: {control_path: 'FOLDER/in/clip.mp4', weight: 1}},
	],
	[{seg: control}, {guidance: 3, control_guidance: 2}],
	[
		{wsm: control},
		{guidance: 1, control_guidance: 3, fps: 10, num_frames: 101, num_video_frames_per_chunk: 101},
	],
	[
		{edge: control, guidance: 4, control_guidance: 2.5, shift: 5},
		{guidance: 4, control_guidance: 2.5, shift: 5},
	],
	[
		{edge: control, control_guidance: 1},
		{control_guidance: 1, guidance: 3},
	],
	[
		{wsm: control, fps: 24, num_video_frames_per_chunk: 93},
		{fps: 24, num_video_frames_per_chunk: 93, num_frames: 101},
	],
	[{seg: {...control, weight: -1}}, {seg: {control_path: 'FOLDER/in/clip.mp4', weight: -1}}],
	// Several hints.
	[
		{edge: {}, depth: control, vision_path: clip},
		{guidance: 6, control_guidance: 1, ...transferDefaults},
	],
	[
		{wsm: control, seg: control},
		{guidance: 6, control_guidance: 1, fps: 24, num_frames: 189, num_video_frames_per_chunk: 93},
	],
	[
		{edge: control, blur: control, guidance: 3, control_guidance: 1.5},
		{guidance: 3, control_guidance: 1.5},
	],
	// Never read, so it need not be there.
	[{edge: control, negative_prompt_file: 'none.json'}, {negative_prompt_file: 'none.json'}],
	[
		{edge: {}, vision_path: 'in/photo.png', num_frames: 1},
		{model_mode: 'image2image', resolution: null},
	],
	// Names and folders.
	[{name: '../elsewhere'}, {output_dir: 'OUT/../elsewhere'}],
	[{name: 'FOLDER/absolute'}, {output_dir: 'FOLDER/absolute'}],
	[{output_dir: '/somewhere'}, {output_dir: 'OUT/sample'}],
	[
		{num_outputs: 3, seed: 5},
		{num_outputs: 3, seed: 5},
	],
	// A file of defaults replaces those of the mode.
	[{defaults_file: 'in/defaults.json'}, {num_steps: 7, guidance: 2, fps: 12}],
	[
		{defaults_file: 'in/defaults.json', num_steps: 9},
		{num_steps: 9, guidance: 2},
	],
];

/** A sample that is refused with the model loaded. */
export type RefusedLate = readonly [
	sample: Readonly<Record<string, unknown>>,
	message: string,
	checkpoint?: string,
];

const noSound =
	'ValueError: enable_sound=True requires a model with a sound tokenizer (model.config.sound_gen=True), but the loaded checkpoint has no sound tokenizer';
const noAction = (mode: string) =>
	`ValueError: model_mode='${mode}' requires a model with action support (model.config.action_gen=True), but the loaded checkpoint has action_gen=False`;

export const refusedLate: readonly RefusedLate[] = [
	[{vision_path: 'in/clip.avi'}, 'ValueError: Invalid vision extension: .avi'],
	[{vision_path: 'in/words.txt'}, 'ValueError: Invalid vision extension: .txt'],
	[{vision_path: 'in/clip.avi', edge: {}}, 'ValueError: Invalid vision extension: .avi'],
	[{vision_path: clip, num_frames: 1}, "ValueError: 'video2image' is not a valid ModelMode"],
	[{model_mode: 'reasoner'}, "ValueError: Reasoner inference requires a non-empty 'prompt'."],
	[
		{model_mode: 'reasoner', prompt: ' \n'},
		"ValueError: Reasoner inference requires a non-empty 'prompt'.",
	],
	[
		{model_mode: 'forward_dynamics', vision_path: 'in/photo.png'},
		"ValueError: 'action_path' is required for model_mode='forward_dynamics'",
	],
	[
		{model_mode: 'audio_image2video', vision_path: 'in/photo.png'},
		'ValueError: model_mode=audio_image2video requires a `sound_path` (a conditioning audio clip)',
	],
	[{enable_sound: true}, noSound, 'Cosmos3-Edge'],
	[{enable_sound: true}, noSound, 'Cosmos3-Super-Image2Video-4Step'],
	[{model_mode: 'audio_image2video', sound_path: 'in/sound.wav'}, noSound, 'Cosmos3-Edge'],
	[{model_mode: 'wam'}, noAction('wam'), 'Cosmos3-Super-Text2Image-4Step'],
	[
		{edge: {}},
		"ValueError: transfer inference requires 'vision_path' or a pre-computed 'control_path' (hint: edge)",
	],
	[
		{blur: {preset_blur_strength: 'low'}},
		"ValueError: transfer inference requires 'vision_path' or a pre-computed 'control_path' (hint: blur)",
	],
	[
		{edge: control, depth: {}},
		"ValueError: transfer inference requires 'vision_path' or a pre-computed 'control_path' (hint: depth)",
	],
	[{defaults_file: 'in/prompt.json'}, 'AssertionError'],
];
