/**
 * Files that describe prompts, as other programs have them: specs of Cosmos-Transfer1 and 2.5 and their
 * batches (a JSON object a line), samples of Cosmos 3 (also in YAML), the prompts of the earlier Python program, and
 * objects with the words of this one.
 */
import {CosmosError} from '../errors.js';
import {familyOf, modelNames} from '../models/families.js';
import {families} from '../models/family-list.js';
import {roleNamed} from '../models/roles.js';
import {checkName} from '../prompts/prompt-name.js';
import {weightNames} from '../settings/settings.js';
import {mediaKindOf} from './media.js';

/** One prompt of a file. Paths are as they stand there. */
export type Spec = {
	/** `FILE:LINE`, for messages. */
	place: string;
	text?: string;
	/** A file that has the text. */
	textFile?: string;
	negative?: string;
	name?: string;
	model?: string;
	videoDir?: string;
	inputs: SpecInput[];
	/** What is not taken over, in the words of the file. */
	left: string[];
	/** What a launch would be given, by the names of settings here. */
	settings: Map<string, unknown>;
	/** What Cosmos 3 would do with it, where that does not follow from the inputs. */
	mode?: string;
};

export type SpecInput = {role: string; file: string};

type Found = {place: string; value: Record<string, unknown>};

/**
 * @param yaml what the file holds, where it is YAML
 * @throws CosmosError (usage) that names the line of what is no spec
 */
export function parseSpecs(text: string, file: string, yaml?: unknown): Spec[] {
	const found = yaml === undefined ? objectsIn(text, file) : objectsOf(yaml, file);
	const specs = found.map(readSpec);
	if (specs.length === 0) {
		throw new CosmosError('bad-input', `${file} has no prompt`, {hint: shape});
	}

	return specs;
}

const shape =
	'It holds a JSON object, an array of them, or one a line; or YAML, if its name ends in .yaml.';

/** The whole file is one value, or each line is. */
function objectsIn(text: string, file: string): Found[] {
	const whole = parse(text);
	if ('value' in whole) {
		return objectsOf(whole.value, file);
	}

	const lines = text
		.split('\n')
		.map((content, index) => ({place: `${file}:${index + 1}`, content: content.trim()}))
		.filter(({content}) => content !== '' && !content.startsWith('#'));
	return lines.map(({place, content}, index) => {
		const line = parse(content);
		if ('value' in line) {
			return requireObject(line.value, place);
		}

		// The first line of one object over several lines is no JSON either.
		const at = index === 0 ? `${file}:${lineOf(text, whole.position)}` : place;
		throw new CosmosError('bad-input', `${at} is not valid JSON`, {hint: shape});
	});
}

/** The objects of a whole file. */
function objectsOf(value: unknown, file: string): Found[] {
	const all = Array.isArray(value) ? value : [value];
	return all.map((one, index) =>
		requireObject(one, all.length > 1 ? `${file}: entry ${index + 1}` : file),
	);
}

function parse(text: string): {value: unknown} | {position: number} {
	try {
		return {value: JSON.parse(text)};
	} catch (error) {
		const [, position] = /at position (\d+)/.exec(String(error)) ?? [];
		return {position: position === undefined ? text.trimEnd().length : Number(position)};
	}
}

const lineOf = (text: string, position: number) => text.slice(0, position).split('\n').length;

function requireObject(value: unknown, place: string): Found {
	if (!isObject(value)) {
		throw new CosmosError('bad-input', `${place} is not an object`, {hint: shape});
	}

	return {place, value};
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where each program has the source. */
const sourceKeys = ['input_video_path', 'video_path', 'visual_input', 'vision_path'];
/** Where each program has the file of a control. */
const controlKeys = ['input_control', 'control_path', 'path', 'video'];
const weightKeys = ['control_weight', 'weight'];
/** Settings of a launch, by their names here; a family has one of several. */
const settingKeys: Readonly<Record<string, readonly string[]>> = {
	num_steps: ['steps'],
	guidance: ['guidance'],
	seed: ['seed'],
	sigma_max: ['sigmaMax'],
	fps: ['fps'],
	resolution: ['resolution'],
	keep_input_resolution: ['keepInputResolution'],
	aspect_ratio: ['aspectRatio'],
	num_frames: ['frames'],
	max_frames: ['maxFrames', 'frames'],
	shift: ['shift'],
	control_guidance: ['controlGuidance'],
	num_video_frames_per_chunk: ['framesPerChunk', 'chunkFrames'],
	num_conditional_frames: ['conditionalFrames', 'overlap'],
	num_first_chunk_conditional_frames: ['sourceFrames'],
	condition_frame_indexes_vision: ['keptLatents'],
	condition_video_keep: ['keptEnd'],
	num_outputs: ['outputs'],
	video_save_quality: ['quality'],
	image_save_quality: ['quality'],
	enable_sound: ['sound'],
	emphasize_control_in_prompt: ['emphasize'],
	show_control_condition: ['showControl'],
	show_input: ['showInput'],
	blur_strength: ['blur'],
	preset_blur_strength: ['blur'],
	canny_threshold: ['canny'],
	preset_edge_threshold: ['canny'],
	max_new_tokens: ['maxTokens'],
	do_sample: ['sampling'],
	temperature: ['temperature'],
	top_k: ['topK'],
	top_p: ['topP'],
	repetition_penalty: ['repetitionPenalty'],
	presence_penalty: ['presencePenalty'],
	video_fps: ['videoFps'],
};

function readSpec({place, value}: Found): Spec {
	const spec: Spec = {place, inputs: [], left: [], settings: new Map()};
	const model = readModel(value, place);
	for (const [key, one] of Object.entries(value)) {
		if (one !== null && !readText(spec, key, one) && !readInput(spec, key, one, model)) {
			leave(spec, key, one, model);
		}
	}

	if (spec.text === undefined && spec.textFile === undefined) {
		throw new CosmosError('bad-input', `${place} has no "prompt"`, {
			hint: 'Each object has a text: {"prompt": "A street at night", "video_path": "street.mp4"}.',
		});
	}

	for (const [key, weight] of otherWeights(value, model)) {
		spec.settings.set(key, weight);
	}

	const isTransfer3 = model === 'cosmos3' && cosmos3Controls.some(name => isObject(value[name]));
	if (isTransfer3) {
		// Its length is that of its inputs, whatever num_frames says.
		spec.settings.set('frames', value.max_frames ?? undefined);
	}

	const mode = model === 'cosmos3' && !isTransfer3 ? modeOfSample(spec, value) : undefined;
	return {...spec, ...(model && {model}), ...(mode !== undefined && {mode})};
}

/** The mode of a sample of Cosmos 3 without controls, by NVIDIA's rules. */
function modeOfSample({inputs}: Spec, value: Record<string, unknown>): string | undefined {
	const source = inputs.some(({role}) => role === 'color')
		? 'video'
		: inputs.some(({role}) => role === 'image')
			? 'image'
			: 'text';
	const {model_mode: said = `${source}2${value.num_frames === 1 ? 'image' : 'video'}`} = value;
	return familyOf('cosmos3').modes.find(({name}) => name === said)?.name;
}

const cosmos3Controls = ['edge', 'blur', 'depth', 'seg', 'wsm'];

/**
 * In a spec of Transfer a control that is not there is off, and one without a weight has 1. For Cosmos 3 a control
 * that it has to compute is named.
 */
function otherWeights(
	value: Record<string, unknown>,
	model: string | undefined,
): Array<[key: string, weight: number]> {
	const has = (control: unknown, keys: readonly string[]) =>
		isObject(control) && keys.some(key => key in control);
	if (model === 'cosmos3') {
		return cosmos3Controls
			.filter(name => isObject(value[name]) && !has(value[name], [...weightKeys, ...controlKeys]))
			.map(name => [roleNamed(name) ?? name, 1]);
	}

	return ['transfer1', 'transfer2.5'].includes(model ?? '') &&
		weightNames.some(name => isObject(value[name]))
		? weightNames
				.filter(name => !has(value[name], weightKeys))
				.map(name => [name, isObject(value[name]) ? 1 : 0])
		: [];
}

/** The model of a spec: said, or by the words that only one program has. */
function readModel(value: Record<string, unknown>, place: string): string | undefined {
	const {model} = value;
	if (typeof model === 'string' && modelNames.includes(model)) {
		return model;
	}

	const words = new Set(
		Object.values(value)
			.filter(isObject)
			.flatMap(one => Object.keys(one))
			.concat(Object.keys(value)),
	);
	const has = (...keys: string[]) => keys.some(key => words.has(key));
	if (typeof model === 'string') {
		throw new CosmosError('bad-input', `${place}: there is no model "${model}"`, {
			hint: `Expected one of: ${modelNames.join(', ')}.`,
		});
	}

	if (has('control_inputs')) {
		return undefined;
	}

	if (
		has('vision_path', 'model_mode', 'wsm', 'blur', 'num_frames', 'num_outputs', 'enable_sound')
	) {
		return 'cosmos3';
	}

	return has('input_control', 'visual_input', 'control_overrides', 'input_video_path')
		? 'transfer1'
		: has('control_path', 'mask_path', 'video_path')
			? 'transfer2.5'
			: undefined;
}

/** Takes over what is a text, or the name of one. */
function readText(spec: Spec, key: string, value: unknown): boolean {
	const text = () => requireText(spec, key, value);
	switch (key) {
		case 'prompt':
		case 'text':
			spec.text = isObject(value) ? JSON.stringify(value) : text();
			return true;
		case 'prompt_path':
			spec.textFile = text();
			return true;
		case 'negative_prompt':
		case 'negative':
			spec.negative = text();
			return true;
		case 'name':
			try {
				checkName(text());
				spec.name = text();
				return true;
			} catch {
				return false;
			}
		case 'videoDir':
			spec.videoDir = text();
			return true;
		default:
			return key === 'model';
	}
}

function requireText({place}: Spec, key: string, value: unknown): string {
	if (typeof value !== 'string') {
		throw new CosmosError('bad-input', `${place}: "${key}" has to be a text`, {hint: shape});
	}

	return value;
}

/** Takes over what names a file. */
function readInput(spec: Spec, key: string, value: unknown, model?: string): boolean {
	if (sourceKeys.includes(key)) {
		const file = requireText(spec, key, value);
		spec.inputs.push({role: mediaKindOf(file) === 'image' ? 'image' : 'color', file});
		return true;
	}

	if (key === 'control_inputs' || key === 'control_overrides') {
		for (const [name, one] of Object.entries(isObject(value) ? value : {})) {
			if (one !== null && !readControl(spec, name, one, model)) {
				leave(spec, name, one, model);
			}
		}

		return isObject(value);
	}

	return readControl(spec, key, value, model);
}

/** A control: an object with its file and its weight, or the file. */
function readControl(spec: Spec, key: string, value: unknown, model?: string): boolean {
	const role = roleNamed(key);
	if (role === undefined || !(isObject(value) || typeof value === 'string')) {
		return false;
	}

	if (typeof value === 'string') {
		spec.inputs.push({role, file: value});
		return true;
	}

	for (const [name, one] of Object.entries(value)) {
		if (controlKeys.includes(name) && typeof one === 'string') {
			spec.inputs.push({role, file: one});
		} else if (name === 'mask_path' && typeof one === 'string') {
			spec.inputs.push({role: `${role}_mask`, file: one});
		} else if (one !== null) {
			const settings = weightKeys.includes(name) ? [role] : settingKeys[name];
			leave(spec, `${key}.${name}`, one, model, settings);
		}
	}

	return true;
}

/** A setting is the launch's; the rest is not known here. */
function leave(
	spec: Spec,
	key: string,
	value: unknown,
	model?: string,
	settings: readonly string[] = settingKeys[key] ?? [],
): void {
	const word = typeof value === 'object' ? '{…}' : String(value).slice(0, 40);
	spec.left.push(`${key} ${word}`);
	const setting = settings.find(one => isSetting(one, model));
	if (setting === 'aspectRatio') {
		// Cosmos 3 writes a ratio with a comma.
		spec.settings.set(setting, String(value).replace(',', ':'));
	} else if (setting === 'keptLatents') {
		const isBeginning = Array.isArray(value) && value.every((latent, at) => latent === at);
		spec.settings.set(setting, isBeginning ? value.length : value);
	} else if (setting !== undefined) {
		spec.settings.set(setting, value);
	}
}

/** @param model absent where the host's will decide */
const isSetting = (key: string, model?: string) =>
	(model === undefined ? families : [familyOf(model)]).some(({modes}) =>
		modes.some(({settings}) => settings.some(row => row.key === key)),
	);
