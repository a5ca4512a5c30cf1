import {stat} from 'node:fs/promises';
import path from 'node:path';
import {type ControlKey, controlKeys} from './control-weights.js';
import {ExitError, PythonError, typeName} from './python/python-error.js';
import {parseObject, readText} from './spec.js';

export type SampleControl = {
	control_weight: number;
	/** Absolute; undefined means that it is computed from the video. */
	control_path?: string;
	mask_path?: string;
};

/** One video to make by Cosmos-Transfer2.5, checked. Its paths are absolute. */
export type Sample = {
	name: string;
	prompt: string;
	video_path: string;
	seed: number;
	num_steps: number;
	/** A name of its table of sizes, looked up when the video is read. */
	resolution: string;
	keep_input_resolution: boolean;
	max_frames?: number;
	num_conditional_frames: number;
	num_video_frames_per_chunk: number;
	/** Absolute; the style of the result. */
	image_context_path?: string;
	controls: ReadonlyMap<ControlKey, SampleControl>;
	/** All of it as it was given. */
	given: Given;
};

/** The values as they stand in a spec. */
type Given = Readonly<Record<string, unknown>>;
/** What is wrong with a value, or nothing. */
type Check = (value: unknown, folder: string) => string | undefined | Promise<string | undefined>;

const strengths = ['very_low', 'low', 'medium', 'high', 'very_high'];

const text: Check = value =>
	typeof value === 'string' ? undefined : 'Input should be a valid string';
const integer =
	(min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): Check =>
	value => {
		const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
		if (typeof number !== 'number' || !Number.isInteger(number)) {
			return 'Input should be a valid integer';
		}

		return number < min
			? `Input should be greater than or equal to ${min}`
			: number > max
				? `Input should be less than or equal to ${max}`
				: undefined;
	};
const share: Check = value =>
	typeof value !== 'number'
		? 'Input should be a valid number'
		: value < 0
			? 'Input should be greater than or equal to 0'
			: value > 1
				? 'Input should be less than or equal to 1'
				: undefined;
const oneOf =
	(choices: readonly string[]): Check =>
	value =>
		choices.includes(value as string)
			? undefined
			: `Input should be ${choices.map(choice => `'${choice}'`).join(', ')}`;
const flag: Check = value =>
	typeof value === 'boolean' ? undefined : 'Input should be a valid boolean';
const number: Check = value =>
	[0, 1, 2].includes(value as number) ? undefined : 'Input should be 0, 1 or 2';
const file: Check = async (value, folder) =>
	typeof value !== 'string'
		? 'Input is not a valid path'
		: (await stat(path.resolve(folder, value)).catch(() => undefined))?.isFile()
			? undefined
			: 'Path does not point to a file';

const controlChecks: Readonly<Record<string, Check>> = {
	control_path: file,
	mask_path: file,
	mask_prompt: text,
	control_weight: share,
};
const moreChecks: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
	edge: {preset_edge_threshold: oneOf(strengths)},
	vis: {preset_blur_strength: oneOf(strengths)},
	seg: {control_prompt: text},
};

/**
 * The keys of a spec with its own rules of them (nvidia-cosmos/cosmos-transfer2.5, June 2026). A key
 * that is not here is an error.
 */
const checks: Readonly<Record<string, Check>> = {
	name: text,
	prompt: text,
	prompt_path: file,
	negative_prompt: text,
	video_path: file,
	seed: integer(),
	guidance: integer(0, 7),
	num_steps: integer(1),
	sigma_max: text,
	resolution: text,
	max_frames: integer(1),
	context_frame_index: integer(1),
	image_context_path: file,
	num_conditional_frames: number,
	num_video_frames_per_chunk: integer(1),
	show_control_condition: flag,
	show_input: flag,
	keep_input_resolution: flag,
	guided_generation_mask: file,
	guided_generation_step_threshold: integer(),
};

/**
 * Reads spec files, `.json` with one sample or `.jsonl` with a line for each, and checks all of it
 * before anything is loaded. Paths in a file start from the file's folder.
 * @throws ExitError (1) that names the file, the sample and what is wrong with each key
 */
export async function loadSamples(files: readonly string[], checkout: string): Promise<Sample[]> {
	const samples: Sample[] = [];
	for (const name of files) {
		const full = path.resolve(checkout, name);
		const ending = path.extname(name);
		if (ending !== '.json' && ending !== '.jsonl') {
			throw new PythonError('ValueError', `Unsupported file extension: ${ending}`);
		}

		const content = await readText(full, name);
		const parts = ending === '.json' ? [content] : content.replace(/\n$/, '').split('\n');
		for (const [index, part] of parts.entries()) {
			const given = Object.fromEntries(parseObject(part));
			const problems = await problemsIn(given, path.dirname(full));
			if (problems.length > 0) {
				throw new ExitError(
					1,
					`Error validating parameters from '${name}' at line ${index}\n` +
						`${problems.length} validation error${problems.length > 1 ? 's' : ''} for InferenceArguments\n` +
						problems.map(([key, why]) => `${key}\n  ${why}\n`).join(''),
				);
			}

			samples.push(sampleFrom(given, path.dirname(full)));
		}
	}

	const names = samples.map(({name}) => name);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) {
		throw new ExitError(1, `Error: Inference samplename ${twice} is not unique\n`);
	}

	return samples;
}

async function problemsIn(given: Given, folder: string): Promise<Array<[string, string]>> {
	const found: Array<[string, string]> = [];
	const look = async (key: string, check: Check | undefined, value: unknown) => {
		const why = check ? await check(value, folder) : 'Extra inputs are not permitted';
		if (why !== undefined) {
			found.push([key, why]);
		}
	};

	for (const key of ['name', 'video_path', 'prompt']) {
		if (given[key] === undefined && !(key === 'prompt' && given.prompt_path !== undefined)) {
			found.push([key, 'Field required']);
		}
	}

	for (const [key, value] of Object.entries(given)) {
		if (!controlKeys.some(name => name === key)) {
			await look(key, checks[key], value);
		} else if (typeName(value) !== 'dict') {
			found.push([key, 'Input should be a valid dictionary']);
		} else {
			const known = {...controlChecks, ...moreChecks[key]};
			for (const [inner, one] of Object.entries(value as Given)) {
				await look(`${key}.${inner}`, known[inner], one);
			}
		}
	}

	if (!controlKeys.some(key => given[key] !== undefined)) {
		found.push(['', 'Value error, No controls provided, please provide at least one control key']);
	}

	if (given.vis !== undefined && given.image_context_path !== undefined) {
		found.push([
			'',
			'Value error, vis control and image_context_path are both used to transfer style. Please only provide one',
		]);
	}

	return found;
}

function sampleFrom(given: Given, folder: string): Sample {
	const absolute = (value: unknown) =>
		typeof value === 'string' ? path.resolve(folder, value) : undefined;
	const controls = controlKeys.flatMap(key => {
		const control = given[key] as Given | undefined;
		return control === undefined
			? []
			: [
					[
						key,
						{
							control_weight: Number(control.control_weight ?? 1),
							control_path: absolute(control.control_path),
							mask_path: absolute(control.mask_path),
						},
					] as const,
				];
	});
	return {
		name: String(given.name),
		prompt: String(given.prompt ?? ''),
		video_path: absolute(given.video_path) ?? '',
		seed: Number(given.seed ?? 2025),
		num_steps: Number(given.num_steps ?? 35),
		resolution: String(given.resolution ?? '720'),
		keep_input_resolution: given.keep_input_resolution !== false,
		...(given.max_frames !== undefined && {max_frames: Number(given.max_frames)}),
		num_conditional_frames: Number(given.num_conditional_frames ?? 1),
		num_video_frames_per_chunk: Number(given.num_video_frames_per_chunk ?? 93),
		image_context_path: absolute(given.image_context_path),
		controls: new Map(controls),
		given,
	};
}
