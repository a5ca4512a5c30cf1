import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {pythonNumber} from './python/argparse.js';
import type {Log} from './python/log.js';
import {type Frame, PythonError, toPythonError, typeName} from './python/python-error.js';
import {type TransferArguments, transferScript} from './transfer-arguments.js';

/** Keys of a spec that are controls; every other key with an object is an error. */
const controlKeys = [
	'vis',
	'seg',
	'edge',
	'depth',
	'keypoint',
	'upscale',
	'hdmap',
	'lidar',
] as const;

export type ControlKey = (typeof controlKeys)[number];

/** One control of a spec, checked. */
export type Control = {
	/** The weight, or the path of a `.pt` file with weights. */
	control_weight: number | string;
	/** Path; undefined means that it is computed from the input video. */
	input_control?: string;
	ckpt_path: string;
};

export type Spec = {
	/** By key, not yet checked. */
	controls: Map<ControlKey, unknown>;
	/** Every key that is no control. */
	scalars: Record<string, unknown>;
};

const utils = 'cosmos_transfer1/diffusion/inference/inference_utils.py';
const module: Frame = {
	file: transferScript,
	line: 423,
	name: '<module>',
	code: 'args, control_inputs = parse_arguments()',
};
const loading: readonly Frame[] = [
	module,
	{
		file: transferScript,
		line: 158,
		name: 'parse_arguments',
		code: 'control_inputs, json_args = load_controlnet_specs(cmd_args)',
	},
	{
		file: utils,
		line: 1055,
		name: 'load_controlnet_specs',
		code: 'controlnet_specs_in = json.load(f)',
	},
];
const validating: readonly Frame[] = [
	{file: transferScript, line: 424, name: '<module>', code: 'demo(args, control_inputs)'},
	{
		file: transferScript,
		line: 200,
		name: 'demo',
		code: 'control_inputs = validate_controlnet_specs(cfg, control_inputs)',
	},
];

/**
 * Reads a spec file and parts its keys into controls and scalars.
 * @throws PythonError for a file that is not there, not JSON, no object, or has an unknown control
 */
export async function loadSpec(file: string, checkout: string): Promise<Spec> {
	const entries = parseObject(await readText(path.resolve(checkout, file), file));
	const spec: Spec = {controls: new Map(), scalars: {}};
	for (const [key, value] of entries) {
		if (isControlKey(key)) {
			spec.controls.set(key, value);
		} else if (typeName(value) === 'dict') {
			throw invalidKey(key);
		} else {
			spec.scalars[key] = value;
		}
	}

	return spec;
}

function isControlKey(key: string): key is ControlKey {
	return controlKeys.includes(key as ControlKey);
}

/**
 * The text of a JSON file.
 * @param shown the path as the error names it
 */
export async function readText(file: string, shown: string): Promise<string> {
	try {
		return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(await readFile(file));
	} catch (error) {
		throw error instanceof TypeError
			? new PythonError('UnicodeDecodeError', "'utf-8' codec can't decode the file", loading)
			: toPythonError(error, shown, loading);
	}
}

/** @throws PythonError as `json.load` does, with line and column */
export function parseObject(text: string): [string, unknown][] {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		const place = placeOf(error as SyntaxError, text);
		throw new PythonError('json.decoder.JSONDecodeError', `Expecting value: ${place}`, loading);
	}

	if (typeName(value) !== 'dict') {
		const message = `'${typeName(value)}' object has no attribute 'items'`;
		throw new PythonError('AttributeError', message, loading);
	}

	return Object.entries(value as object);
}

/** Where a text stops to be JSON, in Python's words. V8 names the place in some messages only. */
function placeOf(error: SyntaxError, text: string): string {
	const named = /at position (\d+)/.exec(error.message);
	const ended = /Unexpected end/.test(error.message);
	const position = named ? Number(named[1]) : ended ? text.length : 0;
	const before = text.slice(0, position).split('\n');
	const column = (before.at(-1) ?? '').length + 1;
	return `line ${before.length} column ${column} (char ${position})`;
}

function invalidKey(key: string): PythonError {
	const names = controlKeys.map(name => `'${name}'`).join(', ');
	return new PythonError(
		'ValueError',
		`Invalid hint_key: ${key}. Must be one of {${names}}`,
		loading.slice(0, 2),
	);
}

/**
 * Checks the controls as the original does before it loads the model, and fills in what is left
 * out.
 * @throws PythonError for the first control that cannot be used
 */
export async function checkControls(
	controls: ReadonlyMap<ControlKey, unknown>,
	args: TransferArguments,
	log: Log,
): Promise<Map<ControlKey, Control>> {
	const checked = new Map<ControlKey, Control>();
	for (const [key, value] of controls) {
		if (args.input_video_path === '' && args.sigma_max < 80) {
			throw refused('ValueError', "Must have 'input_video' specified if sigma_max < 80");
		}

		checked.set(key, await checkControl(key, toConfig(value), args, log));
	}

	if (args.use_distilled && checked.size > 1) {
		throw refused('AssertionError', 'Distilled model only supports single control input');
	}

	return checked;
}

/** Checkpoints that are not called as their control is. */
const fileNames: Readonly<Partial<Record<ControlKey, string>>> = {upscale: '4kupscaler'};

async function checkControl(
	key: ControlKey,
	config: Readonly<Record<string, unknown>>,
	args: TransferArguments,
	log: Log,
): Promise<Control> {
	const place = 'diffusion/inference/inference_utils.py:1086:validate_controlnet_specs';
	if (args.input_video_path === '' && !('input_control' in config)) {
		throw refused(
			'ValueError',
			`${key} controlnet must have 'input_control' video specified if no 'input_video' specified.`,
		);
	}

	if (!('ckpt_path' in config)) {
		await log('INFO', place, `No checkpoint path specified for ${key}. Using default.`);
		if (args.use_distilled && key !== 'edge') {
			throw refused(
				'ValueError',
				`No default distilled checkpoint for ${key}. Users must specify ckpt_path in config.`,
			);
		}
	}

	if (!('control_weight' in config)) {
		await log('WARNING', place, `No control weight specified for ${key}. Setting to 0.5.`);
	}

	const file = args.use_distilled
		? 'edge_control_distilled.pt'
		: `${fileNames[key] ?? key}_control.pt`;
	return {
		control_weight: checkWeight(key, 'control_weight' in config ? config.control_weight : 0.5),
		input_control: checkPath(key, config.input_control),
		ckpt_path: String(
			config.ckpt_path ?? `${args.checkpoint_dir}/nvidia/Cosmos-Transfer1-7B/${file}`,
		),
	};
}

/** A control that is no object fails in the original where it is first looked into. */
function toConfig(value: unknown): Record<string, unknown> {
	const type = typeName(value);
	if (type === 'dict') {
		return value as Record<string, unknown>;
	}

	throw refused(
		'TypeError',
		type === 'str' || type === 'list'
			? `'${type}' object does not support item assignment`
			: `argument of type '${type}' is not iterable`,
	);
}

/** @throws PythonError unless the weight is a number from 0 or the name of a `.pt` file */
export function checkWeight(key: string, weight: unknown): number | string {
	if (typeof weight === 'string' && weight.endsWith('.pt')) {
		return weight;
	}

	const type = typeName(weight);
	if (type === 'NoneType' || type === 'list' || type === 'dict') {
		throw refused('TypeError', `float() argument must be a string or a real number, not '${type}'`);
	}

	const number = typeof weight === 'string' ? pythonNumber(weight, 'float') : Number(weight);
	if (number === undefined || number < 0) {
		throw refused(
			'ValueError',
			`Control weight for ${key} must be a valid non-negative float or a path to a .pt file.`,
		);
	}

	return number;
}

export function checkPath(key: string, value: unknown): string | undefined {
	if (value === undefined || value === null || typeof value === 'string') {
		return value ?? undefined;
	}

	throw refused('TypeError', `${key}: expected a path, not '${typeName(value)}'`);
}

function refused(type: string, message: string): PythonError {
	return new PythonError(type, message, validating);
}
