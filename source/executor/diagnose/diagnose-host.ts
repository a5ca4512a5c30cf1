import {
	type Check,
	type CheckName,
	checkNames,
	okCheck,
	runCheck,
	skippedCheck,
} from '../../domain/check.js';
import {CosmosError} from '../../domain/errors.js';
import {type Host, hasContainers} from '../../domain/hosts/host.js';
import {parseWhole} from '../../domain/reported-number.js';
import {formatBytes} from '../../domain/text-format.js';
import {runScript} from '../engine/slot-script.js';
import type {HostSession} from '../host-session.js';
import {serverPlace} from '../server-place.js';
import {quoteWords} from '../transport/quote-words.js';
import type {Transport} from '../transport/transport.js';
import {describeGpus} from './describe-gpus.js';
import {diagnoseFamily, type FindToken, familyChecks} from './diagnose-family.js';
import {familyOfHost, installedProgram, noModel, notInstalled} from './model-on-host.js';

/** A disk with fewer free bytes counts as full: a run's videos and checkpoints' caches need more. */
const leastSpace = 1024 ** 3;
/** Seconds that the host's clock may differ from this machine's. */
const clockTolerance = 60;

/** Checks everything that a reachable host needs to run jobs, each on its own. */
export async function diagnoseHost(
	session: HostSession,
	now: () => number,
	findToken: FindToken,
): Promise<Check[]> {
	const {host, transport, remoteDir} = session;
	const {doctor} = session.engine;
	const [family, engine, checkpoints, disk, clock] = await Promise.all([
		diagnoseFamily(session, findToken),
		runCheck('engine', doctor.engine),
		runCheck('checkpoints', () => lookAtCheckpoints(host, remoteDir, transport)),
		runCheck('disk', () => lookAtDisk(host, remoteDir, transport)),
		runCheck('clock', () => lookAtClock(host, transport, now)),
	]);
	const lacksEngine = doctor.needsEngine && engine.state === 'problem';
	const {gpus = () => describeGpus(host, transport), image: imageLook = noImage} = doctor;
	const [gpu, image] = await Promise.all([
		lacksEngine ? skippedCheck('gpu', 'engine') : runCheck('gpu', gpus),
		lacksEngine ? skippedCheck('image', 'engine') : runCheck('image', imageLook),
	]);
	// What nvidia-smi fails at is one problem.
	const ofFamily = family.map(check =>
		check.state === 'problem' && gpu.state === 'problem' && ofGpus.includes(check.name)
			? skippedCheck(check.name, 'gpu')
			: check,
	);
	const servers =
		(host.servers ?? []).length === 0
			? []
			: [
					lacksEngine
						? skippedCheck('servers', 'engine')
						: await runCheck('servers', () => lookAtServers(session)),
				];
	return inOrder([engine, gpu, image, ...servers, checkpoints, disk, clock, ...ofFamily]);
}

const ofGpus: readonly CheckName[] = ['driver', 'memory'];

/** The checks of a host that was not reached. */
export function unreachedChecks(host: Host): Check[] {
	const names: CheckName[] = ['engine', 'gpu', 'image', 'checkpoints', 'disk', 'clock'];
	return inOrder([...names, ...familyChecks({host})].map(name => skippedCheck(name, 'ssh')));
}

function inOrder(checks: readonly Check[]): Check[] {
	return checkNames.flatMap(name => checks.filter(check => check.name === name));
}

/** The checks that a host on this machine does not need. */
export function localChecks(): Check[] {
	const names: CheckName[] = ['key', 'known_hosts', 'ssh'];
	return names.map(name => okCheck(name, 'this machine: not needed'));
}

/** Each server's image has to be there; says which of them run. */
async function lookAtServers({host, engine, remoteDir}: HostSession): Promise<string> {
	const {servers = []} = host;
	for (const {image, url} of servers) {
		if (url === undefined) {
			await engine.check({image});
		}
	}

	const live = (await engine.servers?.list()) ?? [];
	return servers
		.map(server => {
			const {key} = serverPlace(host, server, remoteDir);
			const state = live.find(one => one.key === key)?.state ?? 'stopped';
			const shown = server.url ?? (state === 'ended' ? 'stopped' : state);
			return `${server.name} (${server.checkpoint}): ${shown}`;
		})
		.join(', ');
}

const noImage = async () => 'no container, no image';

async function lookAtCheckpoints(
	host: Host,
	remoteDir: string,
	transport: Transport,
): Promise<string> {
	if (!(await transport.isFolder(remoteDir))) {
		throw new CosmosError('host-folder-missing', `${host.name} has no folder ${remoteDir}`, {
			hint: `Clone the model there, or set remote_dir under [hosts.${host.name}].`,
		});
	}

	if (host.simulated) {
		return 'simulated: not needed';
	}

	const {needs, also = []} = familyOfHost(host).checkout;
	for (const folder of [needs, ...also]) {
		if ((await transport.listFolder(`${remoteDir}/${folder}`)).length === 0) {
			throw noModel(host, remoteDir, folder);
		}
	}

	const program = hasContainers(host) ? undefined : installedProgram(host, remoteDir);
	if (program !== undefined && (await transport.exec(['test', '-x', program])).code !== 0) {
		throw notInstalled(host, program, remoteDir);
	}

	const lacking = await findLacking(host, remoteDir, transport);
	return `${remoteDir}/${needs}${lacking}`;
}

/**
 * What the checkout lacks for some launches, in words; empty where it has everything.
 * @throws CosmosError (host) for a file that every run needs
 */
async function findLacking(host: Host, remoteDir: string, transport: Transport): Promise<string> {
	const {files = []} = familyOfHost(host).host ?? {};
	if (files.length === 0) {
		return '';
	}

	// A folder without anything, and a pointer of Git LFS in the place of a file, count as missing.
	const {stdout} = await runScript(
		transport,
		`cd ${quoteWords([remoteDir])} || exit
for name in ${quoteWords(files.map(({path}) => path))}; do
	if [ -d "$name" ]; then [ -n "$(ls -A "$name")" ]; else [ -n "$(find -L "$name" -size +1k 2>/dev/null)" ]; fi || echo "$name"
done`,
	);
	const missing = stdout.split('\n');
	const lacks = files.filter(({path}) => missing.includes(path));
	const needed = lacks.find(one => one.for === undefined);
	if (needed) {
		throw noModel(host, remoteDir, needed.path);
	}

	return lacks.length === 0
		? ''
		: `; not there: ${lacks.map(one => `${one.path.split('/').at(-1)} (${one.for})`).join(', ')}`;
}

async function lookAtDisk(host: Host, remoteDir: string, transport: Transport): Promise<string> {
	const free = await transport.freeSpace(remoteDir);
	if (free < leastSpace) {
		throw new CosmosError(
			'host-disk-full',
			`${host.name} has only ${formatBytes(free)} free in ${remoteDir}`,
			{
				hint: 'Free some space there; `cosmos clean` removes what cosmos left behind.',
			},
		);
	}

	const {code} = await transport.exec(['test', '-w', remoteDir]);
	if (code !== 0 && (await transport.isFolder(remoteDir))) {
		throw new CosmosError('host', `no permission to write ${remoteDir} on ${host.name}`, {
			hint: 'Inputs and runs are stored there: take ownership (chown), or set another remote_dir.',
		});
	}

	const quota = await findQuota(remoteDir, transport);
	if (quota !== undefined && quota < leastSpace) {
		throw new CosmosError(
			'host-disk-full',
			`your disk quota on ${host.name} leaves ${formatBytes(Math.max(0, quota))} for ${remoteDir}`,
			{hint: 'Free some space in your folders there, or ask for a larger quota.'},
		);
	}

	const left = quota === undefined ? '' : `, ${formatBytes(quota)} of your quota left`;
	return `${formatBytes(free)} free there${left}`;
}

/** Bytes that the user's quota leaves on the file system of a folder; undefined where none is known. */
async function findQuota(folder: string, transport: Transport): Promise<number | undefined> {
	const {stdout} = await runScript(
		transport,
		`command -v quota >/dev/null || exit
df -P ${quoteWords([folder])} | tail -n 1 | { read -r disk rest; echo "$disk"; }
quota -w -p 2>/dev/null`,
	);
	const [disk, ...lines] = stdout.split('\n');
	// File system, KiB used (with an asterisk above the limit), soft and hard limit; 0 is none.
	const fields = lines.map(line => line.trim().split(/\s+/)).find(([name]) => name === disk);
	const [used, soft, hard] = (fields ?? [])
		.slice(1, 4)
		.map(word => parseWhole(word.replace('*', '')));
	const limit = soft || hard;
	return used === undefined || !limit ? undefined : (limit - used) * 1024;
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
