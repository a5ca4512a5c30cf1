import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {type AddressInfo, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {promisify} from 'node:util';
import {descendantsOf, killByPid} from './processes.js';
import {type KeyType, makeKey, makeSshClientHome, type SshClientHome} from './ssh-client-home.js';

const run = promisify(execFile);

export type SshdOptions = {
	/** Environment of every session there. */
	env?: Readonly<Record<string, string>>;
	/** The login shell there. @default /bin/bash */
	shell?: string;
	/** What the login shell runs at its start, `~/.bashrc`. @default nothing */
	startFile?: string;
	/** @default ed25519 */
	hostKeys?: readonly KeyType[];
	/** The client that may log in; made, and removed at the end, when not given. */
	client?: SshClientHome;
	/** Name in the client's `~/.ssh/config`. @default lab */
	alias?: string;
	/** Whether the client knows the host keys. @default true */
	known?: boolean;
	/** The SFTP server's command; empty for none. @default internal-sftp */
	sftp?: string;
	/** Bytes of a disk of its own that only the host sees, at `~/small-disk`. */
	smallDisk?: number;
	/** Whether it presents a certificate for its first host key, signed by an authority of its own. */
	hostCertificate?: boolean;
	/** More lines of sshd_config. */
	config?: readonly string[];
	/** @default 127.0.0.1 */
	address?: string;
	/** The network of this machine that it is in, by its name. @default the usual one */
	network?: string;
	/** The password of its user. @default none, and none is taken */
	password?: string;
	/** Environment of the server itself. */
	serverEnv?: Readonly<Record<string, string>>;
};

/** A real SSH server on 127.0.0.1. Its user is root, with a home folder of the laboratory's own. */
export type Sshd = {
	port: number;
	alias: string;
	/** Home folder of the user there. */
	home: string;
	client: SshClientHome;
	/** Public lines of the host keys, `ssh-ed25519 AAAA…`, in the order of the options. */
	hostKeys: string[];
	/** Public line of the authority that signs its host key. */
	authority?: string;
	/** Lets another client in, under the same alias. */
	admit: (client: SshClientHome, options?: {known?: boolean}) => Promise<void>;
	/** Lets one more key in: its public line. */
	authorize: (publicKey: string) => Promise<void>;
	/** What it has logged so far. */
	log: () => string;
	/** Resolves when a log line matches, also one that is there already. */
	logged: (pattern: RegExp) => Promise<void>;
	/** Kills the server's side of every connection; what was started there goes on. */
	cut: () => Promise<void>;
	/** Ends the server and its connections, as a host that is gone; what was started there goes on. */
	halt: () => Promise<void>;
	/** Starts it again, at the same port with the same keys. */
	resume: () => Promise<void>;
	/** Ends the server, its connections and what they started. */
	stop: () => Promise<void>;
};

/** Starts a server and waits until it listens. Needs root, sshd and unshare. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
	const {alias = 'lab', known = true, hostKeys: types = ['ed25519']} = options;
	const {address = '127.0.0.1'} = options;
	const client = options.client ?? (await makeSshClientHome());
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-sshd-'));
	const home = path.join(folder, 'home');
	await mkdir(home, {mode: 0o700});
	await writeFile(path.join(home, '.bashrc'), options.startFile ?? '');
	await writeFile(
		path.join(folder, 'passwd'),
		await passwdWith(home, options.shell ?? '/bin/bash'),
	);
	const hostKeys: string[] = [];
	for (const type of types) {
		const line = await makeKey(path.join(folder, `host_${type}`), type);
		hostKeys.push(line.split(' ').slice(0, 2).join(' '));
	}

	const authority = options.hostCertificate
		? await certify(folder, types[0] as KeyType)
		: undefined;
	const port = await freePort();
	await writeFile(path.join(folder, 'sshd_config'), configOf(folder, port, types, options));
	if (options.password !== undefined) {
		await writeFile(path.join(folder, 'shadow'), await shadowWith(options.password), {mode: 0o600});
	}

	let {server, lines} = await listen(folder, options);
	const authorize = (publicKey: string) =>
		appendFile(path.join(folder, 'authorized_keys'), `${publicKey}\n`, {mode: 0o600});
	const admit: Sshd['admit'] = async (one, {known = true} = {}) => {
		await authorize(one.publicKey);
		await one.addConfig(`Host ${alias}\n  HostName ${address}\n  Port ${port}\n  User root\n`);
		for (const line of known ? hostKeys : []) {
			await one.addKnownHost(`[${address}]:${port} ${line}`);
		}
	};

	await admit(client, {known});
	const pid = () => server.pid as number;
	async function cut(): Promise<void> {
		for (const one of await descendantsOf(pid())) {
			if (one.name === 'sshd') {
				killByPid(one.pid, 'SIGKILL');
			}
		}
	}

	return {
		port,
		alias,
		home,
		client,
		hostKeys,
		authority,
		admit,
		authorize,
		log: () => lines.text.join('\n'),
		logged: pattern => lines.seen(pattern),
		cut,
		async halt() {
			server.kill('SIGSTOP');
			await cut();
			server.kill('SIGKILL');
			await once(server, 'exit');
		},
		async resume() {
			({server, lines} = await listen(folder, {...options, smallDisk: undefined}));
		},
		async stop() {
			const started = await descendantsOf(pid());
			if (server.exitCode === null && server.signalCode === null) {
				server.kill('SIGTERM');
				await once(server, 'exit');
			}

			for (const one of started) {
				killByPid(one.pid, 'SIGKILL');
			}

			await rm(folder, {recursive: true, force: true});
			if (!options.client) {
				await client.remove();
			}
		},
	};
}

/** Signs a host key. Gives the authority's public line. */
async function certify(folder: string, type: KeyType): Promise<string> {
	const authority = path.join(folder, 'authority');
	const line = await makeKey(authority, 'ed25519');
	const words = ['-q', '-s', authority, '-h', '-I', 'lab', '-n', '127.0.0.1'];
	await run('ssh-keygen', [...words, path.join(folder, `host_${type}.pub`)]);
	return line.split(' ').slice(0, 2).join(' ');
}

/** The machine's users, but root lives in the laboratory: the real root's files stay out of it. */
async function passwdWith(home: string, shell: string): Promise<string> {
	const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
	return [
		`root:x:0:0:root:${home}:${shell}`,
		...lines.filter(line => !line.startsWith('root:')),
	].join('\n');
}

/** The machine's shadow file, where root has a password of the laboratory's own. */
async function shadowWith(password: string): Promise<string> {
	const {stdout} = await run('openssl', ['passwd', '-6', password]);
	const lines = (await readFile('/etc/shadow', 'utf8')).split('\n');
	return [
		`root:${stdout.trim()}:19000:0:99999:7:::`,
		...lines.filter(line => !line.startsWith('root:')),
	].join('\n');
}

function configOf(
	folder: string,
	port: number,
	types: readonly KeyType[],
	options: SshdOptions,
): string {
	const {env = {}, config = [], sftp = 'internal-sftp', hostCertificate = false} = options;
	const variables = Object.entries(env).map(([name, value]) => `"${name}=${value}"`);
	return [
		// Of two values sshd takes the first.
		...config,
		`ListenAddress ${options.address ?? '127.0.0.1'}`,
		`Port ${port}`,
		...types.map(type => `HostKey ${folder}/host_${type}`),
		...(hostCertificate ? [`HostCertificate ${folder}/host_${types[0]}-cert.pub`] : []),
		`AuthorizedKeysFile ${folder}/authorized_keys`,
		'PidFile none',
		'StrictModes no',
		'UsePAM no',
		`PasswordAuthentication ${options.password === undefined ? 'no' : 'yes'}`,
		'KbdInteractiveAuthentication no',
		'PermitRootLogin yes',
		'AllowTcpForwarding yes',
		'MaxStartups 100',
		'LogLevel VERBOSE',
		...(sftp === '' ? [] : [`Subsystem sftp ${sftp}`]),
		...(variables.length > 0 ? [`SetEnv ${variables.join(' ')}`] : []),
		'',
	].join('\n');
}

/** A port that was free a moment ago; sshd cannot choose one itself. */
async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/**
 * Runs sshd where `/etc/passwd` is ours: a mount that only it and its children see, and that ends
 * with them.
 */
async function listen(
	folder: string,
	{smallDisk, password, serverEnv, network}: SshdOptions,
): Promise<{server: ChildProcess; lines: LogLines}> {
	await mkdir('/run/sshd', {recursive: true, mode: 0o755});
	const steps = [
		'mount --bind "$1/passwd" /etc/passwd',
		...(password === undefined ? [] : ['mount --bind "$1/shadow" /etc/shadow']),
		...(smallDisk === undefined
			? []
			: [
					'mkdir "$1/home/small-disk"',
					`mount -t tmpfs -o size=${smallDisk} tmpfs "$1/home/small-disk"`,
				]),
		'exec /usr/sbin/sshd -D -e -f "$1/sshd_config"',
	];
	const inNetwork = network === undefined ? [] : ['nsenter', `--net=/run/netns/${network}`];
	const [program = '', ...words] = [...inNetwork, 'unshare'];
	const server = spawn(
		program,
		[...words, '--mount', '--propagation', 'private', 'sh', '-c', steps.join(' && '), 'sh', folder],
		{stdio: ['ignore', 'ignore', 'pipe'], env: {...process.env, ...serverEnv}},
	);
	const lines = collectLines(server);
	await lines.seen(/^Server listening on/);
	return {server, lines};
}

type LogLines = {text: string[]; seen: (pattern: RegExp) => Promise<void>};

function collectLines(server: ChildProcess): LogLines {
	const text: string[] = [];
	const waiting = new Set<() => void>();
	const notice = () => {
		for (const look of [...waiting]) {
			look();
		}
	};

	let ended = false;
	createInterface({input: server.stderr as NodeJS.ReadableStream}).on('line', line => {
		text.push(line);
		notice();
	});
	server.on('exit', () => {
		ended = true;
		notice();
	});
	return {
		text,
		seen: pattern =>
			new Promise((resolve, reject) => {
				const look = () => {
					const found = text.some(line => pattern.test(line));
					if (found) {
						resolve();
					} else if (ended) {
						reject(new Error(`sshd ended:\n${text.join('\n')}`));
					}

					if (found || ended) {
						waiting.delete(look);
					}
				};

				waiting.add(look);
				look();
			}),
	};
}
