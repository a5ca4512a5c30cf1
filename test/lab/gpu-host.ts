import {mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {type DockerLab, startDocker} from './docker.js';
import type {FarLink} from './far-link.js';
import {writeNvidiaSmi} from './nvidia-smi.js';
import {makeSshClientHome, type SshClientHome} from './ssh-client-home.js';
import {type Sshd, startSshd} from './sshd.js';
import {makeUserHome, type UserHome} from './user-home.js';

/** Everything that a user has: a GPU host behind SSH, a home with a configuration, a data folder. */
export type GpuHost = Pick<UserHome, 'data' | 'videos' | 'cosmos' | 'start' | 'configure'> & {
	/** The configuration at the beginning. */
	hostConfig: string;
	sshd: Sshd;
	docker: DockerLab;
	client: SshClientHome;
	/** The model's checkout on the host. */
	checkout: string;
	/** The host's own programs: first in its PATH. */
	tools: string;
	/**
	 * What the model does in every container from now on, whichever process starts it: the
	 * simulator's variables, which win over those that come with a job.
	 */
	simulate: (env: Readonly<Record<string, string>>) => void;
	/** Every file below the checkout, with its size, as the host has it now. */
	filesThere: () => string[];
	stop: () => Promise<void>;
};

type HostOptions = {
	/** Bytes of a disk that only the host sees, at `~/small-disk`. */
	smallDisk?: number;
	/** The link over which its SSH server is reached. */
	link?: FarLink;
};

export async function startGpuHost(options: HostOptions = {}): Promise<GpuHost> {
	const client = await makeSshClientHome();
	const {
		sshd,
		docker,
		checkout,
		tools,
		simulation,
		config: hostConfig,
	} = await startHost(client, {name: 'lab', alias: 'gpu-box'}, options);
	const user = makeUserHome(client);
	const simulate: GpuHost['simulate'] = env =>
		writeFileSync(
			simulation,
			Object.entries(env)
				.map(([name, value]) => `${name}=${value}\n`)
				.join(''),
		);
	user.configure(hostConfig);
	return {
		...user,
		hostConfig,
		sshd,
		docker,
		client,
		checkout,
		tools,
		simulate,
		filesThere: () => filesBelow(checkout),
		async stop() {
			await sshd.stop();
			await docker.stop();
			await client.remove();
		},
	};
}

/** One GPU host of a user: an engine and an sshd of its own, and its part of the configuration. */
export async function startHost(
	client: SshClientHome,
	{name, alias}: {name: string; alias: string},
	{smallDisk, link}: HostOptions = {},
) {
	const docker = await startDocker();
	const tools = await writeNvidiaSmi(path.join(client.home, `tools-${name}`));
	const sshd = await startSshd({
		client,
		alias,
		smallDisk,
		...(link && {address: link.address, network: link.network}),
		env: {
			DOCKER_HOST: docker.dockerHost,
			COSMOS_LOCK_DIR: docker.lockDir,
			PATH: `${tools}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
		},
	});
	const checkout = path.join(sshd.home, 'cosmos-transfer1');
	mkdirSync(path.join(checkout, 'checkpoints'), {recursive: true});
	writeFileSync(path.join(checkout, 'README.md'), 'a checkout\n');
	const simulation = path.join(sshd.home, 'simulation.env');
	writeFileSync(simulation, '');
	const dockerArgs = [...docker.dockerArgs, '--env-file', simulation];
	const config = `[hosts.${name}]
ssh = "${alias}"
remote_dir = "~/cosmos-transfer1"
image = "${docker.image}"
gpus = []
docker = "${docker.docker[0]}"
docker_args = ${JSON.stringify(dockerArgs)}
env = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP", "HF_TOKEN"]
simulated = true
`;
	return {sshd, docker, checkout, tools, simulation, config};
}

function filesBelow(folder: string): string[] {
	return readdirSync(folder, {recursive: true, encoding: 'utf8'})
		.filter(name => statSync(path.join(folder, name)).isFile())
		.map(name => `${name} ${statSync(path.join(folder, name)).size}`)
		.sort();
}
