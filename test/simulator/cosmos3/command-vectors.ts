/**
 * Command lines. `-i a.json -o out --checkpoint-path Cosmos3-Nano` is written as `BASE`; `a.json`
 * holds a plain text2video sample.
 */
export type CommandVector = {
	words: string;
	/** Processes of torchrun; without it the program is run by Python itself. */
	gpus?: number;
	/** The status, 0 if the samples are read. */
	status: 0 | 1 | 2;
	/** A part of what is on stderr, or for 0 the resolved values that are named. */
	says: string | Readonly<Record<string, unknown>>;
};

const invalid = 'pydantic_core._pydantic_core.ValidationError: ';

export const commands: readonly CommandVector[] = [
	{
		words: 'BASE',
		status: 0,
		says: {
			output_dir: 'FOLDER/out',
			checkpoint: 'Cosmos3-Nano',
			guardrails: true,
			diffusion_cache: true,
			sampler: 'unipc',
			keep_going: false,
		},
	},
	// Names are written with dashes or underscores, values after a blank or an equals sign.
	{
		words: '--input_files a.json --output_dir=out --checkpoint_path Cosmos3-Edge',
		status: 0,
		says: {checkpoint: 'Cosmos3-Edge'},
	},
	{
		words: 'BASE --no-guardrails --keep-going --skip-invalid-samples --offload-guardrail-models',
		status: 0,
		says: {
			guardrails: false,
			keep_going: true,
			skip_invalid_samples: true,
			offload_guardrail_models: true,
		},
	},
	{words: 'BASE --keep-going --no-keep-going', status: 0, says: {keep_going: false}},
	{words: 'BASE --no-diffusion-cache', status: 0, says: {diffusion_cache: false}},
	{
		words: 'BASE --diffusion-cache-thresh 0.5 --diffusion-cache-residual-order 2',
		status: 0,
		says: {diffusion_cache_thresh: 0.5, diffusion_cache_residual_order: 2},
	},
	{words: 'BASE --sampler edm --parallelism-preset throughput', status: 0, says: {sampler: 'edm'}},
	{
		words: 'BASE --max-model-len 8192 --max-num-seqs None',
		status: 0,
		says: {max_model_len: 8192, max_num_seqs: null},
	},
	// What tyro refuses: status 2 and a box.
	{
		words: '',
		status: 2,
		says: 'The following arguments are required: --input-files, --checkpoint-path',
	},
	{
		words: '-i a.json -o out',
		status: 2,
		says: 'The following arguments are required: --checkpoint-path',
	},
	{
		words: '-o out --checkpoint-path Cosmos3-Nano',
		status: 2,
		says: 'The following arguments are required: --input-files',
	},
	{words: 'BASE --num-gpus 4', status: 2, says: 'Unrecognized options: --num-gpus'},
	{words: 'BASE stray.json', status: 2, says: 'Unrecognized options: stray.json'},
	{words: 'BASE --model-mode text2video', status: 2, says: "invalid choice 'text2video'"},
	{words: 'BASE --edge.weight 1', status: 2, says: 'Unrecognized options: --edge.weight'},
	{
		words: 'BASE --parallelism-preset fast',
		status: 2,
		says: "invalid choice 'fast' for argument '--parallelism-preset': expected one of throughput, latency",
	},
	{words: 'BASE --sampler euler', status: 2, says: "invalid choice 'euler'"},
	{words: 'BASE --quantization-method int8', status: 2, says: "invalid choice 'int8'"},
	{words: 'BASE --compiled-region none', status: 2, says: "invalid choice 'none'"},
	{words: 'BASE --seed', status: 2, says: "Missing value for argument '--seed'"},
	{words: 'BASE --seed ten', status: 2, says: "invalid int value 'ten' for argument '--seed'"},
	{words: 'BASE --cp-size 1.5', status: 2, says: "invalid int value '1.5'"},
	{words: 'BASE --guidance much', status: 2, says: "invalid float value 'much'"},
	{words: 'BASE --keep-going yes', status: 2, says: 'Unrecognized options: yes'},
	{words: 'BASE --guardrails=false', status: 2, says: "'--guardrails' takes no value"},
	{words: 'BASE --resolution 1080', status: 2, says: "invalid choice '1080'"},
	{words: 'BASE --enable-sound maybe', status: 2, says: "invalid choice 'maybe'"},
	// What pydantic refuses then: status 1.
	{
		words: 'BASE --cp-size 33',
		status: 1,
		says: `${invalid}2 validation errors for OmniSetupOverrides\ncp_size.constrained-int\n  Input should be less than or equal to 32 [type=less_than_equal, input_value=33, input_type=int]`,
	},
	{
		words: 'BASE --cfgp-size 3',
		status: 1,
		says: 'cfgp_size.constrained-int\n  Input should be less than or equal to 2',
	},
	{
		words: 'BASE --dp-shard-size -1',
		status: 1,
		says: 'dp_shard_size\n  Input should be greater than or equal to 0 [type=greater_than_equal, input_value=-1, input_type=int]',
	},
	{
		words: 'BASE --dp-replicate-size -1',
		status: 1,
		says: 'dp_replicate_size\n  Input should be greater than or equal to 0',
	},
	{
		words: 'BASE --device-memory-utilization 1.5',
		status: 1,
		says: 'device_memory_utilization\n  Input should be less than or equal to 1',
	},
	{
		words: 'BASE --max-num-seqs 0',
		status: 1,
		says: 'max_num_seqs\n  Input should be greater than 0',
	},
	{
		words: 'BASE --max-model-len 0',
		status: 1,
		says: 'max_model_len\n  Input should be greater than 0',
	},
	{
		words: 'BASE --warmup -1',
		status: 1,
		says: 'warmup\n  Input should be greater than or equal to 0',
	},
	{
		words: 'BASE --num-iterations 0',
		status: 1,
		says: 'num_iterations\n  Input should be greater than 0',
	},
	{
		words: 'BASE --guidance 7.5',
		status: 1,
		says: `${invalid}1 validation error for OmniSampleOverrides\nguidance\n  Input should be less than or equal to 7`,
	},
	{
		words: 'BASE --vision-path none.mp4',
		status: 1,
		says: 'Value error, Path does not point to a file: none.mp4',
	},
	// No hint can stand on the command line, so nothing of a transfer can.
	{
		words: 'BASE --max-frames 10',
		status: 1,
		says: 'Value error, transfer inference requires at least one control hint (edge, blur, depth, seg, wsm)',
	},
	{
		words: 'BASE --control-guidance 2',
		status: 1,
		says: 'Value error, transfer inference requires at least one control hint',
	},
	// What the script itself refuses.
	{
		words: '-i a.json --checkpoint-path Cosmos3-Nano',
		status: 1,
		says: "ValueError: 'output_dir' is required",
	},
	{
		words: '-i a.json -o out --checkpoint-path Cosmos3-Tiny',
		status: 1,
		says: 'ValueError: Checkpoint directory does not exist: FOLDER/Cosmos3-Tiny',
	},
	{
		words: '-i a.json -o out --checkpoint-path in',
		status: 1,
		says: 'ValueError: Unknown checkpoint type: FOLDER/in',
	},
	{
		words: 'BASE --num-iterations 2',
		status: 1,
		says: 'ValueError: num_iterations > 1 requires benchmark=True',
	},
	// Sizes. They are looked at where torchrun has said how many processes there are.
	{words: 'BASE --dp-shard-size 8', status: 0, says: {dp_shard_size: 8}},
	{
		words: 'BASE',
		gpus: 1,
		status: 0,
		says: {dp_shard_size: 1, dp_replicate_size: 1, cp_size: 1, cfgp_size: 1},
	},
	{
		words: 'BASE',
		gpus: 2,
		status: 0,
		says: {dp_shard_size: 2, dp_replicate_size: 1, cp_size: 1, cfgp_size: 2},
	},
	{
		words: 'BASE',
		gpus: 4,
		status: 0,
		says: {dp_shard_size: 4, dp_replicate_size: 1, cp_size: 2, cfgp_size: 2},
	},
	{
		words: 'BASE',
		gpus: 8,
		status: 0,
		says: {dp_shard_size: 8, dp_replicate_size: 1, cp_size: 4, cfgp_size: 2},
	},
	{
		words: 'BASE --parallelism-preset=throughput',
		gpus: 4,
		status: 0,
		says: {dp_shard_size: 4, dp_replicate_size: 1, cp_size: 1, cfgp_size: 1},
	},
	{
		words: 'BASE --dp-shard-size=1',
		gpus: 4,
		status: 0,
		says: {dp_shard_size: 1, dp_replicate_size: 4, cp_size: 2, cfgp_size: 2},
	},
	{
		words:
			'BASE --parallelism-preset=throughput --dp-shard-size=4 --dp-replicate-size=1 --cp-size=1 --cfgp-size=1',
		gpus: 4,
		status: 0,
		says: {dp_shard_size: 4, cp_size: 1},
	},
	{
		words: 'BASE --dp-shard-size 8',
		gpus: 4,
		status: 1,
		says: 'Value error, dp_shard_size(8) * dp_replicate_size(1) must be <= WORLD_SIZE(4)',
	},
	{
		words: 'BASE --dp-shard-size 3',
		gpus: 4,
		status: 1,
		says: 'Value error, dp_shard_size(3) * dp_replicate_size(1) must divide WORLD_SIZE(4)',
	},
	{
		words: 'BASE --cp-size 8',
		gpus: 4,
		status: 1,
		says: 'Value error, cp_size(8) * cfgp_size(2) must be <= WORLD_SIZE(4)',
	},
	{
		words: 'BASE --cp-size 3 --cfgp-size 1',
		gpus: 4,
		status: 1,
		says: 'Value error, cp_size(3) * cfgp_size(1) must divide WORLD_SIZE(4)',
	},
];
