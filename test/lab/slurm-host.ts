import {cpSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {simulatorFile} from '../../source/package-root.js';
import {runCosmos, startCosmos} from '../cosmos.js';
import {type SlurmLab, startSlurm} from './slurm.js';
import {makeSshClientHome, type SshClientHome} from './ssh-client-home.js';
import {type Sshd, startSshd} from './sshd.js';

type Env = Readonly<Record<string, string>>;

/** A cluster behind SSH, and a user at home who has it in the configuration. */
export type SlurmHost = {
	slurm: SlurmLab;
	sshd: Sshd;
	client: SshClientHome;
	/** The model's checkout, which all nodes see. */
	checkout: string;
	data: string;
	videos: string;
	/** Words of the built program, run to its end by the user at home. */
	cosmos: (words: readonly string[], env?: Env) => ReturnType<typeof runCosmos>;
	start: (words: readonly string[], env?: Env) => ReturnType<typeof startCosmos>;
	/** Names in the folder of runs there. */
	runsThere: () => string[];
	/** Makes the table of Slurm's words in the configuration another one. @default 500 MB for a job */
	configure: (table?: string) => void;
	stop: () => Promise<void>;
};

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'city-night');

/** Starts it; the simulator stands in for the model on every node, without a container. */
export async function startSlurmHost(
	options: Parameters<typeof startSlurm>[0] = {},
): Promise<SlurmHost> {
	const client = await makeSshClientHome();
	const slurm = await startSlurm({nodes: ['n1', 'n2'], ...options});
	const sshd = await startSshd({client, alias: 'login', env: slurm.env});
	const checkout = path.join(sshd.home, 'cosmos-transfer1');
	mkdirSync(path.join(checkout, 'checkpoints'), {recursive: true});
	const videos = path.join(client.home, 'shots');
	cpSync(sample, videos, {recursive: true});
	const data = path.join(client.home, 'data');
	const config = path.join(client.home, '.config', 'cosmos');
	mkdirSync(config, {recursive: true});
	const configure = (table = 'memory = "500M"') =>
		writeFileSync(path.join(config, 'config.toml'), configText(table));
	configure();
	const environment = (env: Env = {}) => ({
		cwd: client.home,
		env: {HOME: client.home, COSMOS_DATA: data, ...env},
	});
	return {
		slurm,
		sshd,
		client,
		checkout,
		data,
		videos,
		cosmos: (words, env) => runCosmos(words, environment(env)),
		start: (words, env) => startCosmos(words, environment(env)),
		runsThere: () => readdirSync(path.join(checkout, 'cosmos-runs')),
		configure,
		async stop() {
			await slurm.stop();
			await sshd.stop();
			await client.remove();
		},
	};
}

function configText(table: string): string {
	return `[hosts.hpc]
ssh = "login"
engine = "slurm"
remote_dir = "~/cosmos-transfer1"
gpus = []
prefix = ${JSON.stringify([process.execPath, simulatorFile()])}
env = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP", "HF_TOKEN"]
simulated = true

[hosts.hpc.slurm]
partition = "gpu"
${table}
`;
}
