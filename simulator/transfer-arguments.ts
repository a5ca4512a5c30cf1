import {type Flag, type Parsed, parseArguments, type Value} from './python/argparse.js';
import {type Frame, PythonError, typeName} from './python/python-error.js';

export const transferScript = 'cosmos_transfer1/diffusion/inference/transfer.py';

const strengths = ['very_low', 'low', 'medium', 'high', 'very_high'] as const;

/**
 * The flags of `transfer.py` with its types, defaults and choices
 * (nvidia-cosmos/cosmos-transfer1, June 2026).
 */
const flags = [
	{
		name: 'prompt',
		kind: 'str',
		default: 'A photorealistic scene, rich in detail, as in a film of high quality.',
	},
	{
		name: 'negative_prompt',
		kind: 'str',
		default: 'A cartoon or an old video game: blurred, flat, badly lit, with subtitles.',
	},
	{name: 'input_video_path', kind: 'str', default: ''},
	{name: 'num_input_frames', kind: 'int', default: 1, choices: [1]},
	{name: 'sigma_max', kind: 'float', default: 70},
	{name: 'blur_strength', kind: 'str', default: 'medium', choices: strengths},
	{name: 'canny_threshold', kind: 'str', default: 'medium', choices: strengths},
	{name: 'controlnet_specs', kind: 'str', required: true},
	{name: 'is_av_sample'},
	{name: 'checkpoint_dir', kind: 'str', default: 'checkpoints'},
	{name: 'tokenizer_dir', kind: 'str', default: 'Cosmos-Tokenize1-CV8x8x8-720p'},
	{name: 'video_save_name', kind: 'str', default: 'output'},
	{name: 'video_save_folder', kind: 'str', default: 'outputs/'},
	{name: 'batch_input_path', kind: 'str'},
	{name: 'batch_size', kind: 'int', default: 1},
	{name: 'num_steps', kind: 'int', default: 35},
	{name: 'guidance', kind: 'float', default: 5},
	{name: 'fps', kind: 'int', default: 24},
	{name: 'seed', kind: 'int', default: 1},
	{name: 'num_gpus', kind: 'int', default: 1},
	{name: 'offload_diffusion_transformer'},
	{name: 'offload_text_encoder_model'},
	{name: 'offload_guardrail_models'},
	{name: 'upsample_prompt'},
	{name: 'offload_prompt_upsampler'},
	{name: 'use_distilled'},
	{name: 'cutoff_frame', kind: 'int', default: -1},
	{name: 'save_intermediates'},
] as const satisfies readonly Flag[];

type FlagOf = (typeof flags)[number];
type ValueOf<F> = F extends {kind: 'str'} ? string : F extends {kind: string} ? number : boolean;
/** A flag that takes a value, has none by default and need not be given. */
type Absent<F> = F extends {kind: string}
	? F extends {default: Value} | {required: true}
		? never
		: undefined
	: never;

/** What the program works with: its flags and, over them, the scalar keys of the spec. */
export type TransferArguments = {[F in FlagOf as F['name']]: ValueOf<F> | Absent<F>};

/**
 * Reads the command line, without the spec.
 * @throws ExitError (status 2) as argparse does
 */
export function readFlags(words: readonly string[]): Parsed['values'] {
	return parseArguments({program: 'transfer.py', flags}, words).values;
}

/**
 * Lays the spec's scalars over the flags: a key becomes the argument of its name unless that flag
 * stands on the command line. As in the original only the form `--flag value` counts as standing
 * there, and a scalar's type is not looked at until it is used.
 * @throws PythonError for a value of a type that cannot be worked with
 */
export function mergeArguments(
	values: Readonly<Record<string, Value>>,
	scalars: Readonly<Record<string, unknown>>,
	words: readonly string[],
): TransferArguments {
	const merged: Record<string, unknown> = {...values};
	for (const [key, value] of Object.entries(scalars)) {
		if (!words.includes(`--${key}`)) {
			merged[key] = value;
		}
	}

	// As in the original null is no video.
	merged.input_video_path ??= '';
	merged.batch_input_path ??= undefined;
	for (const {name, kind} of flags as readonly Flag[]) {
		const value = merged[name];
		const wanted = kind === 'str' ? 'string' : 'number';
		if (kind && typeof value !== wanted && value !== undefined) {
			throw new PythonError('TypeError', `${name}: unsupported type: '${typeName(value)}'`, [demo]);
		}
	}

	return merged as TransferArguments;
}

const demo: Frame = {
	file: transferScript,
	line: 424,
	name: '<module>',
	code: 'demo(args, control_inputs)',
};
