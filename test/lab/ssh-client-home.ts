import {execFile} from 'node:child_process';
import {appendFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';

const run = promisify(execFile);

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

/** Makes a key pair with OpenSSH's own tool. Gives the public half's line. */
export async function makeKey(file: string, type: KeyType, passphrase = ''): Promise<string> {
	const bits = type === 'rsa' ? ['-b', '2048'] : [];
	await run('ssh-keygen', [
		'-q',
		'-t',
		type,
		...bits,
		'-N',
		passphrase,
		'-C',
		`lab ${type}`,
		'-f',
		file,
	]);
	return (await readFile(`${file}.pub`, 'utf8')).trim();
}

/** A home folder of the client's side, with `.ssh` and one key in it. */
export type SshClientHome = {
	home: string;
	sshFolder: string;
	/** What a process needs that is to use it, ours or OpenSSH's. */
	env: NodeJS.ProcessEnv;
	/** The private key's file, one of OpenSSH's default names. */
	key: string;
	publicKey: string;
	addConfig: (text: string) => Promise<void>;
	addKnownHost: (line: string) => Promise<void>;
	remove: () => Promise<void>;
};

/**
 * OpenSSH takes the home folder from `/etc/passwd`, never from `HOME`: an `ssh` that sees this home there.
 * Gives the folder that it is in. Needs root.
 */
export async function writeSsh(home: string): Promise<string> {
	const folder = path.join(home, 'bin');
	const passwd = path.join(home, 'passwd');
	await mkdir(folder);
	const users = (await readFile('/etc/passwd', 'utf8')).split('\n');
	const others = users.filter(line => !line.startsWith('root:'));
	await writeFile(passwd, [`root:x:0:0:root:${home}:/bin/sh`, ...others].join('\n'));
	const steps = 'mount --bind "$0" /etc/passwd && exec /usr/bin/ssh "$@"';
	await writeFile(
		path.join(folder, 'ssh'),
		`#!/bin/sh\nexec unshare --mount --propagation private sh -c '${steps}' '${passwd}' "$@"\n`,
		{mode: 0o755},
	);
	return folder;
}

export async function makeSshClientHome(): Promise<SshClientHome> {
	const home = await mkdtemp(path.join(tmpdir(), 'cosmos-client-'));
	const sshFolder = path.join(home, '.ssh');
	await mkdir(sshFolder, {mode: 0o700});
	const key = path.join(sshFolder, 'id_ed25519');
	const publicKey = await makeKey(key, 'ed25519');
	await writeFile(path.join(sshFolder, 'config'), '', {mode: 0o600});
	const programs = await writeSsh(home);
	return {
		home,
		sshFolder,
		env: {PATH: `${programs}${path.delimiter}${process.env.PATH}`, HOME: home},
		key,
		publicKey,
		addConfig: text => appendFile(path.join(sshFolder, 'config'), text),
		addKnownHost: line => appendFile(path.join(sshFolder, 'known_hosts'), `${line}\n`),
		remove: () => rm(home, {recursive: true, force: true}),
	};
}
