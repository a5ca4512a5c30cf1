import {CosmosError} from '../domain/errors.js';
import {gpusInGres, type SlurmSettings} from '../domain/slurm-settings.js';
import type {HostEntry} from './config-file.js';

/** A host by two files: what the later one says wins, key by key, also in Slurm's table. */
export function mergeEntries(earlier: HostEntry | undefined, later: HostEntry): HostEntry {
	const slurm = later.slurm && {...earlier?.slurm, ...later.slurm};
	return {...earlier, ...later, ...(slurm && {slurm})};
}

/** A host's keys and values; those of Slurm's table as `slurm.KEY`. */
export function wordsOf({slurm = {}, ...rest}: HostEntry): Array<[string, unknown]> {
	const words = Object.entries(slurm).map(([key, value]) => [`slurm.${key}`, value]);
	return [...Object.entries(rest), ...words] as Array<[string, unknown]>;
}

/**
 * How a host's jobs are asked for in Slurm; undefined for one with another engine.
 * @throws CosmosError (configuration) when the host's keys contradict each other
 */
export function slurmOf(name: string, entry: HostEntry, file: string): SlurmSettings | undefined {
	const {
		container_args: containerArgs = [],
		mounts = [],
		options = [],
		...rest
	} = entry.slurm ?? {};
	if (entry.engine === 'slurm') {
		if (entry.gpus?.some(Array.isArray)) {
			throw new CosmosError('configuration', `${file}: [hosts.${name}] assigns GPUs to slots`, {
				hint: `Slurm chooses GPUs: give gpus as one list, and width under [hosts.${name}.slurm].`,
			});
		}

		const {container = 'none', width = 1} = rest;
		return {...rest, options, container, containerArgs, mounts, width};
	}

	if (entry.slurm) {
		throw new CosmosError(
			'configuration',
			`${file}: [hosts.${name}.slurm] without engine = "slurm"`,
			{
				hint: `Add engine = "slurm" to [hosts.${name}], or remove that table.`,
			},
		);
	}

	return undefined;
}

/** Those that a Slurm host's jobs ask for, else the first one. */
export function usualGpus(slurm: SlurmSettings | undefined): number[] {
	const count = slurm?.gres === undefined ? 1 : (gpusInGres(slurm.gres) ?? 0);
	return Array.from({length: count}, (_, index) => index);
}
