import {
	anyPath,
	bool,
	float,
	integer,
	type Kind,
	list,
	literal,
	orZero,
	text,
} from '../python/pydantic.js';
import type {PythonValue} from '../python/values.js';
import {type FieldName, fieldTable, hints} from './fields.js';

/** A flag of the script. */
export type Flag = {
	kind: Kind;
	/** Without it the flag must be given. */
	value?: PythonValue;
	short?: string;
	/** It sets a field of every sample. */
	ofSample?: true;
};

const size = integer({ge: 0});
const count = integer({gt: 0});

/** The flags of the run as a whole, in the order in which pydantic checks their values. */
const setup = {
	guardrails: {kind: bool, value: true},
	offload_guardrail_models: {kind: bool, value: false},
	quantization_method: {kind: literal('mxfp8', 'nvfp4'), value: null},
	quantization_include_regex: {kind: list(text), value: ['language_model.model.layers']},
	quantization_exclude_regex: {kind: list(text), value: []},
	parallelism_preset: {kind: literal('throughput', 'latency'), value: 'latency'},
	device_memory_utilization: {kind: float({ge: 0, le: 1}), value: 0.75},
	dp_replicate_size: {kind: size, value: 0n},
	dp_shard_size: {kind: size, value: 0n},
	cp_size: {kind: orZero('constrained-int', {ge: 1, le: 32}), value: 0n},
	cfgp_size: {kind: orZero('constrained-int', {ge: 1, le: 2}), value: 0n},
	use_torch_compile: {kind: bool, value: true},
	use_cuda_graphs: {kind: bool, value: false},
	compiled_region: {kind: literal('all', 'language'), value: 'all'},
	compile_dynamic: {kind: bool, value: true},
	use_separate_pipeline_vision_decode_gpu: {kind: bool, value: false},
	config_file: {kind: text, value: 'cosmos_framework/configs/base/config.py'},
	experiment: {kind: text, value: ''},
	experiment_overrides: {kind: list(text), value: []},
	checkpoint_path: {kind: text},
	credential_path: {kind: text, value: 'credentials/gcp_checkpoint.secret'},
	use_ema_weights: {kind: bool, value: true},
	checkpoint_cache_dir: {kind: anyPath, value: null},
	output_dir: {kind: anyPath, value: null, short: '-o'},
	keep_going: {kind: bool, value: false},
	skip_invalid_samples: {kind: bool, value: false},
	debug: {kind: bool, value: false},
	profile: {kind: bool, value: false},
	benchmark: {kind: bool, value: false},
	warmup: {kind: integer({ge: 0}), value: 0n},
	num_iterations: {kind: count, value: 1n},
	max_model_len: {kind: count, value: null},
	max_num_seqs: {kind: count, value: 1n},
	diffusion_cache: {kind: bool, value: true},
	diffusion_cache_thresh: {kind: float(), value: null},
	diffusion_cache_residual_order: {kind: integer(), value: null},
	model_size: {
		kind: literal('0.6B', '2B', '8B', '30B-A3B', '32B', '235B-A22B'),
		value: null,
	},
	sampler: {kind: literal('unipc', 'edm'), value: 'unipc'},
} as const satisfies Readonly<Record<string, Flag>>;

/** Fields that no flag sets: hints are objects, the rest is the program's own. */
const withoutFlag: ReadonlySet<FieldName> = new Set([...hints, 'name', 'output_dir', 'extra']);

export const flags: ReadonlyMap<string, Flag> = new Map<string, Flag>([
	['input_files', {kind: list(text), short: '-i'}],
	...Object.entries(setup),
	...fieldTable
		.filter(([name]) => !withoutFlag.has(name))
		.map(
			([name, {kind}]) =>
				[
					name,
					{kind, value: null, ofSample: true, ...(name === 'num_outputs' && {short: '-n'})},
				] as const,
		),
]);
