import type {Host} from '../../../domain/hosts/host.js';

/** What starts the model on a node: a container of one of three kinds, or nothing. */
export const slurmContainers = ['none', 'apptainer', 'pyxis', 'docker'] as const;

/** How a host's jobs are asked for in Slurm; what is absent is the cluster's own default. */
export type SlurmSettings = {
	partition?: string;
	account?: string;
	qos?: string;
	/** Slurm's `--time`; absent: the run's own limit and a little more. */
	time?: string;
	/** Slurm's `--gres`; absent: `gpu:N` by the host's `gpus`. */
	gres?: string;
	/** Slurm's `--cpus-per-task`. */
	cpus?: number;
	/** Slurm's `--mem`. */
	memory?: string;
	constraint?: string;
	/** More words for `sbatch`. */
	options: readonly string[];
	container: (typeof slurmContainers)[number];
	/** More words for what runs the container. */
	containerArgs: readonly string[];
	/** `FOLDER:INSIDE` beside the checkout. */
	mounts: readonly string[];
	/** Jobs of the queue that Slurm may have at once: so many slots. */
	width: number;
};

/** How many GPUs a `--gres` asks for on a node; undefined when it names none. */
export function gpusInGres(gres: string): number | undefined {
	const gpu = gres.split(',').find(part => /^(?:gres[:/])?gpu(?:[:(]|$)/.test(part));
	return gpu === undefined ? undefined : Number(/:(\d+)(?:\(.*\))?$/.exec(gpu)?.[1] ?? 1);
}

/** The `--gres` of a host's jobs; undefined when they ask for none. */
export function requestedGres({gpus}: Host, {gres}: SlurmSettings): string | undefined {
	return gres ?? (gpus.length > 0 ? `gpu:${gpus.length}` : undefined);
}

/** Those that the configuration gives a host with engine `slurm`. */
export function slurmSettings(host: Host): SlurmSettings {
	return host.engineSettings as SlurmSettings;
}
