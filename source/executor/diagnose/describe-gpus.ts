import {CosmosError} from '../../domain/errors.js';
import type {Host} from '../../domain/hosts/host.js';
import type {GpuFacts} from '../../domain/types.js';
import type {Transport} from '../transport/transport.js';
import {queryGpus} from './gpu.js';

/**
 * Names the GPUs that jobs get, as `nvidia-smi` on the host lists them.
 * @throws CosmosError (host) when one of them is missing
 */
export async function describeGpus(host: Host, transport: Transport): Promise<string> {
	if (host.gpus.length === 0) {
		return 'jobs get no GPU (gpus = [])';
	}

	const there = await queryGpus(transport);
	const problem = findMissingGpus(host, there);
	if (problem) {
		throw problem;
	}

	const used = there.filter(gpu => host.gpus.includes(gpu.index));
	return used.map(gpu => `${gpu.index} ${gpu.name}`).join(', ');
}

/** The error for a host that lacks one of the GPUs that jobs get; undefined where all are there. */
export function findMissingGpus(host: Host, there: readonly GpuFacts[]): CosmosError | undefined {
	const missing = host.gpus.filter(index => !there.some(gpu => gpu.index === index));
	if (missing.length === 0) {
		return undefined;
	}

	const indices = there.map(gpu => gpu.index).join(', ');
	return new CosmosError('gpu-missing', `${host.name} has no GPU ${missing.join(', ')}`, {
		hint:
			there.length === 0
				? 'nvidia-smi there finds none: is the NVIDIA driver installed?'
				: `nvidia-smi lists ${indices}; set gpus under [hosts.${host.name}].`,
	});
}
