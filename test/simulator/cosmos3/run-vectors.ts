/**
 * Whole runs. The samples stand in `samples.jsonl`, one a line; `in/` holds the inputs. Files are
 * named below the output folder.
 */
export type RunVector = {
	samples: readonly Readonly<Record<string, unknown>>[];
	/** Words besides files, folder and checkpoint. */
	words?: string;
	checkpoint?: string;
	gpus?: number;
	/** What `COSMOS_SIMULATE` asks for. */
	simulate?: string;
	status: number;
	/** Parts of stdout and stderr, in this order. */
	says: readonly string[];
	never?: readonly string[];
	/** The files, all of them but the logs. */
	files?: readonly string[];
};

const video = {name: 'v', prompt: 'A street', num_steps: 4, num_frames: 5, seed: 1};
const edge = {
	name: 'e',
	prompt: 'A street',
	num_steps: 4,
	seed: 1,
	edge: {control_path: 'in/clip.mp4'},
};
const of = (name: string, ...files: readonly string[]) =>
	['sample_args.json', ...files, 'sample_outputs.json'].map(file => `${name}/${file}`);
const loaded = 'Enabled diffusion cache';

export const runs: Readonly<Record<string, RunVector>> = {
	'a video from a text': {
		samples: [video],
		status: 0,
		says: [
			'Console log saved to FOLDER/out/console.log',
			'Debug log saved to FOLDER/out/debug.log',
			'Loaded 1 samples',
			'nvidia/Cosmos-Guardrail1',
			'Video content safety classifier is disabled in this release; effective guardrail coverage is text checks and face blur only.',
			'nvidia/Cosmos3-Nano',
			'OmniMoTModel: config {',
			'OmniMoTModel: precision torch.bfloat16',
			'Sound tokenizer initialized: ',
			'Enabled diffusion cache (diffusion-time inference cache) max_num_steps=1 diffusion_cache_thresh=0.35 ret_steps=1 cutoff_from_end=1 power_exp=3.0 residual_order=1',
			"[RANK 0] Saved sample args to 'FOLDER/out/v/sample_args.json'",
			'Using sampler: UniPC (shift=10.0, num_steps=4)',
			'Sampling:   0%|          | 0/4 [00:00<?, ?it/s]',
			'Sampling: 100%|██████████| 4/4 [',
			"[RANK 0] Saved sample outputs to 'FOLDER/out/v/sample_outputs.json'",
		],
		files: of('v', 'vision.mp4'),
	},
	'a picture from a text': {
		samples: [{name: 'p', prompt: 'A street', num_frames: 1}],
		status: 0,
		says: ['Using sampler: UniPC (shift=3.0, num_steps=50)', '50/50 ['],
		files: of('p', 'vision.jpg'),
	},
	'a video from a picture': {
		samples: [{...video, vision_path: 'in/photo.png'}],
		status: 0,
		says: [],
		files: of('v', 'vision.mp4'),
	},
	'a video from a video': {
		samples: [{...video, vision_path: 'in/clip.mp4'}],
		status: 0,
		says: [],
		files: of('v', 'vision.mp4'),
	},
	'a picture from a picture': {
		samples: [{name: 'p', prompt: 'x', vision_path: 'in/photo.jpg', num_frames: 1, num_steps: 2}],
		status: 0,
		says: ['shift=5.0'],
		files: of('p', 'vision.jpg'),
	},
	'a text about a picture': {
		samples: [
			{name: 'r', model_mode: 'reasoner', prompt: 'What is this?', vision_path: 'in/photo.png'},
		],
		status: 0,
		says: [
			'Reasoner-only inputs detected; generation vision tokenizer will not be loaded',
			"[RANK 0] Saved reasoner outputs to 'FOLDER/out/r'",
		],
		never: ['Sampling:', 'Using sampler'],
		files: of('r', 'reasoner_text.txt'),
	},
	'a transfer with a control that is given': {
		samples: [edge],
		status: 0,
		says: [
			"[RANK 0] Saved sample args to 'FOLDER/out/e/sample_args.json'",
			'Loaded pre-computed edge control from FOLDER/in/clip.mp4',
			'[transfer] final user prompt: A street. ',
			'Using sampler: UniPC (shift=10.0, num_steps=4)',
			'Sampling: 100%|██████████| 4/4 [',
			"[RANK 0] Saved control video to 'FOLDER/out/e/control_edge.mp4'",
			"[RANK 0] Saved transfer outputs to 'FOLDER/out/e/sample_outputs.json'",
		],
		never: ['Saved sample outputs'],
		files: of('e', 'vision.mp4', 'control_edge.mp4'),
	},
	'a transfer with a control that is computed': {
		samples: [{...edge, edge: {}, vision_path: 'in/clip.mp4'}],
		status: 0,
		says: ['Computing edge control input on the fly'],
		files: of('e', 'vision.mp4', 'control_edge.mp4'),
	},
	'a transfer with several controls': {
		samples: [
			{...edge, vision_path: 'in/clip.mp4', depth: {control_path: 'in/clip.mp4'}, blur: {}},
		],
		status: 0,
		says: [
			'Loaded pre-computed edge control',
			'Computing blur control',
			'Loaded pre-computed depth control',
			'the edge, blur, depth control',
			'control_edge.mp4',
			'control_blur.mp4',
			'control_depth.mp4',
		],
		files: of('e', 'vision.mp4', 'control_edge.mp4', 'control_blur.mp4', 'control_depth.mp4'),
	},
	'a transfer of a picture': {
		samples: [{...edge, edge: {}, vision_path: 'in/photo.png', num_frames: 1, resolution: '256'}],
		status: 0,
		says: ['control_edge.jpg'],
		files: of('e', 'vision.jpg', 'control_edge.jpg'),
	},
	'a transfer in three chunks': {
		samples: [{...edge, num_video_frames_per_chunk: 5, edge: {control_path: 'in/long.mp4'}}],
		status: 0,
		says: [
			'0/4',
			'4/4',
			'sample done: full=',
			'0/4',
			'4/4',
			'sample done: full=',
			'0/4',
			'4/4',
			'Saved transfer outputs',
		],
		files: of('e', 'vision.mp4', 'control_edge.mp4'),
	},
	'several outputs of one sample': {
		samples: [{...video, num_outputs: 2}],
		status: 0,
		says: [
			'/out/v/0/sample_outputs.json',
			'[Diffusion Cache] sample done: full=',
			'/out/v/1/sample_outputs.json',
		],
		files: [...of('v/0', 'vision.mp4'), ...of('v/1', 'vision.mp4')],
	},
	'two samples of one name': {
		samples: [video, {...video, seed: 2}],
		status: 0,
		says: ['/out/v/sample_outputs.json', '/out/v/sample_outputs.json'],
		files: of('v', 'vision.mp4'),
	},
	'samples in the order of the file': {
		samples: [
			{...video, name: 'b'},
			{...video, name: 'a'},
		],
		status: 0,
		says: [
			'Loaded 2 samples',
			'/out/b/sample_outputs.json',
			'[Diffusion Cache] sample done',
			'/out/a/sample_outputs.json',
		],
		files: [...of('b', 'vision.mp4'), ...of('a', 'vision.mp4')],
	},
	'a name that leaves the folder': {
		samples: [{...video, name: '../elsewhere'}],
		status: 0,
		says: ["Saved sample outputs to 'FOLDER/out/../elsewhere/sample_outputs.json'"],
		files: of('../elsewhere', 'vision.mp4'),
	},
	'no guardrails': {
		samples: [video],
		words: '--no-guardrails',
		status: 0,
		says: [loaded],
		never: ['Guardrail1', 'safety classifier'],
	},
	'no cache': {
		samples: [video, video],
		words: '--no-diffusion-cache',
		status: 0,
		says: ['Saved sample outputs'],
		never: ['iffusion cache', 'Diffusion Cache'],
	},
	'a cache with its own values': {
		samples: [video],
		words: '--diffusion-cache-thresh 0.5 --diffusion-cache-residual-order 0',
		status: 0,
		says: ['diffusion_cache_thresh=0.5', 'residual_order=0'],
	},
	'the other sampler': {
		samples: [video],
		words: '--sampler edm',
		status: 0,
		says: ['Using sampler: EDM (sigma_max=80.0, num_steps=4)'],
		never: ['Sampling:'],
		files: of('v', 'vision.mp4'),
	},
	'four fixed steps': {
		samples: [{name: 'p', prompt: 'x', num_frames: 1}],
		checkpoint: 'Cosmos3-Super-Text2Image-4Step',
		status: 0,
		says: ['Using sampler: FixedStep (t_list='],
		never: ['Sampling:', 'Sound tokenizer'],
		files: of('p', 'vision.jpg'),
	},
	'an edge model without sound': {
		samples: [video],
		checkpoint: 'Cosmos3-Edge',
		status: 0,
		says: ['nvidia/Cosmos3-Edge'],
		never: ['Sound tokenizer'],
	},
	'files without a picture': {
		samples: [video, edge],
		simulate: 'undrawn',
		status: 0,
		says: ['Saved sample outputs', 'Saved transfer outputs'],
		files: [...of('v', 'vision.mp4'), ...of('e', 'vision.mp4', 'control_edge.mp4')],
	},
	'debug files': {
		samples: [video],
		words: '--debug',
		status: 0,
		says: [],
		files: [
			'v/sample_data.safetensors',
			'v/sample_args.json',
			'v/output.safetensors',
			'v/vision.mp4',
			'v/sample_outputs.json',
		],
	},
	'a benchmark': {
		samples: [video],
		words: '--benchmark',
		status: 0,
		says: ["Saved benchmark to 'FOLDER/out/benchmark.json'"],
		never: ['Sampling:'],
	},

	// Warnings.
	'few frames': {
		samples: [video],
		status: 0,
		says: [
			'|WARNING|',
			'Number of frames 5 is outside the recommended range [24, 200]. Quality may be degraded.',
		],
	},
	'many frames': {
		samples: [{...video, num_frames: 401, resolution: '256'}],
		status: 0,
		says: ['Number of frames 401 is outside the recommended range [24, 400]'],
	},
	'few pictures a second': {
		samples: [{...video, fps: 8}],
		status: 0,
		says: ['FPS 8 is outside the recommended range [10, 30]. Quality may be degraded.'],
	},

	// Refused before the model is loaded.
	'a bad line among good ones': {
		samples: [video, {...video, fps: 29.97}],
		status: 1,
		says: [
			'Console log saved to',
			"ValueError: Error validating parameters from 'FOLDER/samples.jsonl' at sample 1\nParameters: {'name': 'v', 'prompt': 'A street', 'num_steps': 4, 'num_frames': 5, 'seed': 1, 'fps': 29.97}\n1 validation error for OmniSampleOverrides\nfps\n  Input should be a valid integer, got a number with a fractional part [type=int_from_float, input_value=29.97, input_type=float]",
		],
		never: ['Loaded 2 samples'],
		files: [],
	},
	'a value on the command line over that of the sample': {
		samples: [video],
		words: '--num-steps 3',
		status: 0,
		says: ['num_steps=3', '3/3 ['],
	},
	'a first sample with a bad suffix': {
		samples: [{...video, vision_path: 'in/clip.avi'}],
		status: 1,
		says: ['Loaded 1 samples', 'ValueError: Invalid vision extension: .avi'],
		never: [loaded],
		files: [],
	},
	'an input from elsewhere': {
		samples: [{...video, vision_path: 'https://127.0.0.1:9/a.mp4'}],
		status: 1,
		says: [
			'Loaded 1 samples',
			'Download attempt 1/6 for https://127.0.0.1:9/a.mp4 failed',
			'RuntimeError: Failed to download https://127.0.0.1:9/a.mp4 after 6 attempt(s)',
		],
		never: [loaded],
		files: [],
	},

	// Refused with the model loaded.
	'a later sample with a bad suffix': {
		samples: [video, {...video, name: 'w', vision_path: 'in/clip.avi'}],
		status: 1,
		says: [loaded, 'ValueError: Invalid vision extension: .avi'],
		never: ['Saved sample args'],
		files: [],
	},
	'a sample that is skipped': {
		samples: [video, {...video, name: 'w', edge: {}}],
		words: '--skip-invalid-samples',
		status: 0,
		says: [
			loaded,
			"Skipping sample 'w': transfer inference requires 'vision_path' or a pre-computed 'control_path' (hint: edge)",
			'out/v/sample_outputs.json',
		],
		files: [...of('v', 'vision.mp4'), 'w/sample_outputs.json'],
	},
	'no sample that is left': {
		samples: [{...video, edge: {}}],
		words: '--skip-invalid-samples',
		status: 1,
		says: [loaded, 'IndexError: list index out of range'],
		files: ['v/sample_outputs.json'],
	},
	'no sample at all': {
		samples: [],
		status: 1,
		says: ['Loaded 0 samples', loaded, 'IndexError: list index out of range'],
		files: [],
	},
	'both limits of a batch': {
		samples: [video],
		words: '--max-model-len 8192',
		status: 1,
		says: [loaded, 'AssertionError: Either max_model_len or max_num_seqs must be set, not both'],
		files: [],
	},
	'transfers in one batch': {
		samples: [edge, {...edge, name: 'f'}],
		words: '--max-num-seqs 2',
		status: 1,
		says: ['AssertionError: Batching is not supported for transfer inference'],
		files: [],
	},
	'mixed kinds in one batch': {
		samples: [video, edge],
		words: '--max-num-seqs 2',
		status: 1,
		says: ['AssertionError: Cannot mix transfer and non-transfer samples in a batch'],
		files: [],
	},
	'different guidance in one batch': {
		samples: [video, {...video, name: 'w', guidance: 2}],
		words: '--max-num-seqs 2',
		status: 1,
		says: ["ValueError: Attribute 'guidance' is not the same for all samples: [6.0, 2.0]"],
	},

	// Refused while a sample is made.
	'a missing control': {
		samples: [{...edge, edge: undefined, depth: {}, vision_path: 'in/clip.mp4'}],
		status: 1,
		says: [
			'Saved sample args',
			"FileNotFoundError: Missing pre-computed control input for 'depth'. Provide a control_path in the transfer config.",
		],
		never: ['Error generating sample'],
		files: ['e/sample_args.json'],
	},
	'a missing seg': {
		samples: [{...edge, edge: undefined, seg: {}, vision_path: 'in/clip.mp4'}],
		words: '--keep-going',
		status: 1,
		says: ["FileNotFoundError: Missing pre-computed control input for 'seg'."],
		files: ['e/sample_args.json'],
	},
	'a missing wsm': {
		samples: [{...edge, edge: undefined, wsm: {}, vision_path: 'in/clip.mp4'}],
		status: 1,
		says: ["FileNotFoundError: Missing pre-computed control input for 'wsm'."],
	},
	'a negative weight': {
		samples: [{...edge, edge: {control_path: 'in/clip.mp4', weight: -1}}],
		status: 1,
		says: [
			'[transfer] final user prompt',
			'AssertionError: control_weights must all be non-negative, got [-1.0]',
		],
		never: ['Using sampler'],
	},
	'weights without a sum': {
		samples: [{...edge, edge: {control_path: 'in/clip.mp4', weight: 0}}],
		status: 1,
		says: ['AssertionError: control_weights must have a positive sum, got [0.0]'],
	},
	'a chunk that is all overlap': {
		samples: [
			{
				...edge,
				num_video_frames_per_chunk: 5,
				num_conditional_frames: 5,
				edge: {control_path: 'in/long.mp4'},
			},
		],
		status: 1,
		says: ['ValueError: num_conditional_frames must be smaller than num_video_frames_per_chunk'],
	},
	'first frames without a source': {
		samples: [{...edge, num_first_chunk_conditional_frames: 1}],
		status: 1,
		says: [
			"ValueError: num_first_chunk_conditional_frames > 0 requires 'vision_path' for first-chunk conditioning",
		],
	},
	'a transfer of a picture without a resolution': {
		samples: [{...edge, edge: {}, vision_path: 'in/photo.png', num_frames: 1}],
		status: 1,
		says: ['ValueError: resolution is required for transfer inference'],
	},
	'a picture where a video was said': {
		samples: [{...edge, edge: {}, vision_path: 'in/photo.png'}],
		status: 1,
		says: ["ValueError: Error generating sample 'e': FOLDER/out/e/vision.mp4"],
		files: ['e/sample_args.json', 'e/vision.jpg'],
	},
	'a video where a picture was said': {
		samples: [{...edge, num_frames: 1, resolution: '256'}],
		status: 1,
		says: ["ValueError: Error generating sample 'e': FOLDER/out/e/vision.jpg"],
		files: ['e/sample_args.json', 'e/vision.mp4'],
	},
	'a control that is no video': {
		samples: [{...edge, edge: {control_path: 'in/broken.mp4'}}],
		status: 1,
		says: ['RuntimeError: ', 'FOLDER/in/broken.mp4'],
		files: ['e/sample_args.json'],
	},
	'a control of an unknown kind': {
		samples: [{...edge, edge: {control_path: 'in/words.txt'}}],
		status: 1,
		says: ['ValueError: Unsupported media extension: .txt'],
	},
	'a picture that is none': {
		samples: [{...video, vision_path: 'in/broken.png'}],
		status: 1,
		says: ["PIL.UnidentifiedImageError: cannot identify image file 'FOLDER/in/broken.png'"],
		never: ['Saved sample args'],
		files: [],
	},
	'actions of a known domain': {
		samples: [
			{
				name: 'a',
				model_mode: 'wam',
				vision_path: 'in/photo.png',
				prompt: 'x',
				domain_name: ' PushT ',
			},
		],
		status: 0,
		says: ['Using sampler: UniPC (shift=10.0, num_steps=30)', 'Saved sample outputs'],
		files: of('a', 'vision.mp4'),
	},
	'actions of a file that does not fit': {
		samples: [
			{
				name: 'a',
				model_mode: 'forward_dynamics',
				vision_path: 'in/photo.png',
				action_path: 'in/action.json',
				domain_name: 'av',
			},
		],
		status: 1,
		says: [
			'AssertionError: Raw action dimension from file (2) does not match expected dimension (9)',
		],
	},
	'actions of a domain without a width': {
		samples: [{name: 'a', model_mode: 'wam', vision_path: 'in/photo.png', domain_name: 'libero'}],
		status: 1,
		says: ["ValueError: domain_name 'libero' sizes its raw action per dataset, so wam inference"],
	},
	'a video where an edited picture was made': {
		samples: [
			{
				name: 'p',
				model_mode: 'image2image',
				vision_path: 'in/photo.png',
				num_frames: 5,
				resolution: '256',
			},
		],
		status: 1,
		says: ["ValueError: Error generating sample 'p': FOLDER/out/p/vision.mp4"],
		files: ['p/sample_args.json', 'p/vision.jpg'],
	},
	'an action of an unknown domain': {
		samples: [{name: 'a', model_mode: 'wam', vision_path: 'in/photo.png', prompt: 'x'}],
		status: 1,
		says: ["invalid domain_name ''; expected one of ["],
	},
	'inputs that a later sample cannot read': {
		samples: [video, {...video, name: 'w', vision_path: 'in/broken.png'}],
		words: '--keep-going',
		status: 1,
		says: ['out/v/sample_outputs.json', 'PIL.UnidentifiedImageError'],
		files: of('v', 'vision.mp4'),
	},

	// A sample that fails, and what becomes of the others.
	'a failing sample': {
		samples: [video, {...video, name: 'w'}, {...video, name: 'x'}],
		simulate: 'fail@2',
		status: 1,
		says: ['out/v/sample_outputs.json', "ValueError: Error generating sample 'w': "],
		files: [...of('v', 'vision.mp4'), 'w/sample_args.json'],
	},
	'a failing sample that is passed over': {
		samples: [video, {...video, name: 'w'}, {...video, name: 'x'}],
		words: '--keep-going',
		simulate: 'fail@2',
		status: 0,
		says: [
			'out/v/sample_outputs.json',
			'|ERROR|',
			"Error generating sample 'w': ",
			'out/x/sample_outputs.json',
		],
		files: [...of('v', 'vision.mp4'), 'w/sample_args.json', ...of('x', 'vision.mp4')],
	},

	// Guardrails.
	'a blocked prompt': {
		samples: [video],
		simulate: 'guardrail',
		status: 1,
		says: [
			'Sampling: 100%',
			'|CRITICAL|',
			'GUARDRAIL BLOCKED: ',
			"ValueError: Error generating sample 'v': Guardrail blocked prompt 'FOLDER/out/v': '",
		],
		files: ['v/sample_args.json'],
	},
	'a blocked prompt that is passed over': {
		samples: [video, {...video, name: 'w'}],
		words: '--keep-going',
		simulate: 'guardrail@1',
		status: 0,
		says: ['GUARDRAIL BLOCKED', '|ERROR|', 'out/w/sample_outputs.json'],
		files: ['v/sample_args.json', ...of('w', 'vision.mp4')],
	},
	'a transfer is never blocked': {
		samples: [edge],
		simulate: 'guardrail',
		status: 0,
		says: ['Saved transfer outputs'],
		never: ['GUARDRAIL BLOCKED'],
		files: of('e', 'vision.mp4', 'control_edge.mp4'),
	},
	'nothing is blocked without guardrails': {
		samples: [video],
		words: '--no-guardrails',
		simulate: 'guardrail',
		status: 0,
		says: ['Saved sample outputs'],
		never: ['GUARDRAIL BLOCKED'],
	},
	'a blocked question': {
		samples: [{name: 'r', model_mode: 'reasoner', prompt: 'x'}],
		simulate: 'guardrail',
		status: 1,
		says: [
			'GUARDRAIL BLOCKED',
			"Error generating sample 'r': Guardrail blocked prompt 'FOLDER/out/r': 'x'",
		],
		files: ['r/sample_args.json'],
	},

	// Failures of the machine.
	'no driver': {
		samples: [video],
		simulate: 'driver',
		status: 1,
		says: ['RuntimeError: Found no NVIDIA driver on your system'],
		never: ['Console log saved'],
		files: [],
	},
	'no driver is found before a bad sample': {
		samples: [{fps: 0}],
		simulate: 'driver',
		status: 1,
		says: ['Found no NVIDIA driver'],
		never: ['validation error'],
		files: [],
	},
	'a driver that is too old': {
		samples: [video],
		simulate: 'old-driver',
		status: 1,
		says: ['The NVIDIA driver on your system is too old'],
		files: [],
	},
	'a GPU that is too old': {
		samples: [video],
		simulate: 'old-gpu',
		status: 1,
		says: ['no kernel image is available for execution on the device'],
	},
	'a gated repository': {
		samples: [video],
		simulate: 'gated',
		status: 1,
		says: [
			'Loaded 1 samples',
			'Access to model nvidia/',
			"subprocess.CalledProcessError: Command '['uv', 'run', ",
		],
		never: [loaded],
		files: [],
	},
	'no token': {
		samples: [video],
		simulate: 'no-token',
		status: 1,
		says: ['401', "subprocess.CalledProcessError: Command '['uv', 'run', "],
		never: [loaded],
		files: [],
	},
	'no uv': {
		samples: [video],
		simulate: 'no-uv',
		status: 1,
		says: ["FileNotFoundError: [Errno 2] No such file or directory: 'uv'"],
		never: [loaded],
		files: [],
	},
	'an installation that does not fit': {
		samples: [video],
		simulate: 'broken-install',
		status: 1,
		says: ["ImportError: cannot import name '_functionalization' from 'torch._C'"],
		never: ['Console log saved'],
	},
	'no memory for the model': {
		samples: [video],
		simulate: 'oom-loading',
		status: 1,
		says: ['OmniMoTModel: config', 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate'],
		never: [loaded, 'Saved sample args'],
		files: [],
	},
	'no memory for a sample': {
		samples: [video],
		words: '--keep-going',
		simulate: 'oom',
		status: 1,
		says: [
			'Saved sample args',
			'Sampling:   0%',
			'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate',
		],
		never: ['Error generating sample'],
		files: ['v/sample_args.json'],
	},
	'no memory for the second sample': {
		samples: [video, {...video, name: 'w'}],
		simulate: 'oom@2',
		status: 1,
		says: ['out/v/sample_outputs.json', 'torch.OutOfMemoryError'],
		files: [...of('v', 'vision.mp4'), 'w/sample_args.json'],
	},
	'no result, and no word of it': {
		samples: [video],
		simulate: 'no-output',
		status: 0,
		says: ['Sampling: 100%'],
		never: ['Saved sample outputs'],
		files: ['v/sample_args.json'],
	},

	// Several GPUs.
	'two GPUs': {
		samples: [video],
		gpus: 2,
		status: 0,
		says: [
			'|CRITICAL|',
			'[RANK 0] Initialized distributed training with local rank 0 using nccl with timeout 1800',
			'[RANK 1] Initialized distributed training with local rank 1',
			'Training with 2 GPUs.',
			'Saved sample outputs',
		],
		files: of('v', 'vision.mp4'),
	},
	'samples side by side': {
		samples: [video, {...video, name: 'w'}],
		gpus: 2,
		words: '--parallelism-preset throughput',
		status: 0,
		says: [
			"[RANK 0] Saved sample args to 'FOLDER/out/v/",
			"[RANK 1] Saved sample args to 'FOLDER/out/w/",
			"[RANK 0] Saved sample outputs to 'FOLDER/out/v/",
			"[RANK 1] Saved sample outputs to 'FOLDER/out/w/",
		],
		files: [...of('v', 'vision.mp4'), ...of('w', 'vision.mp4')],
	},
	'mixed kinds side by side': {
		samples: [video, edge],
		gpus: 2,
		words: '--parallelism-preset throughput',
		status: 134,
		says: ['SIMULATED: ', 'Watchdog caught collective operation timeout'],
	},
	'control guidance and none of it side by side': {
		samples: [edge, {...edge, name: 'f', control_guidance: 1}],
		gpus: 2,
		words: '--parallelism-preset throughput',
		status: 134,
		says: ['Watchdog caught collective operation timeout'],
	},
	'different steps and guidance side by side': {
		samples: [video, {...video, name: 'w', num_steps: 3, guidance: 1}],
		gpus: 2,
		words: '--parallelism-preset throughput',
		status: 0,
		says: ['Saved sample outputs'],
	},
	'another kind of padding beside the last sample': {
		samples: [video, {...video, name: 'w'}, {...edge, name: 'x'}],
		gpus: 2,
		words: '--parallelism-preset throughput',
		status: 134,
		says: ['Saved sample outputs', 'Saved sample outputs', 'SIMULATED: the original hangs here'],
	},
	'chunks of different counts side by side': {
		samples: [
			edge,
			{...edge, name: 'f', num_video_frames_per_chunk: 5, edge: {control_path: 'in/long.mp4'}},
		],
		gpus: 2,
		words: '--parallelism-preset throughput',
		status: 134,
		says: ['Watchdog caught collective operation timeout'],
	},
	'mixed kinds side by side with whole models': {
		samples: [video, edge],
		gpus: 2,
		words: '--parallelism-preset throughput --dp-shard-size 1',
		status: 0,
		says: ['Saved sample outputs', 'Saved transfer outputs'],
	},
	'mixed kinds one by one': {
		samples: [video, edge],
		gpus: 2,
		status: 0,
		says: ['Saved sample outputs', 'Saved transfer outputs'],
	},
	'a refusal on two GPUs': {
		// Every process reads the files, and says the same of them.
		samples: [{fps: 0}],
		gpus: 2,
		status: 1,
		says: ['ValueError: Error validating parameters'],
		never: ['A different GPU rank failed.'],
	},
	'a failing sample on two GPUs': {
		samples: [video],
		gpus: 2,
		simulate: 'fail',
		status: 1,
		says: ["ValueError: Error generating sample 'v': SIMULATED"],
		never: ['A different GPU rank failed.'],
	},
	'a failing sample of the first of two GPUs that work side by side': {
		samples: [video, {...video, name: 'w'}],
		gpus: 2,
		words: '--parallelism-preset throughput --dp-shard-size 1',
		simulate: 'fail@1',
		status: 1,
		says: [
			'[RANK 1] Saved sample outputs',
			"ValueError: Error generating sample 'v': SIMULATED",
			"process 1: ValueError: Error generating sample 'w': A different GPU rank failed.",
		],
	},
	'a failing sample of the second': {
		// Of the second process torchrun keeps what the log never has.
		samples: [video, {...video, name: 'w'}],
		gpus: 2,
		words: '--parallelism-preset throughput --dp-shard-size 1',
		simulate: 'guardrail@2',
		status: 1,
		says: [
			'[RANK 0] Saved sample outputs',
			"ValueError: Error generating sample 'v': A different GPU rank failed.",
			"process 1: ValueError: Error generating sample 'w': Guardrail blocked prompt",
		],
		never: ['GUARDRAIL BLOCKED'],
	},
	'an input that the second of two GPUs cannot read': {
		samples: [video, {...video, name: 'w', vision_path: 'in/broken.png'}],
		gpus: 2,
		words: '--parallelism-preset throughput --dp-shard-size 1',
		status: 1,
		says: ['[RANK 0] Saved sample args', 'process 1: '],
		never: ['Saved sample outputs', 'process 0: '],
	},
	'a download that fails on two GPUs': {
		samples: [video],
		gpus: 2,
		simulate: 'gated',
		status: 1,
		says: [
			'subprocess.CalledProcessError',
			'process 1: RuntimeError: Rank 0 download failed: CalledProcessError',
		],
	},
	'a dead rank': {
		samples: [video],
		gpus: 2,
		simulate: 'dead-rank',
		status: 1,
		says: ['Sampling: ', 'exitcode  : -11'],
	},
	'a collective that times out': {
		samples: [video],
		gpus: 2,
		simulate: 'nccl',
		status: 134,
		says: ['Watchdog caught collective operation timeout'],
	},
};
