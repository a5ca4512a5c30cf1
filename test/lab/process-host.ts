import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {simulatorFile} from '../../source/package-root.js';
import {makeSshClientHome, type SshClientHome} from './ssh-client-home.js';
import {type Sshd, startSshd} from './sshd.js';
import {makeUserHome, type UserHome} from './user-home.js';

/** A GPU host behind SSH whose jobs are processes without a container, and a local user who has it in the configuration. */
export type ProcessHost = Pick<UserHome, 'data' | 'videos' | 'cosmos' | 'start'> & {
	sshd: Sshd;
	client: SshClientHome;
	/** The model's checkout on the host. */
	checkout: string;
	stop: () => Promise<void>;
};

/** @param options.gpus how many every job gets @default 1 */
export async function startProcessHost({gpus = 1}: {gpus?: number} = {}): Promise<ProcessHost> {
	const client = await makeSshClientHome();
	const locks = mkdtempSync(path.join(tmpdir(), 'cosmos-locks-'));
	const sshd = await startSshd({client, alias: 'gpu-box', env: {COSMOS_LOCK_DIR: locks}});
	const checkout = path.join(sshd.home, 'cosmos-transfer1');
	mkdirSync(path.join(checkout, 'checkpoints'), {recursive: true});
	const user = makeUserHome(client);
	user.configure(`[hosts.lab]
ssh = "gpu-box"
engine = "process"
remote_dir = "~/cosmos-transfer1"
gpus = [${Array.from({length: gpus}, (_, gpu) => gpu).join(', ')}]
prefix = ${JSON.stringify([process.execPath, simulatorFile()])}
env = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP"]
simulated = true
`);
	return {
		...user,
		sshd,
		client,
		checkout,
		async stop() {
			await sshd.stop();
			await client.remove();
			rmSync(locks, {recursive: true, force: true});
		},
	};
}
