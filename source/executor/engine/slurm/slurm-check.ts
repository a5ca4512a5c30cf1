import {CosmosError} from '../../../domain/errors.js';
import type {Host} from '../../../domain/host.js';
import {cleanText} from '../../../domain/log-lines.js';
import {quoteWords} from '../../transport/quote-words.js';
import type {Transport} from '../../transport/transport.js';
import type {EngineDoctor, EngineFacts} from '../engine.js';
import {runScript} from '../slot-script.js';
import type {SlurmSettings} from './slurm-settings.js';

/**
 * Checks that jobs can be given to Slurm: its commands, its answer, the partition, the folder.
 * @throws CosmosError (host) that names what is missing and the remedy
 */
export async function checkSlurm(
	host: Host,
	slurm: SlurmSettings,
	remoteDir: string,
	transport: Transport,
): Promise<EngineFacts> {
	const [version, isThere] = await Promise.all([
		lookAtSlurm(host, slurm, transport),
		transport.isFolder(remoteDir),
	]);
	if (!isThere) {
		throw new CosmosError('host-folder-missing', `${host.name} has no folder ${remoteDir}`, {
			hint: `Clone the model there, on a file system that all nodes share, or set remote_dir under [hosts.${host.name}].`,
		});
	}

	return {version, image: host.image, imageCreated: ''};
}

/** What `cosmos doctor` looks at. */
export function slurmDoctor(
	host: Host,
	slurm: SlurmSettings,
	remoteDir: string,
	transport: Transport,
): EngineDoctor {
	return {
		engine: () => lookAtSlurm(host, slurm, transport),
		gpus: () => lookAtNodes(host, slurm, transport),
		image: () => lookAtSlurmImage(host, slurm, remoteDir, transport),
		needsEngine: true,
	};
}

/** Gives Slurm's version. @throws CosmosError (host) */
async function lookAtSlurm(
	host: Host,
	{partition, container}: SlurmSettings,
	transport: Transport,
): Promise<string> {
	const asked = partition === undefined ? '' : quoteWords(['-p', partition]);
	const {stdout, stderr} = await runScript(
		transport,
		`for name in sbatch squeue scancel scontrol sinfo; do
	command -v "$name" >/dev/null || { echo "missing=$name"; exit; }
done
echo "version=$(sbatch --version)"
states=$(sinfo -h -o '%R %a' ${asked}) || { echo silent=; exit; }
echo "states=$states"
[ ${container} != pyxis ] || srun --help 2>&1 | grep -q -e --container-image || echo nopyxis=`,
	);
	const said = new Map(
		stdout.split('\n').map(line => {
			const [key = '', ...value] = line.split('=');
			return [key, cleanText(value.join('='))];
		}),
	);
	const missing = said.get('missing');
	if (missing !== undefined) {
		throw new CosmosError('host-program-missing', `${host.name} has no \`${missing}\``, {
			hint: `Give a login node of the cluster as ssh under [hosts.${host.name}], or put Slurm into PATH there.`,
		});
	}

	if (said.has('silent')) {
		throw new CosmosError(
			'slurm-unavailable',
			`Slurm does not respond on ${host.name}: ${cleanText(stderr)}`,
			{
				hint: 'Run `scontrol ping` there.',
			},
		);
	}

	const states = said.get('states') ?? '';
	if (partition !== undefined && states === '') {
		throw new CosmosError(
			'slurm-unavailable',
			`Slurm on ${host.name} has no partition ${partition}`,
			{
				hint: '`sinfo -s` there lists them.',
			},
		);
	}

	if (partition !== undefined && !states.endsWith(' up')) {
		throw new CosmosError(
			'slurm-unavailable',
			`the partition ${partition} of ${host.name} is closed`,
			{
				hint: 'Jobs would wait until it opens; `sinfo -s` there lists the others.',
			},
		);
	}

	if (said.has('nopyxis')) {
		throw new CosmosError('host', `srun on ${host.name} has no --container-image`, {
			hint: 'The cluster has no pyxis; set another container under [hosts.NAME.slurm].',
		});
	}

	return (said.get('version') ?? '').replace(/^slurm(?:-wlm)?/, 'Slurm');
}

/** Says how many nodes are in which state. @throws CosmosError (host) when none can run a job */
async function lookAtNodes(
	host: Host,
	{partition}: SlurmSettings,
	transport: Transport,
): Promise<string> {
	const asked = partition === undefined ? '' : quoteWords(['-p', partition]);
	const {stdout} = await runScript(transport, `sinfo -h -o '%D %T %G' ${asked} 2>/dev/null`);
	const groups = stdout.split('\n').filter(line => line !== '');
	const words = groups.map(group => {
		const [count, state, gres = ''] = cleanText(group).split(' ');
		return `${count} ${state}${gres === '(null)' ? '' : ` (${gres})`}`;
	});
	const usable = groups.some(group => / (?:idle|mixed|allocated|completing|planned)/.test(group));
	if (!usable) {
		throw new CosmosError(
			'slurm-unavailable',
			`no node of ${host.name} accepts jobs: ${words.join(', ')}`,
			{
				hint: '`sinfo -R` there shows why.',
			},
		);
	}

	return `nodes: ${words.join(', ')}`;
}

/** What runs a container is on the nodes; the login node can only check a file. */
async function lookAtSlurmImage(
	host: Host,
	{container}: SlurmSettings,
	remoteDir: string,
	transport: Transport,
): Promise<string> {
	if (container === 'none') {
		return 'no container, no image';
	}

	if (/\.(?:sif|sqsh)$/.test(host.image)) {
		const file = host.image.startsWith('/') ? host.image : `${remoteDir}/${host.image}`;
		if ((await transport.fileSize(file)) === undefined) {
			throw new CosmosError('host', `${host.name} has no file ${file}`, {
				hint: `Make it there, or set image under [hosts.${host.name}].`,
			});
		}

		return `${file}, by ${container}`;
	}

	return `${host.image}, by ${container}; can only be checked on the nodes`;
}
