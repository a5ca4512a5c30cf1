/** The form of `POST /v1/videos`, as strict as the original's models. */
import {existsSync} from 'node:fs';
import path from 'node:path';
import {hints} from '../cosmos3/fields.js';
import type {Serve} from './command-line.js';

/** An error answer, as FastAPI gives it. */
export class Refused extends Error {
	constructor(
		readonly status: number,
		readonly body: unknown,
	) {
		super(JSON.stringify(body));
	}
}

type Values = Readonly<Record<string, string | number | boolean | object>>;

export type VideoForm = {
	values: Values;
	extra: Readonly<Record<string, unknown>>;
	width: number;
	height: number;
	frames: number;
	fps: number;
	steps: number;
	seed: number;
	prompt: string;
	/** The uploaded source. */
	source?: {name: string; bytes: Uint8Array};
};

type Rule = {
	read: (text: string) => string | number | boolean | object | undefined;
	type: string;
	msg: string;
};

const number = (least: number, most: number, isWhole: boolean): Rule => ({
	read(text) {
		const value = Number(text);
		const right = text.trim() !== '' && value >= least && value <= most;
		return right && (!isWhole || Number.isInteger(value)) ? value : undefined;
	},
	type: isWhole ? 'int_parsing' : 'float_parsing',
	msg: `Input should be ${isWhole ? 'a valid integer' : 'a valid number'} from ${least} to ${most}`,
});
const text: Rule = {read: one => one, type: 'string_type', msg: 'Input should be a valid string'};
const size: Rule = {
	read: one => (/^\d+x\d+$/.test(one) ? one : undefined),
	type: 'string_pattern_mismatch',
	msg: "String should match pattern '^\\d+x\\d+$'",
};
const bool: Rule = {
	read: one => ({true: true, false: false, 1: true, 0: false})[one.toLowerCase()],
	type: 'bool_parsing',
	msg: 'Input should be a valid boolean, unable to interpret input',
};

const most = Number.MAX_SAFE_INTEGER;
const rules: Readonly<Record<string, Rule>> = {
	model: text,
	prompt: text,
	negative_prompt: text,
	size,
	width: number(1, most, true),
	height: number(1, most, true),
	num_frames: number(1, most, true),
	fps: number(1, most, true),
	num_inference_steps: number(1, 200, true),
	guidance_scale: number(0, 20, false),
	flow_shift: number(-most, most, false),
	seed: number(-most, most, true),
	generate_sound: bool,
	sound_duration: number(1e-9, most, false),
	max_sequence_length: number(1, most, true),
	user: text,
	seconds: number(1, most, true),
	control_type: text,
};

const files = ['input_reference', 'control_reference'];

const extras = new Set([
	'flow_shift',
	'max_sequence_length',
	'use_resolution_template',
	'use_duration_template',
	'negative_metadata_mode',
	'guardrails',
	'condition_frame_indexes_vision',
	'condition_video_keep',
	'resolution',
	'control_guidance',
	'control_guidance_interval',
	'num_video_frames_per_chunk',
	'num_conditional_frames',
	'num_first_chunk_conditional_frames',
	'max_frames',
	'show_control_condition',
	'show_input',
	'emphasize_control_in_prompt',
	...hints,
]);

const controlKeys = new Set([
	'control_path',
	'control_weight',
	'preset_edge_threshold',
	'preset_blur_strength',
]);

/** @throws Refused (400, 422) that names the field */
export async function readForm(form: FormData, serve: Serve): Promise<VideoForm> {
	const values: Record<string, string | number | boolean | object> = {};
	const problems: unknown[] = [];
	let source: VideoForm['source'];
	for (const [name, value] of form) {
		if (typeof value !== 'string') {
			if (!files.includes(name)) {
				problems.push(problem(name, 'extra_forbidden', 'Extra inputs are not permitted', ''));
			} else if (name === 'input_reference') {
				source = {name: value.name, bytes: new Uint8Array(await value.arrayBuffer())};
			}
		} else if (name !== 'extra_params') {
			const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
			const read = rule?.read(value);
			if (rule && read !== undefined) {
				values[name] = read;
			} else {
				problems.push(
					rule
						? problem(name, rule.type, rule.msg, value)
						: problem(name, 'extra_forbidden', 'Extra inputs are not permitted', value),
				);
			}
		}
	}

	if (values.prompt === undefined) {
		problems.push(problem('prompt', 'missing', 'Field required', undefined));
	}

	if (problems.length > 0) {
		throw new Refused(422, {detail: problems});
	}

	if (values.model !== undefined && values.model !== serve.model) {
		throw error(
			400,
			`Model mismatch: request specifies '${values.model}' but server is running '${serve.model}'.`,
		);
	}

	const extra = readExtra(form.get('extra_params'), serve);
	const isTransfer = hints.some(hint => hint in extra);
	if (isTransfer && values.generate_sound === true) {
		throw error(400, 'Transfer cannot be combined with sound.');
	}

	const [width = 1280, height = 720] = String(values.size ?? '1280x720')
		.split('x')
		.map(Number);
	return {
		values,
		extra,
		width: Number(values.width ?? width),
		height: Number(values.height ?? height),
		frames: Number(values.num_frames ?? 189),
		fps: Number(values.fps ?? 24),
		steps: Number(values.num_inference_steps ?? 35),
		seed: Number(values.seed ?? 0),
		prompt: String(values.prompt),
		...(source && {source}),
	};
}

function readExtra(
	given: ReturnType<FormData['get']>,
	{mediaPath}: Serve,
): Record<string, unknown> {
	if (given === null) {
		return {};
	}

	let extra: unknown;
	try {
		extra = JSON.parse(String(given));
	} catch {
		throw error(400, 'Invalid JSON in extra_params');
	}

	if (typeof extra !== 'object' || extra === null || Array.isArray(extra)) {
		throw error(400, 'extra_params must be a JSON object');
	}

	for (const [key, value] of Object.entries(extra)) {
		if (!extras.has(key)) {
			throw error(400, `Unknown parameter in extra_params: ${key}`);
		}

		if ((hints as readonly string[]).includes(key)) {
			checkControl(key, value, mediaPath);
		}
	}

	return extra as Record<string, unknown>;
}

function checkControl(hint: string, value: unknown, mediaPath: string | undefined): void {
	if (value === true) {
		return;
	}

	const control = typeof value === 'string' ? {control_path: value} : value;
	if (typeof control !== 'object' || control === null) {
		throw error(400, `${hint} must be true, a path or an object`);
	}

	const unknown = Object.keys(control).find(key => !controlKeys.has(key));
	if (unknown !== undefined) {
		throw error(400, `${hint}: unknown key ${unknown}`);
	}

	const {control_path: file} = control as {control_path?: string};
	if (file !== undefined) {
		const inside =
			mediaPath !== undefined && path.resolve(file).startsWith(path.resolve(mediaPath));
		if (!inside) {
			throw error(400, `${hint}: ${file} is not below the allowed local media path`);
		}

		if (!existsSync(file)) {
			throw error(400, `${hint}: no such file: ${file}`);
		}
	}
}

/** The server's own error body. */
export function error(status: number, message: string): Refused {
	return new Refused(status, {
		error: {message, type: status >= 500 ? 'InternalServerError' : 'BadRequestError', code: status},
	});
}

function problem(name: string, type: string, msg: string, input: unknown) {
	return {type, loc: ['body', name], msg, input};
}
