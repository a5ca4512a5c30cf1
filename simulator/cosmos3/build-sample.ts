import path from 'node:path';
import {parseJson} from '../python/json.js';
import {isFailure, type Problem, validationError} from '../python/pydantic.js';
import {PythonError} from '../python/python-error.js';
import {type Dict, isDict, toJson} from '../python/values.js';
import type {Checkpoint} from './checkpoints.js';
import {hintDefaults, modeDefaults, reasonerValues} from './defaults.js';
import {
	fieldTable,
	type Hint,
	hints,
	isActionMode,
	type Mode,
	modes,
	sampleKind,
} from './fields.js';
import {deepMerge, filesIn, type GivenSample, pythonAbsolute, readText} from './sample-files.js';
import {advisedFrames, roundFrames} from './sizes.js';

/** What a sample is made with. */
export type Sample = {
	name: string;
	mode: Mode;
	outputDir: string;
	/** The resolved values, as they are written to `sample_args.json`. */
	args: Dict;
	hints: readonly TransferHint[];
	visionPath?: string;
	frames: number;
	fps: number;
	steps: number;
	seed?: number;
	prompt: string;
};

export type TransferHint = {key: Hint; weight: number; path?: string};

const imageSuffixes = ['.png', '.jpg', '.jpeg', '.webp'];

/** What a sample starts from: an image or a video, by the suffix of its file. */
export function visionKind(values: Dict): 'image' | 'video' | undefined {
	if (typeof values.vision_path !== 'string') {
		return undefined;
	}

	const suffix = path.extname(values.vision_path).toLowerCase();
	if (suffix === '.mp4') {
		return 'video';
	}

	if (imageSuffixes.includes(suffix)) {
		return 'image';
	}

	throw refused(`Invalid vision extension: ${suffix}`);
}

/**
 * The mode of a sample: what it says, or what follows from its file and its number of frames.
 * @throws PythonError `ValueError`
 */
export function findMode(values: Dict): Mode {
	const from = visionKind(values) ?? 'text';
	const inferred = `${from}2${values.num_frames === 1n ? 'image' : 'video'}`;
	const mode = (values.model_mode ?? inferred) as Mode;
	if (!modes.includes(mode)) {
		throw refused(`'${mode}' is not a valid ModelMode`);
	}

	return mode;
}

/**
 * Resolves a sample once the model is loaded: defaults, lengths, texts; in the program's order.
 * @param warn called for each value outside what is recommended
 * @throws PythonError for what the model cannot do
 */
export function buildSample(
	{name, values: given}: GivenSample,
	checkpoint: Checkpoint,
	outputDir: string,
	warn: (place: string, message: string) => void = () => {},
): Sample {
	const mode = findMode(given);
	const user = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
	const values = applyDefaults(mode, user, checkpoint);
	values.model_mode = mode;
	// What `assert self.num_steps is not None` says.
	if (values.num_steps === null) {
		throw new PythonError('AssertionError', '');
	}

	resolveText(mode, values);
	resolveVision(mode, values, checkpoint, warn);
	for (const [field, {fallback}] of fieldTable) {
		values[field] ??= fallback ?? null;
	}

	checkAbilities(mode, values, checkpoint);
	resolveTransfer(values, user);
	values.output_dir = pythonAbsolute(outputDir, name);
	checkComplete(values);
	return toSample(name, mode, values);
}

function applyDefaults(mode: Mode, user: Dict, checkpoint: Checkpoint): Dict {
	const file = user.defaults_file;
	const defaults = typeof file === 'string' ? parseJson(readText(file, file)) : modeDefaults[mode];
	const known = new Set<string>(fieldTable.map(([field]) => field));
	const merged = Object.fromEntries(
		Object.entries(deepMerge(isDict(defaults) ? defaults : {}, user)).filter(([key]) =>
			known.has(key),
		),
	);
	const checked = sampleKind(merged, filesIn('/'));
	if (isFailure(checked)) {
		throw validationError('OmniSampleOverrides', checked);
	}

	const values = checked as Dict;
	const plainVideo = mode.endsWith('2video');
	if (plainVideo && user.num_frames === undefined && checkpoint.frames !== undefined) {
		values.num_frames = checkpoint.frames;
	}

	if (mode === 'reasoner') {
		for (const [key, value] of Object.entries(reasonerValues)) {
			values[key] ??= value;
		}
	}

	return values;
}

function resolveText(mode: Mode, values: Dict): void {
	const file = values.prompt_path;
	if (values.prompt === null && typeof file === 'string') {
		const text = readText(file, file);
		const isJson = hintsOf(values).length > 0 && path.extname(file).toLowerCase() === '.json';
		values.prompt = isJson ? toJson(parseJson(text), 'dumps') : text.trim();
	}

	values.prompt ??= '';
	if (
		mode !== 'reasoner' &&
		values.negative_prompt_keep_metadata === true &&
		values.negative_metadata_mode === 'none'
	) {
		values.negative_metadata_mode = 'same';
	}
}

function resolveVision(
	mode: Mode,
	values: Dict,
	checkpoint: Checkpoint,
	warn: (place: string, message: string) => void,
): void {
	if (mode === 'reasoner') {
		return;
	}

	const conditions = {image: [0n], video: [0n, 1n], none: []};
	values.condition_frame_indexes_vision ??= conditions[visionKind(values) ?? 'none'];
	if (mode !== 'image2image') {
		values.resolution ??= checkpoint.resolution;
	}

	if (mode === 'text2image' || mode === 'image2image') {
		values.num_frames ??= 1n;
	}

	const frames = Number(values.num_frames);
	const fps = Number(values.fps);
	if (values.num_frames === null || (frames > 1 && values.resolution === null)) {
		throw new PythonError('AssertionError', '');
	}

	if (values.fps !== null && (fps < 10 || fps > 30)) {
		const message = `FPS ${fps} is outside the recommended range [10, 30]. Quality may be degraded.`;
		warn('552:_build_vision_data', message);
	}

	const {least, most} = advisedFrames;
	const limit = most[String(values.resolution)] ?? 0;
	if (frames > 1 && (frames < least || frames > limit)) {
		const message = `Number of frames ${frames} is outside the recommended range [${least}, ${limit}]. Quality may be degraded.`;
		warn('563:_build_vision_data', message);
	}

	values.num_frames = BigInt(roundFrames(frames));
}

/** What not every model can do, and what a mode needs. */
function checkAbilities(mode: Mode, values: Dict, {action, sound}: Checkpoint): void {
	if (isActionMode(mode)) {
		if (!action) {
			throw refused(
				`model_mode='${mode}' requires a model with action support (model.config.action_gen=True), but the loaded checkpoint has action_gen=False`,
			);
		}

		if (mode === 'forward_dynamics' && values.action_path === null) {
			throw refused("'action_path' is required for model_mode='forward_dynamics'");
		}
	}

	if (mode === 'audio_image2video') {
		if (values.sound_path === null) {
			throw refused(`model_mode=${mode} requires a \`sound_path\` (a conditioning audio clip)`);
		}

		values.enable_sound = true;
	}

	if (values.enable_sound === true && !sound) {
		throw refused(
			'enable_sound=True requires a model with a sound tokenizer (model.config.sound_gen=True), but the loaded checkpoint has no sound tokenizer',
		);
	}

	if (mode === 'reasoner' && String(values.prompt).trim() === '') {
		throw refused("Reasoner inference requires a non-empty 'prompt'.");
	}
}

function resolveTransfer(values: Dict, user: Dict): void {
	const keys = hintsOf(values);
	if (keys.length === 0) {
		return;
	}

	for (const [field, {transfer}] of fieldTable) {
		values[field] ??= transfer ?? null;
	}

	const presets: Readonly<Partial<Record<Hint, string>>> = {
		edge: 'preset_edge_threshold',
		blur: 'preset_blur_strength',
	};
	for (const key of keys) {
		const {control_path, weight, ...rest} = values[key] as Dict;
		const preset = presets[key];
		if (control_path === null && values.vision_path === null) {
			throw refused(
				`transfer inference requires 'vision_path' or a pre-computed 'control_path' (hint: ${key})`,
			);
		}

		values[key] = {
			control_path: control_path ?? null,
			weight: weight ?? 1,
			...(preset && {[preset]: rest[preset] ?? 'medium'}),
		};
	}

	const [only] = keys;
	if (keys.length === 1 && only) {
		for (const [field, value] of Object.entries(hintDefaults[only])) {
			if (user[field] === undefined) {
				values[field] = value;
			}
		}
	}
}

/** A file of defaults can leave out what a sample cannot be made without. */
function checkComplete(values: Dict): void {
	const files = filesIn('/');
	const problems: Problem[] = fieldTable.flatMap(([field, {kind, required}]) => {
		const result = required && values[field] === null ? kind(null, files) : null;
		return isFailure(result) ? result.map(problem => ({...problem, location: [field]})) : [];
	});
	if (problems.length > 0) {
		throw validationError('OmniSampleArgs', problems);
	}
}

function hintsOf(values: Dict): Hint[] {
	return hints.filter(hint => isDict(values[hint]));
}

function toSample(name: string, mode: Mode, values: Dict): Sample {
	const own = fieldTable
		.filter(([, {inputOnly}]) => !inputOnly)
		.map(([field]) => [field, values[field] ?? null] as const);
	const args: Dict = {
		native_prompt_upsampling: values.prompt_upsampling === true,
		...Object.fromEntries(own),
	};
	return readSample({name, mode, args});
}

/** The values that making it takes, out of the resolved ones. */
export function readSample({name, mode, args}: Pick<Sample, 'name' | 'mode' | 'args'>): Sample {
	return {
		name,
		mode,
		args,
		outputDir: String(args.output_dir),
		hints: hintsOf(args).map(key => {
			const {control_path, weight} = args[key] as Dict;
			return {key, weight: Number(weight), path: (control_path as string | null) ?? undefined};
		}),
		visionPath: (args.vision_path as string | null) ?? undefined,
		frames: Number(args.num_frames),
		fps: Number(args.fps),
		steps: Number(args.num_steps),
		seed: args.seed === null ? undefined : Number(args.seed),
		prompt: String(args.prompt),
	};
}

function refused(message: string): PythonError {
	return new PythonError('ValueError', message);
}
