import {mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {simulatorFile} from '../../source/package-root.js';
import {type SlurmLab, startSlurm} from './slurm.js';
import {makeSshClientHome, type SshClientHome} from './ssh-client-home.js';
import {type Sshd, startSshd} from './sshd.js';
import {makeUserHome, type UserHome} from './user-home.js';

/** A cluster behind SSH, and a local user who has it in the configuration. */
export type SlurmHost = Pick<UserHome, 'data' | 'videos' | 'cosmos' | 'start'> & {
	slurm: SlurmLab;
	sshd: Sshd;
	client: SshClientHome;
	/** The model's checkout, which all nodes see. */
	checkout: string;
	/** Names in the folder of runs there. */
	runsThere: () => string[];
	/** Makes the table of Slurm's words in the configuration another one. @default 500 MB for a job, no GPUs */
	configure: (table?: string, gpus?: string) => void;
	stop: () => Promise<void>;
};

/** Starts it; the simulator replaces the model on every node, without a container. */
export async function startSlurmHost(
	options: Parameters<typeof startSlurm>[0] = {},
): Promise<SlurmHost> {
	const client = await makeSshClientHome();
	const slurm = await startSlurm({nodes: ['n1', 'n2'], ...options});
	const sshd = await startSshd({client, alias: 'login', env: slurm.env});
	const checkout = path.join(sshd.home, 'cosmos-transfer1');
	mkdirSync(path.join(checkout, 'checkpoints'), {recursive: true});
	const user = makeUserHome(client);
	const configure = (table = 'memory = "500M"', gpus = '[]') =>
		user.configure(configText(table, gpus));
	configure();
	return {
		...user,
		slurm,
		sshd,
		client,
		checkout,
		runsThere: () => readdirSync(path.join(checkout, 'cosmos-runs')),
		configure,
		async stop() {
			await slurm.stop();
			await sshd.stop();
			await client.remove();
		},
	};
}

function configText(table: string, gpus: string): string {
	return `[hosts.hpc]
ssh = "login"
engine = "slurm"
remote_dir = "~/cosmos-transfer1"
gpus = ${gpus}
prefix = ${JSON.stringify([process.execPath, simulatorFile()])}
env = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP", "HF_TOKEN"]
simulated = true

[hosts.hpc.slurm]
partition = "gpu"
${table}
`;
}
