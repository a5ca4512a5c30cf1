import {type Check, type CheckName, fine, look, skipped} from '../domain/check.js';
import {CosmosError} from '../domain/errors.js';
import type {Host} from '../domain/host.js';
import {bytes} from '../domain/text-format.js';
import {lookAtEngine, lookAtGpuRuntime, lookAtImage} from './engine/docker/docker-looks.js';
import {lookAtNodes, lookAtSlurm, lookAtSlurmImage} from './engine/slurm/slurm-check.js';
import {queryGpus} from './gpu.js';
import type {HostSession} from './host-session.js';
import {familyOfHost, noModel} from './model-on-host.js';
import type {Transport} from './transport/transport.js';

/** Bytes below which a disk is called full: a run's videos and checkpoints' caches need more. */
const leastSpace = 1024 ** 3;
/** Seconds that the host's clock may differ from home's. */
const clockTolerance = 60;

/** Looks at everything that a reached host needs to run jobs, each thing by itself. */
export async function diagnoseHost(session: HostSession, now: () => number): Promise<Check[]> {
	const {host, transport, remoteDir} = session;
	const [engine, checkpoints, disk, clock] = await Promise.all([
		look('engine', () =>
			host.engine === 'docker'
				? lookAtEngine(host, transport)
				: host.slurm
					? lookAtSlurm(host, host.slurm, transport)
					: session.engine.check().then(({version}) => version),
		),
		look('checkpoints', () => lookAtCheckpoints(host, remoteDir, transport)),
		look('disk', () => lookAtDisk(host, remoteDir, transport)),
		look('clock', () => lookAtClock(host, transport, now)),
	]);
	const needEngine = host.engine !== 'process' && engine.state === 'problem';
	const [gpu, image] = await Promise.all([
		needEngine ? skipped('gpu', 'engine') : look('gpu', () => lookAtGpus(host, transport)),
		needEngine ? skipped('image', 'engine') : look('image', () => imageOf(session)),
	]);
	return [engine, gpu, image, checkpoints, disk, clock];
}

/** What stands for a host that was not reached. */
export function unreached(): Check[] {
	const names: CheckName[] = ['engine', 'gpu', 'image', 'checkpoints', 'disk', 'clock'];
	return names.map(name => skipped(name, 'ssh'));
}

/** The checks that a host on this machine does not need. */
export function onThisMachine(): Check[] {
	const names: CheckName[] = ['key', 'known_hosts', 'ssh'];
	return names.map(name => fine(name, 'this machine: not needed'));
}

async function imageOf({host, remoteDir, transport}: HostSession): Promise<string> {
	if (host.slurm) {
		return lookAtSlurmImage(host, host.slurm, remoteDir, transport);
	}

	return host.engine === 'docker' ? lookAtImage(host, transport) : 'no container, no image';
}

async function lookAtGpus(host: Host, transport: Transport): Promise<string> {
	if (host.slurm) {
		return lookAtNodes(host, host.slurm, transport);
	}

	if (host.gpus.length === 0) {
		return 'jobs get no GPU (gpus = [])';
	}

	if (host.simulated && host.engine === 'process') {
		return 'simulated: not needed';
	}

	const there = await queryGpus(transport);
	const missing = host.gpus.filter(index => !there.some(gpu => gpu.index === index));
	if (missing.length > 0) {
		const indices = there.map(gpu => gpu.index).join(', ');
		throw new CosmosError('host', `${host.name} has no GPU ${missing.join(', ')}`, {
			hint:
				there.length === 0
					? 'nvidia-smi there finds none: is the NVIDIA driver installed?'
					: `nvidia-smi lists ${indices}; set gpus under [hosts.${host.name}].`,
		});
	}

	if (host.engine === 'docker') {
		await lookAtGpuRuntime(host, transport);
	}

	const used = there.filter(gpu => host.gpus.includes(gpu.index));
	return used.map(gpu => `${gpu.index} ${gpu.name}`).join(', ');
}

async function lookAtCheckpoints(
	host: Host,
	remoteDir: string,
	transport: Transport,
): Promise<string> {
	if (!(await transport.isFolder(remoteDir))) {
		throw new CosmosError('host', `${host.name} has no folder ${remoteDir}`, {
			hint: `Clone the model there, or set remote_dir under [hosts.${host.name}].`,
		});
	}

	if (host.simulated) {
		return 'simulated: not needed';
	}

	const folder = `${remoteDir}/${familyOfHost(host).checkout.needs}`;
	const entries = await transport.listFolder(folder);
	if (entries.length === 0) {
		throw noModel(host, remoteDir);
	}

	return folder;
}

async function lookAtDisk(host: Host, remoteDir: string, transport: Transport): Promise<string> {
	const free = await transport.freeSpace(remoteDir);
	if (free < leastSpace) {
		throw new CosmosError('host', `${host.name} has only ${bytes(free)} free in ${remoteDir}`, {
			hint: 'Free some space there; `cosmos clean` removes what cosmos left behind.',
		});
	}

	const {code} = await transport.exec(['test', '-w', remoteDir]);
	if (code !== 0 && (await transport.isFolder(remoteDir))) {
		throw new CosmosError('host', `no permission to write ${remoteDir} on ${host.name}`, {
			hint: 'Inputs and runs are stored there: take ownership (chown), or set another remote_dir.',
		});
	}

	return `${bytes(free)} free there`;
}

async function lookAtClock(host: Host, transport: Transport, now: () => number): Promise<string> {
	const before = now();
	const there = await transport.clock();
	const off = Math.round(there - (before + now()) / 2000);
	if (Math.abs(off) > clockTolerance) {
		const way = off > 0 ? 'ahead of' : 'behind';
		throw new CosmosError('host', `the clock of ${host.name} is ${spanOf(off)} ${way} this one`, {
			hint: 'Correct whichever clock is wrong: `timedatectl set-ntp true`.',
		});
	}

	return Math.abs(off) < 2 ? 'as here' : `${Math.abs(off)} s off`;
}

function spanOf(seconds: number): string {
	const size = Math.abs(seconds);
	return size >= 7200
		? `${Math.round(size / 3600)} hours`
		: size >= 120
			? `${Math.round(size / 60)} minutes`
			: `${size} seconds`;
}
