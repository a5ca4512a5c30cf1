import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';

const run = promisify(execFile);

/** A real ssh-agent with keys in it. */
export type LabAgent = {socket: string; stop: () => Promise<void>};

/** @param keys private key files without a passphrase */
export async function startSshAgent(keys: readonly string[]): Promise<LabAgent> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-agent-'));
	const socket = path.join(folder, 'socket');
	const agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: ['ignore', 'pipe', 'ignore']});
	// It says where it listens once it does.
	await once(agent.stdout, 'data');
	for (const key of keys) {
		await run('ssh-add', ['-q', key], {env: {...process.env, SSH_AUTH_SOCK: socket}});
	}

	return {
		socket,
		async stop() {
			agent.kill('SIGTERM');
			await once(agent, 'exit');
			await rm(folder, {recursive: true, force: true});
		},
	};
}
