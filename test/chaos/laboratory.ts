import {chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {type Started, startCosmos} from '../cosmos.js';
import {type DockerLab, startDocker} from '../lab/docker.js';
import {makeSshClientHome, type SshClientHome} from '../lab/ssh-client-home.js';
import {type Sshd, startSshd} from '../lab/sshd.js';
import {startTcpProxy, type TcpProxy} from '../lab/tcp-proxy.js';
import {mountSmallDisk, type SmallDisk} from './small-disk.js';
import {createWitness, type Witness} from './witness.js';

/** A way of its own to the host: what breaks it hurts nobody else. */
export type Line = {
	/** Name of the entry in the configuration. */
	host: string;
	network: TcpProxy;
};

/** A GPU host and a home that can be broken in every way, and a witness of what happens there. */
export type Laboratory = {
	/** The tests' own folder; no disk of it gets full. */
	folder: string;
	/** The store's folder at home, on a disk of its own. */
	data: string;
	docker: DockerLab;
	sshd: Sshd;
	witness: Witness;
	homeDisk: SmallDisk;
	/** Checkout and locks of the host are on it; the engine's own files are not. */
	hostDisk: SmallDisk;
	/** Makes one line for each GPU number given, and the configuration that has them. */
	openLines: (gpus: readonly number[]) => Promise<Line[]>;
	closeLines: () => Promise<void>;
	start: (words: readonly string[], env?: Readonly<Record<string, string>>) => Started;
	/** Containers, run folders, parts of uploads and lock files that are still on the host. */
	leftovers: () => string[];
	/** Removes the uploaded inputs, as a person may. */
	forgetInputs: () => void;
	stop: () => Promise<void>;
};

/** Seconds between two questions whether the host is there; three without an answer end a line. */
const keepalive = 5;

export async function startLaboratory(): Promise<Laboratory> {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-chaos-'));
	const homeDisk = mountSmallDisk(path.join(folder, 'home-disk'), 192);
	const hostDisk = mountSmallDisk(path.join(folder, 'host-disk'), 192);
	const data = path.join(homeDisk.folder, 'data');
	const checkout = path.join(hostDisk.folder, 'cosmos-transfer1');
	const locks = path.join(hostDisk.folder, 'locks');
	const evidence = path.join(folder, 'witness');
	for (const one of [path.join(checkout, 'checkpoints'), locks, evidence]) {
		mkdirSync(one, {recursive: true});
	}

	const witness = createWitness(evidence);
	const docker = await startDocker({liveRestore: true});
	const tools = writeTools(path.join(folder, 'tools'), docker.docker[0] as string);
	const client = await makeSshClientHome();
	const sshd = await startSshd({
		client,
		alias: 'direct',
		env: {
			DOCKER_HOST: docker.dockerHost,
			COSMOS_LOCK_DIR: locks,
			PATH: `${tools}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
		},
	});
	await client.addKnownHost(`chaos-host ${sshd.hostKeys[0]}`);
	const configFolder = path.join(client.home, '.config', 'cosmos');
	mkdirSync(configFolder, {recursive: true});
	const entry = (gpu: number) =>
		hostEntry(checkout, docker.image, [...docker.dockerArgs, ...witness.dockerArgs], gpu);
	const lines: Line[] = [];
	let lineNumber = 0;

	async function openLines(gpus: readonly number[]): Promise<Line[]> {
		const opened: Line[] = [];
		const config: string[] = [];
		for (const gpu of gpus) {
			const network = await startTcpProxy(sshd.port);
			const host = `line-${++lineNumber}`;
			await client.addConfig(sshEntry(host, network.port));
			config.push(`[hosts.${host}]\nssh = "${host}"\n${entry(gpu)}`);
			opened.push({host, network});
		}

		lines.push(...opened);
		writeFileSync(path.join(configFolder, 'config.toml'), config.join('\n'));
		return opened;
	}

	async function closeLines(): Promise<void> {
		for (const {network} of lines.splice(0)) {
			await network.stop();
		}
	}

	return {
		folder,
		data,
		docker,
		sshd,
		witness,
		homeDisk,
		hostDisk,
		openLines,
		closeLines,
		start: (words, env) =>
			startCosmos(words, {
				cwd: client.home,
				env: {HOME: client.home, COSMOS_DATA: data, ...env},
			}),
		leftovers: () => leftovers(docker, checkout, locks),
		forgetInputs: () =>
			rmSync(path.join(checkout, 'cosmos-inputs'), {recursive: true, force: true}),
		async stop() {
			await closeLines();
			await stopAll(sshd, docker, client);
			homeDisk.unmount();
			hostDisk.unmount();
			rmSync(folder, {recursive: true, force: true});
		},
	};
}

async function stopAll(sshd: Sshd, docker: DockerLab, client: SshClientHome): Promise<void> {
	await sshd.stop();
	await docker.stop();
	await client.remove();
}

function sshEntry(host: string, port: number): string {
	return `Host ${host}
  HostName 127.0.0.1
  Port ${port}
  User root
  HostKeyAlias chaos-host
  ServerAliveInterval ${keepalive}
`;
}

function hostEntry(
	checkout: string,
	image: string,
	dockerArgs: readonly string[],
	gpu: number,
): string {
	return `remote_dir = "${checkout}"
image = "${image}"
gpus = [${gpu}]
docker = "docker-without-gpus"
docker_args = ${JSON.stringify(dockerArgs)}
env = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP"]
simulated = true
`;
}

/** Two lanes need two GPUs, and here is none: a client that takes `--gpus` and forgets it. */
function writeTools(folder: string, client: string): string {
	mkdirSync(folder, {recursive: true});
	const programs = {
		'nvidia-ctk': '#!/bin/sh\n',
		'docker-without-gpus': `#!/bin/sh
left=$#
while [ "$left" -gt 0 ]; do
	word=$1
	shift
	left=$((left - 1))
	if [ "$word" = --gpus ]; then
		shift
		left=$((left - 1))
	else
		set -- "$@" "$word"
	fi
done
exec ${client} "$@"
`,
	};
	for (const [name, text] of Object.entries(programs)) {
		writeFileSync(path.join(folder, name), text);
		chmodSync(path.join(folder, name), 0o755);
	}

	return folder;
}

function leftovers(docker: DockerLab, checkout: string, locks: string): string[] {
	const list = (folder: string) => {
		try {
			return readdirSync(folder);
		} catch {
			return [];
		}
	};

	return [
		...docker.containers().map(name => `container ${name}`),
		...list(path.join(checkout, 'cosmos-runs')).map(name => `run folder ${name}`),
		...list(path.join(checkout, 'cosmos-inputs'))
			.filter(name => !/^[0-9a-f]{64}\.\w+$/.test(name))
			.map(name => `input ${name}`),
		...list(locks)
			.filter(name => !name.startsWith('cosmos-lane-'))
			.map(name => `lock file ${name}`),
	];
}
