import {CosmosError} from '../../../domain/errors.js';
import type {Host} from '../../../domain/hosts/host.js';
import {cleanText} from '../../../domain/runs/log-lines.js';
import {defaultsOf} from '../../../domain/settings/settings-tables.js';
import {familyOfHost} from '../../diagnose/model-on-host.js';
import {quoteWords} from '../../transport/quote-words.js';
import type {Transport} from '../../transport/transport.js';
import type {EngineDoctor} from '../engine.js';
import {checkLimits, describePartition, type Partition, readPartition} from './slurm-limits.js';
import type {SlurmSettings} from './slurm-settings.js';
import {lacksConfiguration, runSlurm, slurmWords} from './slurm-shell.js';

/** What a look at Slurm finds. */
export type SlurmFacts = {version: string; partition: Partition | undefined};

/**
 * Looks whether jobs can be given to Slurm: its commands, its answer, the partition, the folder.
 * @throws CosmosError (host) that names what is missing and the remedy
 */
export async function lookAtCluster(
	host: Host,
	slurm: SlurmSettings,
	remoteDir: string,
	transport: Transport,
): Promise<SlurmFacts> {
	const [facts, isThere] = await Promise.all([
		lookAtSlurm(host, slurm, transport),
		transport.isFolder(remoteDir),
	]);
	if (!isThere) {
		throw new CosmosError('host-folder-missing', `${host.name} has no folder ${remoteDir}`, {
			hint: `Clone the model there, on a file system that all nodes share, or set remote_dir under [hosts.${host.name}].`,
		});
	}

	return facts;
}

/** What `cosmos doctor` looks at. */
export function slurmDoctor(
	host: Host,
	slurm: SlurmSettings,
	remoteDir: string,
	transport: Transport,
): EngineDoctor {
	return {
		async engine() {
			const {version, partition} = await lookAtSlurm(host, slurm, transport);
			if (partition === undefined) {
				return version;
			}

			checkLimits(host, slurm, partition, usualTimeLimit(host));
			return `${version}, ${describePartition(partition)}`;
		},
		partitions: () => listPartitions(host, transport),
		gpus: () => lookAtNodes(host, slurm, transport),
		image: () => lookAtSlurmImage(host, slurm, remoteDir, transport),
		needsEngine: true,
	};
}

/** @throws CosmosError (host) when Slurm does not answer */
async function listPartitions(host: Host, transport: Transport): Promise<string[]> {
	const {code, stdout, stderr} = await runSlurm(transport, 'sinfo -h -o %P');
	if (code !== 0) {
		throw new CosmosError(
			'slurm-unavailable',
			`Slurm does not respond on ${host.name}: ${slurmWords(stderr)}`,
			{hint: 'Run `scontrol ping` there.'},
		);
	}

	const names = new Set(stdout.split('\n').map(cleanText).filter(Boolean));
	// An asterisk marks the default one.
	const usual = [...names].filter(name => name.endsWith('*'));
	return [...new Set([...usual, ...names])].map(name => name.replace(/\*$/, ''));
}

/** Seconds that a transfer of the host's family may take where nothing else is said. */
const usualTimeLimit = (host: Host) => defaultsOf('transfer', familyOfHost(host).name).timeLimit;

/** Gives Slurm's version and the partition of the host's jobs. @throws CosmosError (host) */
async function lookAtSlurm(
	host: Host,
	{partition = '', container}: SlurmSettings,
	transport: Transport,
): Promise<SlurmFacts> {
	const {stdout, stderr} = await runSlurm(
		transport,
		`for name in sbatch squeue scancel scontrol sinfo; do
	command -v "$name" >/dev/null || { echo "missing=$name"; exit; }
done
# Slurm's commands would look for it for a minute.
[ -z "$SLURM_CONF" ] || [ -r "$SLURM_CONF" ] || { echo "noconf=$SLURM_CONF"; exit; }
echo "version=$(sbatch --version)"
partition=${quoteWords([partition])}
[ -n "$partition" ] || partition=\${SBATCH_PARTITION:-}
[ -n "$partition" ] || partition=$(sinfo -h -o %P | sed -n 's/\\*$//p' | head -n 1)
if [ -n "$partition" ]; then
	sinfo -h -p "$partition" -e -o 'node=%R|%a|%l|%c|%m|%G|%f' || { echo silent=; exit; }
else
	sinfo -h >/dev/null || { echo silent=; exit; }
fi
[ ${container} != pyxis ] || srun --help 2>&1 | grep -q -e --container-image || echo nopyxis=`,
	);
	const rows = stdout.split('\n').map(line => {
		const [key = '', ...value] = line.split('=');
		return [key, cleanText(value.join('='))] as const;
	});
	const said = new Map(rows);
	const missing = said.get('missing');
	if (missing !== undefined) {
		throw new CosmosError('host-program-missing', `${host.name} has no \`${missing}\``, {
			hint: `Give a login node of the cluster as ssh under [hosts.${host.name}], or put Slurm into PATH there.`,
		});
	}

	if (said.has('noconf') || lacksConfiguration(stderr)) {
		const where = said.get('noconf');
		throw new CosmosError(
			'slurm-unavailable',
			where === undefined
				? `Slurm on ${host.name} finds no configuration: SLURM_CONF is not set in a shell without a terminal`
				: `SLURM_CONF on ${host.name} is ${where}, which cannot be read`,
			{
				hint: `Set SLURM_CONF where every login reads it, e.g. at the top of ~/.bashrc there; test with \`ssh ${host.ssh || host.name} sinfo\`.`,
			},
		);
	}

	if (said.has('silent')) {
		throw new CosmosError(
			'slurm-unavailable',
			`Slurm does not respond on ${host.name}: ${slurmWords(stderr)}`,
			{hint: 'Run `scontrol ping` there.'},
		);
	}

	const found = readPartition(rows.flatMap(([key, value]) => (key === 'node' ? [value] : [])));
	if (partition !== '' && found === undefined) {
		throw new CosmosError(
			'slurm-unavailable',
			`Slurm on ${host.name} has no partition ${partition}`,
			{hint: '`sinfo -s` there lists them.'},
		);
	}

	if (found && /^(?:drain|inact)/.test(found.state)) {
		throw new CosmosError(
			'slurm-unavailable',
			`the partition ${found.name} of ${host.name} takes no jobs: its state is ${found.state}`,
			{hint: '`sinfo -s` there lists the others.'},
		);
	}

	if (said.has('nopyxis')) {
		throw new CosmosError('host', `srun on ${host.name} has no --container-image`, {
			hint: 'The cluster has no pyxis; set another container under [hosts.NAME.slurm].',
		});
	}

	const version = (said.get('version') ?? '').replace(/^slurm(?:-wlm)?/, 'Slurm');
	return {version, partition: found};
}

/** Says how many nodes are in which state. @throws CosmosError (host) when none can run a job */
async function lookAtNodes(
	host: Host,
	{partition}: SlurmSettings,
	transport: Transport,
): Promise<string> {
	const asked = partition === undefined ? '' : quoteWords(['-p', partition]);
	const {stdout} = await runSlurm(transport, `sinfo -h -o '%D %T %G' ${asked} 2>/dev/null`);
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
