/**
 * Every way in that `ssh` has: the same host by `ssh` itself, by ssh2, by the OpenSSH transport, and by
 * whichever of the two is chosen without being named. docs/hosts.md has the table.
 */
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmod, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {type AddressInfo, createServer} from 'node:net';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {sshTransport} from '../../../source/executor/transport/ssh.js';
import {available} from '../../lab/available.js';
import {startSshAgent} from '../../lab/ssh-agent.js';
import {makeKey, makeSshClientHome, type SshClientHome} from '../../lab/ssh-client-home.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type SshdOptions, startSshd} from '../../lab/sshd.js';

/** A host as it is set up for one row. */
type Scene = {
	client: SshClientHome;
	/** What ends with the row, last first. */
	ends: Array<() => unknown>;
	/** More of the environment of whoever connects. */
	env: NodeJS.ProcessEnv;
	/** Whether a person is there, whose answers come from a program (SSH_ASKPASS). */
	asks?: boolean;
};

type Row = {
	title: string;
	/** Whether ssh2 can. Where it cannot, the OpenSSH client is taken without being named. */
	ssh2: boolean;
	prepare: (scene: Scene) => Promise<void>;
};

async function serve(scene: Scene, options: SshdOptions = {}) {
	const sshd = await startSshd({client: scene.client, ...options});
	scene.ends.push(sshd.stop);
	return sshd;
}

const inHome = (scene: Scene, ...parts: string[]) => path.join(scene.client.home, ...parts);

/** Answers every question of `ssh` with one word. */
async function answer(scene: Scene, word: string): Promise<void> {
	const program = inHome(scene, 'askpass');
	await writeFile(program, `#!/bin/sh\necho '${word}'\n`, {mode: 0o700});
	Object.assign(scene.env, {SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0'});
	scene.asks = true;
}

/** Starts a server that takes only keys that an authority has signed, and has it sign the client's. */
async function certify(scene: Scene): Promise<void> {
	const authority = inHome(scene, 'authority');
	await makeKey(authority, 'ed25519');
	const words = ['-q', '-s', authority, '-I', 'me', '-n', 'root', '-V', '+1d'];
	execFileSync('ssh-keygen', [...words, `${scene.client.key}.pub`]);
	await serve(scene, {
		config: [`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none'],
	});
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/** A key distribution centre on loopback, with a ticket for root and a key table for the server. */
async function startKerberos(scene: Scene): Promise<{KRB5_CONFIG: string; KRB5_KTNAME: string}> {
	const [port, folder] = [await freePort(), inHome(scene, 'kdc')];
	await mkdir(folder);
	const place = (name: string) => path.join(folder, name);
	const realm = 'LAB.TEST';
	await writeFile(
		place('krb5.conf'),
		`[logging]
 kdc = STDERR
[libdefaults]
 default_realm = ${realm}
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
 rdns = false
[realms]
 ${realm} = {
  kdc = 127.0.0.1:${port}
 }
`,
	);
	await writeFile(
		place('kdc.conf'),
		`[realms]
 ${realm} = {
  database_name = ${place('principal')}
  key_stash_file = ${place('stash')}
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
 }
`,
	);
	const kerberos = {KRB5_CONFIG: place('krb5.conf'), KRB5_KTNAME: `FILE:${place('keytab')}`};
	const env = {
		...process.env,
		...kerberos,
		KRB5_KDC_PROFILE: place('kdc.conf'),
		KRB5CCNAME: `FILE:${place('tickets')}`,
	};
	const does = (program: string, words: string[], input = '') =>
		execFileSync(program, words, {env, input, stdio: ['pipe', 'pipe', 'pipe']});
	does('/usr/sbin/kdb5_util', ['create', '-s', '-r', realm, '-P', 'master']);
	const admin = (query: string) => does('/usr/sbin/kadmin.local', ['-r', realm, '-q', query]);
	admin(`addprinc -pw secret root@${realm}`);
	admin(`addprinc -randkey host/localhost@${realm}`);
	admin(`ktadd -k ${place('keytab')} host/localhost@${realm}`);
	const kdc = spawn('/usr/sbin/krb5kdc', ['-n', '-r', realm], {
		env,
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	scene.ends.push(async () => {
		kdc.kill('SIGTERM');
		await once(kdc, 'exit');
	});
	await new Promise<void>((resolve, reject) => {
		let said = '';
		kdc.stderr.on('data', chunk => {
			said += String(chunk);
			if (/commencing operation/.test(said)) {
				resolve();
			}
		});
		kdc.once('exit', () => reject(new Error(`krb5kdc: ${said}`)));
	});
	does('kinit', [`root@${realm}`], 'secret\n');
	Object.assign(scene.env, {KRB5_CONFIG: env.KRB5_CONFIG, KRB5CCNAME: env.KRB5CCNAME});
	return kerberos;
}

const rows: readonly Row[] = [
	{
		title: 'a key',
		ssh2: true,
		prepare: async scene => void (await serve(scene)),
	},
	{
		title: 'a key in PKCS#8',
		ssh2: true,
		async prepare(scene) {
			const sshd = await serve(scene, {config: []});
			const file = inHome(scene, '.ssh', 'id_p8');
			execFileSync('openssl', ['genpkey', '-algorithm', 'RSA', '-out', file], {stdio: 'ignore'});
			await chmod(file, 0o600);
			await sshd.authorize(execFileSync('ssh-keygen', ['-y', '-f', file], {encoding: 'utf8'}));
			await rm(scene.client.key);
			await scene.client.addConfig(`  IdentityFile ${file}\n  IdentitiesOnly yes\n`);
		},
	},
	{
		title: 'an agent',
		ssh2: true,
		async prepare(scene) {
			await serve(scene);
			const agent = await startSshAgent([scene.client.key]);
			scene.ends.push(agent.stop);
			scene.env.SSH_AUTH_SOCK = agent.socket;
			await rm(scene.client.key);
		},
	},
	{
		title: 'two factors: a key, then a password',
		ssh2: false,
		async prepare(scene) {
			await answer(scene, 'open sesame');
			await serve(scene, {
				password: 'open sesame',
				config: ['AuthenticationMethods publickey,password'],
			});
		},
	},
	{
		title: 'two factors: two keys',
		ssh2: true,
		async prepare(scene) {
			const sshd = await serve(scene, {config: ['AuthenticationMethods publickey,publickey']});
			const second = inHome(scene, '.ssh', 'id_second');
			await sshd.authorize(await makeKey(second, 'ecdsa'));
			await scene.client.addConfig(
				`  IdentityFile ${scene.client.key}\n  IdentityFile ${second}\n`,
			);
		},
	},
	{
		title: 'a user certificate',
		ssh2: false,
		prepare: certify,
	},
	{
		title: 'a user certificate that an agent holds',
		ssh2: false,
		async prepare(scene) {
			await certify(scene);
			const agent = await startSshAgent([scene.client.key]);
			scene.ends.push(agent.stop);
			scene.env.SSH_AUTH_SOCK = agent.socket;
			await rm(`${scene.client.key}-cert.pub`);
			await rm(scene.client.key);
		},
	},
	{
		title: 'a host certificate',
		ssh2: false,
		async prepare(scene) {
			const sshd = await serve(scene, {known: false, hostCertificate: true});
			await scene.client.addKnownHost(`@cert-authority [127.0.0.1]:${sshd.port} ${sshd.authority}`);
		},
	},
	{
		title: 'a key on a PKCS#11 token',
		ssh2: false,
		async prepare(scene) {
			const [library, tokens] = ['/usr/lib/softhsm/libsofthsm2.so', inHome(scene, 'tokens')];
			await mkdir(tokens);
			const conf = inHome(scene, 'softhsm2.conf');
			await writeFile(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`);
			scene.env.SOFTHSM2_CONF = conf;
			const env = {...process.env, SOFTHSM2_CONF: conf};
			const key = inHome(scene, 'token.pem');
			execFileSync('openssl', ['genpkey', '-algorithm', 'RSA', '-out', key], {stdio: 'ignore'});
			const token = (...words: string[]) =>
				execFileSync('softhsm2-util', [...words, '--pin', '1234'], {env, stdio: 'ignore'});
			token('--init-token', '--free', '--label', 'lab', '--so-pin', '1234');
			token('--import', key, '--token', 'lab', '--label', 'me', '--id', '01');
			const publicKey = execFileSync('ssh-keygen', ['-D', library], {env, encoding: 'utf8'});
			const sshd = await serve(scene);
			await sshd.authorize(publicKey.trim());
			await rm(scene.client.key);
			await rm(key);
			await answer(scene, '1234');
			await scene.client.addConfig(`  PKCS11Provider ${library}\n`);
		},
	},
	{
		title: 'a Kerberos ticket',
		ssh2: false,
		async prepare(scene) {
			const serverEnv = await startKerberos(scene);
			await serve(scene, {
				serverEnv,
				config: [
					'GSSAPIAuthentication yes',
					'GSSAPIStrictAcceptorCheck no',
					'PubkeyAuthentication no',
				],
			});
			await rm(scene.client.key);
			const config = inHome(scene, '.ssh', 'config');
			const text = await readFile(config, 'utf8');
			await writeFile(
				config,
				`${text.replace('HostName 127.0.0.1', 'HostName localhost')}  HostKeyAlias lab-gss\n  GSSAPIAuthentication yes\n`,
			);
			const known = inHome(scene, '.ssh', 'known_hosts');
			const [line = ''] = (await readFile(known, 'utf8')).split('\n');
			await scene.client.addKnownHost(line.replace(/^\S+/, 'lab-gss'));
		},
	},
	{
		title: 'hashed known_hosts',
		ssh2: true,
		async prepare(scene) {
			await serve(scene);
			const known = inHome(scene, '.ssh', 'known_hosts');
			execFileSync('ssh-keygen', ['-q', '-H', '-f', known], {stdio: 'ignore'});
			expect(await readFile(known, 'utf8')).toMatch(/^\|1\|/);
		},
	},
	{
		title: 'IPv6',
		ssh2: true,
		prepare: async scene => void (await serve(scene, {address: '::1'})),
	},
	{
		title: 'a jump host',
		ssh2: true,
		async prepare(scene) {
			await serve(scene, {alias: 'door'});
			await serve(scene);
			await scene.client.addConfig('  ProxyJump door\n');
		},
	},
	{
		title: 'a ProxyCommand of socat',
		ssh2: true,
		async prepare(scene) {
			await serve(scene);
			await scene.client.addConfig('  ProxyCommand socat - TCP:%h:%p\n');
		},
	},
	{
		title: 'a ProxyCommand of ssh -W',
		ssh2: true,
		async prepare(scene) {
			await serve(scene, {alias: 'door'});
			await serve(scene);
			await scene.client.addConfig('  ProxyCommand ssh -W %%h:%%p door\n'.replaceAll('%%', '%'));
		},
	},
];

describe.skipIf(!available('sshd', 'logins')).each(rows)('a login by $title', ({ssh2, prepare}) => {
	let scene: Scene;
	beforeAll(async () => {
		const client = await makeSshClientHome();
		scene = {client, ends: [client.remove], env: {}};
		await prepare(scene);
		Object.assign(scene.env, {...client.env, ...scene.env});
	});
	afterAll(async () => {
		for (const end of scene.ends.reverse()) {
			await end();
		}
	});

	it('works by ssh itself', () => {
		const env = {...process.env, ...scene.env};
		expect(execFileSync('ssh', ['lab', 'echo in'], {env, encoding: 'utf8'})).toBe('in\n');
	});

	it.each([
		['ssh2', ssh2],
		['openssh', true],
		[undefined, true],
	] as const)('by transport %s works: %s', async (sshClient, works) => {
		const env = {...process.env, ...scene.env};
		const transport = sshTransport(sshHost('lab', {sshClient}), {
			env,
			mayPrompt: () => scene.asks ?? false,
		});
		try {
			if (!works) {
				await expect(transport.connect()).rejects.toMatchObject({kind: 'connection'});
				return;
			}

			await transport.connect();
			expect(await transport.exec(['echo', 'in'])).toMatchObject({code: 0, stdout: 'in\n'});
			const file = inHome(scene, 'sent');
			await transport.writeFile(file, 'text');
			expect(await readFile(file, 'utf8')).toBe('text');
		} finally {
			await transport.close();
		}
	});
});
