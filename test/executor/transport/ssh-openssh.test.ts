import {execFileSync} from 'node:child_process';
import {readFile, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Host} from '../../../source/domain/hosts/host.js';
import {type SshOptions, sshTransport} from '../../../source/executor/transport/ssh.js';
import type {Transport} from '../../../source/executor/transport/transport.js';
import {available} from '../../lab/available.js';
import {descendantsOf} from '../../lab/processes.js';
import {type LabAgent, startSshAgent} from '../../lab/ssh-agent.js';
import {makeKey, makeSshClientHome, type SshClientHome} from '../../lab/ssh-client-home.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type Sshd, type SshdOptions, startSshd} from '../../lab/sshd.js';

describe.skipIf(!available('sshd'))('a host that only the OpenSSH client can reach', () => {
	let client: SshClientHome;
	let sshd: Sshd;
	let agent: LabAgent | undefined;
	let transport: Transport | undefined;

	beforeEach(async () => {
		client = await makeSshClientHome();
	});

	afterEach(async () => {
		await transport?.close();
		await sshd?.stop();
		await agent?.stop();
		transport = undefined;
		agent = undefined;
		await client.remove();
	});

	const keygen = (...words: string[]) => execFileSync('ssh-keygen', ['-q', ...words]);

	async function to(
		change: Partial<Host> = {},
		options: Partial<SshOptions> = {},
	): Promise<Transport> {
		const env = {...client.env, ...(agent && {SSH_AUTH_SOCK: agent.socket})};
		transport = sshTransport(sshHost('lab', change), {env, ...options});
		await transport.connect();
		return transport;
	}

	/** What is done over every kind of connection. */
	async function expectToWork(host: Transport): Promise<void> {
		expect(await host.exec(['sh', '-c', 'cat; exit 3'], {input: 'in'})).toMatchObject({
			code: 3,
			stdout: 'in',
		});
		const file = path.join(sshd.home, 'file');
		await host.writeFile(file, 'text');
		expect(await readFile(file, 'utf8')).toBe('text');
	}

	/** A server that knows only keys that its authority has signed; the client's is. */
	async function startWithAuthority(options: SshdOptions = {}): Promise<string> {
		const authority = path.join(client.home, 'authority');
		await makeKey(authority, 'ed25519');
		keygen('-s', authority, '-I', 'me', '-n', 'root', '-V', '+1d', `${client.key}.pub`);
		sshd = await startSshd({
			client,
			config: [`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none'],
			...options,
		});
		return `${client.key}-cert.pub`;
	}

	it('logs in with the certificate beside a key', async () => {
		await startWithAuthority();
		await expectToWork(await to());
	});

	it('logs in with a CertificateFile', async () => {
		const certificate = await startWithAuthority();
		await rename(certificate, path.join(client.home, 'elsewhere-cert.pub'));
		await client.addConfig(
			`  CertificateFile ~/elsewhere-cert.pub\n  IdentityFile ${client.key}\n`,
		);
		await expectToWork(await to());
	});

	it('logs in with a certificate that an agent holds', async () => {
		await startWithAuthority();
		agent = await startSshAgent([client.key]);
		await rm(`${client.key}-cert.pub`);
		await rm(client.key);
		await expectToWork(await to());
	});

	it('trusts a host by the authority that signed its key', async () => {
		sshd = await startSshd({client, known: false, hostCertificate: true});
		await expect(to({sshClient: 'ssh2'})).rejects.toMatchObject({code: 'host-key-unknown'});
		await client.addKnownHost(`@cert-authority [127.0.0.1]:${sshd.port} ${sshd.authority}`);
		await expectToWork(await to());
	});

	it('agrees on a key exchange that ssh2 does not know', async () => {
		sshd = await startSshd({client, config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com']});
		await expect(to({sshClient: 'ssh2'})).rejects.toMatchObject({
			message: expect.stringContaining('could not agree on a secure connection'),
			hint: expect.stringContaining('curve25519-sha256'),
		});
		await expectToWork(await to());
	});

	it('is reached through its jump host', async () => {
		const door = await startSshd({client, alias: 'door'});
		try {
			await startWithAuthority({
				alias: 'inner',
				config: [`TrustedUserCAKeys ${client.home}/authority.pub`],
			});
			await client.addConfig('  ProxyJump door\n');
			transport = sshTransport(sshHost('inner', {sshClient: 'openssh'}), {env: client.env});
			await expectToWork(transport);
		} finally {
			await transport?.close();
			await door.stop();
		}
	});

	describe('by configuration', () => {
		const openssh = {sshClient: 'openssh'} as const;

		beforeEach(async () => {
			sshd = await startSshd({client});
		});

		it('says what ssh says when it is refused', async () => {
			await rm(client.key);
			await makeKey(client.key, 'ed25519');
			await expect(to(openssh)).rejects.toMatchObject({
				kind: 'connection',
				message: expect.stringMatching(/^ssh cannot connect to lab: .*Permission denied/),
				hint: 'Try `ssh lab` in a terminal.',
			});
		});

		it('leaves no process and no file behind', async () => {
			const host = await to(openssh);
			const running = host.exec(['sleep', '600']).catch(() => undefined);
			await sshd.logged(/Starting session: command/);
			await host.close();
			await running;
			const left = await descendantsOf(process.pid);
			expect(left.filter(({name}) => name === 'ssh' || name === 'cat')).toEqual([]);
		});

		it('is a lost connection when the server cuts it', async () => {
			const host = await to(openssh);
			const running = host.exec(['sleep', '600']);
			const lost = expect(running).rejects.toMatchObject({code: 'connection-lost'});
			await sshd.logged(/Starting session: command/);
			await sshd.cut();
			await lost;
			await expectToWork(host);
		});

		it('accepts an unknown key by its fingerprint, and keeps it', async () => {
			await rm(path.join(client.sshFolder, 'known_hosts'));
			await expect(to(openssh)).rejects.toThrow(/Host key verification failed/);
			const key = path.join(client.home, 'host.pub');
			await writeFile(key, `${sshd.hostKeys[0]}\n`);
			const [, fingerprint] = keygen('-l', '-f', key).toString().split(' ');
			await to(openssh, {acceptHostKey: `SHA256:${'x'.repeat(43)}`}).then(
				() => expect.unreachable(),
				() => undefined,
			);
			await expectToWork(await to(openssh, {acceptHostKey: fingerprint}));
			await transport?.close();
			await expectToWork(await to(openssh));
		});
	});
});

describe.skipIf(!available('sshd'))('a server that is newer than ssh2', () => {
	it('is reached by OpenSSH; ssh2 says which of the two is the newer one', async () => {
		const sshd = await startSshd({
			config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'],
		});
		const chosen = sshTransport(sshHost('lab'), {env: sshd.client.env});
		const ssh2 = sshTransport(sshHost('lab', {sshClient: 'ssh2'}), {env: sshd.client.env});
		try {
			await expect(ssh2.connect()).rejects.toMatchObject({
				kind: 'connection',
				message: expect.stringMatching(
					/could not agree on a secure connection: .*no matching key exchange algorithm/,
				),
				hint: expect.stringContaining('cosmos needs curve25519-sha256'),
			});
			expect((await chosen.exec(['echo', 'in'])).stdout).toBe('in\n');
		} finally {
			await Promise.all([chosen.close(), ssh2.close()]);
			await sshd.stop();
		}
	});
});

describe.skipIf(!available('sshd')).each(['/usr/lib/openssh/sftp-server', ''])(
	'SFTP on a host whose start file prints, with the subsystem "%s"',
	sftp => {
		it.each(['ssh2', 'openssh'] as const)('works by %s', async sshClient => {
			const sshd = await startSshd({sftp, startFile: 'echo Welcome'});
			const transport = sshTransport(sshHost('lab', {sshClient}), {env: sshd.client.env});
			try {
				const file = path.join(sshd.home, 'file');
				await transport.writeFile(file, 'x'.repeat(500_000));
				expect(await transport.fileSize(file)).toBe(500_000);
			} finally {
				await transport.close();
				await sshd.stop();
			}
		});
	},
);
