import * as z from 'zod';
import {CosmosError} from '../../../domain/errors.js';
import type {EngineConfig} from '../engine-kind.js';
import {gpusInGres, type SlurmSettings, slurmContainers} from './slurm-settings.js';

const word = z.string().trim().min(1);
const words = z.array(z.string());

const amount = z.string().regex(/^\d+[KMGT]?$/, 'must be an amount that sbatch accepts: 64G');

/** `[hosts.NAME.slurm]`; the values are those of Slurm's own options. */
const table = z.strictObject({
	partition: word.optional(),
	account: word.optional(),
	qos: word.optional(),
	time: z
		.string()
		.regex(/^(?:\d+-)?\d+(?::\d\d){0,2}$/, 'must be a time that sbatch accepts: 90, 1:30:00, 1-12')
		.optional(),
	gres: word.optional(),
	cpus: z.int().min(1).max(4096).optional(),
	memory: amount.optional(),
	/** As Slurm's own option is called. */
	mem: amount.optional(),
	constraint: word.optional(),
	options: words.optional(),
	container: z.enum(slurmContainers).optional(),
	container_args: words.optional(),
	mounts: z.array(z.string().regex(/^[^:]+:[^:]+/, 'FOLDER:INSIDE')).optional(),
	width: z.int().min(1).max(1000).optional(),
});

/** `engine = "slurm"`. */
export const slurmConfig: EngineConfig = {
	table,
	complete({name, file, gpus, table: given = {}}) {
		const {
			container_args: containerArgs = [],
			mounts = [],
			options = [],
			container = 'none',
			width = 1,
			mem,
			memory = mem,
			...rest
		} = given as z.infer<typeof table>;
		if (gpus?.some(Array.isArray)) {
			throw new CosmosError('configuration', `${file}: [hosts.${name}] assigns GPUs to slots`, {
				hint: `Slurm chooses GPUs: give gpus as one list, and width under [hosts.${name}.slurm].`,
			});
		}

		if (mem !== undefined && memory !== mem) {
			throw new CosmosError(
				'configuration',
				`${file}: [hosts.${name}.slurm] has mem and memory, which differ`,
				{hint: 'They are the same: give one of them.'},
			);
		}

		const own = {...rest, ...(memory !== undefined && {memory})};
		const settings: SlurmSettings = {...own, options, container, containerArgs, mounts, width};
		return {
			engineSettings: settings,
			width,
			needsImage: container !== 'none',
			gpus: gpusOfJob(settings),
		};
	},
};

/** Those that a host's jobs ask for, else the first one. */
function gpusOfJob({gres}: SlurmSettings): number[] {
	const count = gres === undefined ? 1 : (gpusInGres(gres) ?? 0);
	return Array.from({length: count}, (_, index) => index);
}
