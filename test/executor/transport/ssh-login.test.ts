import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {chmod, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import ssh2, {type ParsedKey} from 'ssh2';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest';
import type {Host} from '../../../source/domain/hosts/host.js';
import {type SshOptions, sshTransport} from '../../../source/executor/transport/ssh.js';
import {readPkcs8} from '../../../source/executor/transport/ssh-pkcs8.js';
import type {Transport} from '../../../source/executor/transport/transport.js';
import {available} from '../../lab/available.js';
import {type LabAgent, startSshAgent} from '../../lab/ssh-agent.js';
import {makeKey, makeSshClientHome, type SshClientHome} from '../../lab/ssh-client-home.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type Sshd, startSshd} from '../../lab/sshd.js';

describe.skipIf(!available('sshd'))('logging in', () => {
	let sshd: Sshd;
	let client: SshClientHome;
	let agent: LabAgent | undefined;
	let transport: Transport;

	beforeAll(async () => {
		sshd = await startSshd();
	});
	afterAll(() => sshd?.stop());
	beforeEach(async () => {
		client = await makeSshClientHome();
		await sshd.admit(client);
	});
	afterEach(async () => {
		vi.useRealTimers();
		await transport.close();
		await agent?.stop();
		agent = undefined;
		await client.remove();
	});

	function to(change: Partial<Host> = {}, options: Partial<SshOptions> = {}): Transport {
		const env = {...client.env, SSH_AUTH_SOCK: agent?.socket};
		transport = sshTransport(sshHost('lab', change), {env, ...options});
		return transport;
	}

	/** The client's key under another name, so that it is not one of the usual ones. */
	async function moveKey(): Promise<string> {
		const moved = path.join(client.home, 'my-key');
		await rename(client.key, moved);
		await rename(`${client.key}.pub`, `${moved}.pub`);
		return moved;
	}

	/** Replaces the client's key by one with a passphrase. */
	async function lockKey(): Promise<void> {
		await rm(client.key);
		await sshd.authorize(await makeKey(client.key, 'ed25519', 'open sesame'));
	}

	test('with a key that has a default name', async () => {
		await expect(to().connect()).resolves.toBeUndefined();
	});

	test('with the key that our configuration names', async () => {
		const key = await moveKey();
		await expect(to({key}).connect()).resolves.toBeUndefined();
	});

	test('with the key that ~/.ssh/config names', async () => {
		await moveKey();
		await client.addConfig('  IdentityFile ~/my-key\n');
		await expect(to().connect()).resolves.toBeUndefined();
	});

	test('with an RSA key', async () => {
		const key = path.join(client.home, 'rsa');
		await rm(client.key);
		await sshd.authorize(await makeKey(key, 'rsa'));
		await expect(to({key}).connect()).resolves.toBeUndefined();
	});

	describe('with a key in PKCS#8', () => {
		const kinds = [
			['an RSA key', ['-algorithm', 'RSA']],
			['an elliptic one', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']],
			['an Ed25519 key', ['-algorithm', 'ED25519']],
		] as const;

		/** As cloud consoles hand them out; ssh-keygen does not read a public half out of each kind. */
		async function pkcs8(words: readonly string[], passphrase?: string): Promise<string> {
			const key = path.join(client.home, 'p8');
			await rm(client.key);
			const cipher =
				passphrase === undefined ? [] : ['-aes-256-cbc', '-pass', `pass:${passphrase}`];
			execFileSync('openssl', ['genpkey', ...words, ...cipher, '-out', key], {stdio: 'ignore'});
			const pem = readFileSync(key, 'utf8');
			const readable = readPkcs8(pem, passphrase);
			const [parsed] = [ssh2.utils.parseKey(readable as string)].flat() as ParsedKey[];
			const isPlain = passphrase === undefined && words[1] !== 'ED25519';
			const line = isPlain
				? execFileSync('ssh-keygen', ['-y', '-f', await privately(key)], {encoding: 'utf8'})
				: `${parsed?.type} ${parsed?.getPublicSSH().toString('base64')}`;
			await sshd.authorize(line.trim());
			return key;
		}

		async function privately(key: string): Promise<string> {
			await chmod(key, 0o600);
			return key;
		}

		test.each(kinds)('%s', async (_what, words) => {
			const key = await pkcs8(words);
			await expect(to({key}).connect()).resolves.toBeUndefined();
		});

		test.each(kinds)('%s that has a passphrase', async (_what, words) => {
			const key = await pkcs8(words, 'open sesame');
			const askPassphrase = async () => 'open sesame';
			await expect(to({key}, {askPassphrase}).connect()).resolves.toBeUndefined();
		});
	});

	test('with a key that only the agent has', async () => {
		agent = await startSshAgent([client.key]);
		await rm(client.key);
		await rm(`${client.key}.pub`);
		await expect(to().connect()).resolves.toBeUndefined();
	});

	test('a missing agent does no harm', async () => {
		agent = await startSshAgent([]);
		const {socket} = agent;
		await agent.stop();
		agent = undefined;
		const env = {...client.env, SSH_AUTH_SOCK: socket};
		await expect(to({}, {env}).connect()).resolves.toBeUndefined();
	});

	describe('when the agent has more keys than a host accepts', () => {
		beforeEach(async () => {
			const keys: string[] = [];
			for (let count = 0; count < 7; count++) {
				keys.push(path.join(client.home, `useless${count}`));
				await makeKey(keys.at(-1) as string, 'ed25519');
			}

			agent = await startSshAgent(keys);
		});

		test('the key from our configuration is tried first', async () => {
			await expect(to({key: client.key}).connect()).resolves.toBeUndefined();
		});

		test('IdentitiesOnly excludes them', async () => {
			await client.addConfig('  IdentitiesOnly yes\n');
			await expect(to().connect()).resolves.toBeUndefined();
		});

		test('otherwise the error says how to choose', async () => {
			await expect(to().connect()).rejects.toMatchObject({
				message: `permission denied for root@127.0.0.1:${sshd.port}`,
				hint: expect.stringContaining('IdentitiesOnly yes'),
			});
		});
	});

	describe('with a key that has a passphrase', () => {
		beforeEach(lockKey);

		test('the user is asked for it, only once', async () => {
			const asked: string[] = [];
			to(
				{},
				{
					askPassphrase: async file => {
						asked.push(file);
						return 'open sesame';
					},
				},
			);
			await transport.connect();
			const held = expect(transport.exec(['sleep', '60'])).rejects.toThrow();
			await sshd.cut();
			await held;
			await transport.connect();
			expect(asked).toEqual([client.key]);
		});

		test('the time to answer does not count toward the connect timeout', async () => {
			// Timers move only here, so that a slow machine does not count as a slow person.
			vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
			const slowPerson = async () => {
				vi.advanceTimersByTime(3_600_000);
				return 'open sesame';
			};
			to({}, {timing: {connectTimeout: 20_000}, askPassphrase: slowPerson});
			await expect(transport.connect()).resolves.toBeUndefined();
		});

		test('without a terminal, the error names the key', async () => {
			await expect(to().connect()).rejects.toMatchObject({
				kind: 'connection',
				message: `the key ${client.key} has a passphrase`,
				hint: expect.stringContaining('ssh-add'),
			});
		});

		test('a wrong one is asked for again', async () => {
			const answers = ['guess', 'open sesame'];
			const asked: boolean[] = [];
			const askPassphrase = async (_file: string, isRetry: boolean) => {
				asked.push(isRetry);
				return answers[asked.length - 1];
			};
			await expect(to({}, {askPassphrase}).connect()).resolves.toBeUndefined();
			expect(asked).toEqual([false, true]);
		});

		test('one that is wrong three times is named as such', async () => {
			let asked = 0;
			const askPassphrase = async () => `guess ${asked++}`;
			await expect(to({}, {askPassphrase}).connect()).rejects.toMatchObject({
				code: 'key-locked',
				message: `wrong passphrase for ${client.key}`,
			});
			expect(asked).toBe(3);
		});

		test('an empty answer continues without the key', async () => {
			await expect(to({}, {askPassphrase: async () => undefined}).connect()).rejects.toThrow(
				/permission denied/,
			);
		});

		test('nobody is asked if another key works', async () => {
			const open = path.join(client.sshFolder, 'id_rsa');
			await sshd.authorize(await makeKey(open, 'rsa'));
			await expect(to().connect()).resolves.toBeUndefined();
		});
	});

	test('a rejected login names user, host, port and the keys that were tried', async () => {
		await rm(client.key);
		await makeKey(client.key, 'ed25519');
		agent = await startSshAgent([]);
		await expect(to().connect()).rejects.toMatchObject({
			kind: 'connection',
			message: `permission denied for root@127.0.0.1:${sshd.port}`,
			hint: expect.stringContaining(client.key),
		});
	});

	test('without any key the error says how to create one', async () => {
		await rm(client.key);
		await rm(`${client.key}.pub`);
		await expect(to().connect()).rejects.toMatchObject({
			hint: expect.stringContaining('ssh-keygen'),
		});
	});

	test('a missing key file is a configuration error', async () => {
		await expect(to({key: '/no/such/key'}).connect()).rejects.toMatchObject({
			kind: 'configuration',
			message: 'cannot use the key /no/such/key: no such file',
		});
	});

	test('an invalid key file is a configuration error', async () => {
		const key = path.join(client.sshFolder, 'config');
		await chmod(key, 0o600);
		await expect(to({key}).connect()).rejects.toMatchObject({
			kind: 'configuration',
			message: expect.stringContaining(`cannot use the key ${key}`),
		});
	});
});
