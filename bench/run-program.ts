import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import path from 'node:path';
import type {SshClientHome} from '../test/lab/ssh-client-home.js';

/** Runs a program to its end. @throws Error with what it said, when it fails */
export function run(
	program: string,
	words: readonly string[],
	env: NodeJS.ProcessEnv = process.env,
	cwd?: string,
): Promise<void> {
	return ended(spawn(program, words, {env, cwd, stdio: ['ignore', 'ignore', 'pipe']}), program);
}

function ended(child: ChildProcess, program: string): Promise<void> {
	let said = '';
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		said += text;
	});
	return new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', code => {
			if (code === 0) {
				resolve();
			} else {
				reject(new Error(`${program} ended with ${code}: ${said}`));
			}
		});
	});
}

/** Runs a program whose standard output goes into a file. @throws Error when it fails */
export async function runInto(
	file: string,
	program: string,
	words: readonly string[],
	options: {env?: NodeJS.ProcessEnv; cwd?: string},
): Promise<void> {
	const output = openSync(file, 'w');
	try {
		await ended(spawn(program, words, {...options, stdio: ['ignore', output, 'pipe']}), program);
	} finally {
		closeSync(output);
	}
}

/**
 * The arguments that connect OpenSSH's own programs to the laboratory's host: they take the home folder
 * from the list of users, not from the environment.
 */
export function sshWords(client: SshClientHome): string[] {
	return [
		...['-F', path.join(client.sshFolder, 'config'), '-i', client.key],
		...['-o', `UserKnownHostsFile=${path.join(client.sshFolder, 'known_hosts')}`],
		...['-o', 'BatchMode=yes'],
	];
}
