import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, openSync, readFileSync} from 'node:fs';
import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {packageRoot, simulatorFile} from '../../source/package-root.js';
import {programPath} from './available.js';
import {labImage, writeImage} from './image.js';

export {labImage} from './image.js';

/** A Docker engine of the tests' own, with an image whose model is the simulator. */
export type DockerLab = {
	/** Path of the engine's socket. */
	socket: string;
	/** Value for DOCKER_HOST. */
	dockerHost: string;
	/** The words for a host's `docker`: no environment needed. */
	docker: readonly string[];
	image: string;
	/** The `docker run` arguments that the image needs: no network, this machine's node and tools. */
	dockerArgs: readonly string[];
	/** Arguments for an image of shell scripts alone: BusyBox, nothing mounted, quicker. */
	bareArgs: readonly string[];
	/** Folder for the slots' locks of this engine, to be given as COSMOS_LOCK_DIR. */
	lockDir: string;
	/** Runs docker here and gives its standard output; throws when it fails. */
	run: (...words: string[]) => string;
	/** Every container there is, by name. */
	containers: () => string[];
	/** Ends the engine alone, and starts it again. Containers survive it only with `liveRestore`. */
	halt: () => Promise<void>;
	resume: () => Promise<void>;
	/** Ends the engine and removes all that it left, mounts too. */
	stop: () => Promise<void>;
};

/**
 * Starts the engine in a folder of its own; takes about half a second.
 * @param options.liveRestore containers live on while the engine is down. @default false
 * @param options.tools a folder that is to be first in the engine's PATH. @default none
 */
export async function startDocker({
	liveRestore = false,
	tools,
}: {
	liveRestore?: boolean;
	tools?: string;
} = {}): Promise<DockerLab> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-docker-'));
	const socket = path.join(folder, 'docker.sock');
	const dockerHost = `unix://${socket}`;
	const client = programPath('docker') as string;
	const docker = [client, '-H', dockerHost];
	const lockDir = path.join(folder, 'locks');
	await mkdir(lockDir);
	const start = () => startDaemon(folder, socket, {liveRestore, tools});
	let stopDaemon = await start();

	function run(...words: string[]): string {
		const {status, stdout, stderr} = spawnSync(client, ['-H', dockerHost, ...words], {
			encoding: 'utf8',
			maxBuffer: 1 << 28,
		});
		if (status !== 0) {
			throw new Error(`docker ${words.join(' ')}: ${stderr}`);
		}

		return stdout;
	}

	const containers = () => run('ps', '-a', '--format', '{{.Names}}').split('\n').filter(Boolean);

	async function stop(): Promise<void> {
		if (existsSync(socket)) {
			const ids = run('ps', '-aq').split('\n').filter(Boolean);
			if (ids.length > 0) {
				run('rm', '-f', ...ids);
			}
		}

		await stopDaemon();
		unmountBelow(folder);
		await rm(folder, {recursive: true, force: true});
	}

	try {
		await writeImage(folder, docker);
	} catch (error) {
		await stop();
		throw error;
	}

	return {
		socket,
		dockerHost,
		docker,
		image: labImage,
		get dockerArgs() {
			return simulatorArgs();
		},
		bareArgs: ['--network', 'none'],
		lockDir,
		run,
		containers,
		halt: () => stopDaemon(),
		async resume() {
			stopDaemon = await start();
		},
		stop,
	};
}

/** @throws Error when the program is not built: Docker would make the missing folder, as root */
function simulatorArgs(): string[] {
	if (!existsSync(simulatorFile())) {
		throw new Error(`the laboratory needs ${simulatorFile()}: npm run build`);
	}

	const mounts = [
		'/usr:/usr:ro',
		`${process.execPath}:/opt/cosmos/node:ro`,
		`${path.join(packageRoot(), 'dist')}:/opt/cosmos/dist:ro`,
		`${path.join(packageRoot(), 'package.json')}:/opt/cosmos/package.json:ro`,
		`${path.join(packageRoot(), 'node_modules')}:/opt/cosmos/node_modules:ro`,
	];
	return ['--network', 'none', ...mounts.flatMap(mount => ['-v', mount])];
}

/** Resolves with the way to end it, once it answers. */
async function startDaemon(
	folder: string,
	socket: string,
	{liveRestore, tools}: {liveRestore: boolean; tools?: string},
): Promise<() => Promise<void>> {
	const log = path.join(folder, 'dockerd.log');
	const out = openSync(log, 'a');
	const daemon = spawn(
		programPath('dockerd') as string,
		[
			...['--data-root', path.join(folder, 'data'), '--exec-root', path.join(folder, 'exec')],
			...['--pidfile', path.join(folder, 'pid'), '-H', `unix://${socket}`],
			...['--storage-driver', 'vfs', '--bridge=none', '--iptables=false', '--ip6tables=false'],
			...(liveRestore ? ['--live-restore'] : []),
		],
		// A session of its own: a Ctrl-C at the tests must not reach it before they clean up.
		{
			detached: true,
			stdio: ['ignore', out, out],
			env: {...process.env, ...(tools && {PATH: `${tools}:${process.env.PATH}`})},
		},
	);
	const ended = once(daemon, 'exit');
	const client = programPath('docker') as string;
	while (spawnSync(client, ['-H', `unix://${socket}`, 'version'], {stdio: 'ignore'}).status !== 0) {
		if (daemon.exitCode !== null) {
			throw new Error(`dockerd did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
		}

		await new Promise(resolve => setTimeout(resolve, 50));
	}

	return async () => {
		daemon.kill('SIGTERM');
		await ended;
	};
}

/** A daemon that was ended hard leaves mounts, and they keep the folder from being removed. */
function unmountBelow(folder: string): void {
	const mounts = readFileSync('/proc/mounts', 'utf8')
		.split('\n')
		.map(line => line.split(' ')[1] ?? '')
		.filter(mount => mount.startsWith(`${folder}/`));
	for (const mount of mounts.reverse()) {
		spawnSync('umount', ['-l', mount]);
	}
}
