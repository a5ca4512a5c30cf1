import {validationError} from '../python/pydantic.js';
import {PythonError} from '../python/python-error.js';
import type {Dict} from '../python/values.js';
import {type Checkpoint, findCheckpoint} from './checkpoints.js';

/** The run's own values, resolved. */
export type Setup = {
	outputDir: string;
	checkpointName: string;
	checkpoint: Checkpoint;
	/** Processes; 1 without torchrun. */
	worldSize: number;
	shards: number;
	/** Groups of GPUs that each work on a sample of their own. */
	replicas: number;
	guardrails: boolean;
	keepGoing: boolean;
	skipInvalid: boolean;
	debug: boolean;
	benchmark: boolean;
	cache?: {threshold: number; order: number};
	sampler: 'unipc' | 'edm';
	quantization?: string;
	maxModelLength?: number;
	maxSequences?: number;
	/** All of it as the program writes it. */
	resolved: Dict;
};

/**
 * Builds the setup, in the program's order: the folder, the checkpoint, the sizes.
 * @param launched processes that torchrun has started; undefined where Python runs the program
 * @throws PythonError for the first thing that does not fit
 */
export function buildSetup(values: Dict, launched: number | undefined, checkout: string): Setup {
	if (values.output_dir === null) {
		throw new PythonError('ValueError', "'output_dir' is required");
	}

	if (Number(values.num_iterations) > 1 && !values.benchmark) {
		throw new PythonError('ValueError', 'num_iterations > 1 requires benchmark=True');
	}

	const name = String(values.checkpoint_path);
	const checkpoint = findCheckpoint(name, checkout);
	const sizes = chooseSizes(values, launched ?? 0);
	const resolved = {...values, ...sizes};
	if (launched !== undefined) {
		checkSizes(sizes, launched, resolved);
	}

	const number = (value: unknown) => (value === null ? undefined : Number(value));
	const worldSize = launched ?? 1;
	return {
		outputDir: String(values.output_dir),
		checkpointName: name,
		checkpoint,
		worldSize,
		shards: Number(sizes.dp_shard_size),
		replicas: worldSize / Number(sizes.cp_size * sizes.cfgp_size),
		guardrails: values.guardrails === true,
		keepGoing: values.keep_going === true,
		skipInvalid: values.skip_invalid_samples === true,
		debug: values.debug === true,
		benchmark: values.benchmark === true,
		cache: values.diffusion_cache
			? {
					threshold: number(values.diffusion_cache_thresh) ?? 0.35,
					order: number(values.diffusion_cache_residual_order) ?? 1,
				}
			: undefined,
		sampler: values.sampler as 'unipc',
		quantization: (values.quantization_method as string | null) ?? undefined,
		maxModelLength: number(values.max_model_len),
		maxSequences: number(values.max_num_seqs),
		resolved,
	};
}

type Sizes = Record<'dp_shard_size' | 'dp_replicate_size' | 'cp_size' | 'cfgp_size', bigint>;

/** Sizes that are 0 are chosen: the model is parted among all GPUs, a sample too with `latency`. */
function chooseSizes(values: Dict, world: number): Sizes {
	const all = BigInt(Math.max(1, world));
	const least = (number: bigint, limit: bigint) => (number < limit ? number : limit);
	const atLeast1 = (number: bigint) => (number < 1n ? 1n : number);
	const given = (name: keyof Sizes) => values[name] as bigint;
	const latency = values.parallelism_preset === 'latency';
	const dp_shard_size = given('dp_shard_size') || all;
	const dp_replicate_size = given('dp_replicate_size') || atLeast1(all / dp_shard_size);
	const cfgp_size = given('cfgp_size') || (latency ? least(all, 2n) : 1n);
	const cp_size = given('cp_size') || (latency ? atLeast1(least(all / cfgp_size, 32n)) : 1n);
	return {dp_shard_size, dp_replicate_size, cp_size, cfgp_size};
}

function checkSizes(sizes: Sizes, world: number, resolved: Dict): void {
	for (const [first, second] of [
		['dp_shard_size', 'dp_replicate_size'],
		['cp_size', 'cfgp_size'],
	] as const) {
		const product = Number(sizes[first] * sizes[second]);
		const rule = product > world ? 'must be <=' : world % product === 0 ? undefined : 'must divide';
		if (rule !== undefined) {
			const message = `Value error, ${first}(${sizes[first]}) * ${second}(${sizes[second]}) ${rule} WORLD_SIZE(${world})`;
			throw validationError('OmniSetupArgs', [
				{location: [], message, type: 'value_error', input: resolved},
			]);
		}
	}
}
