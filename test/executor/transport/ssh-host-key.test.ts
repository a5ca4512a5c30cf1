import {execFileSync} from 'node:child_process';
import {readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {reportOf} from '../../../source/domain/errors.js';
import {createHostSessions} from '../../../source/executor/host-sessions.js';
import {sshTransport} from '../../../source/executor/transport/ssh.js';
import {fingerprintOf} from '../../../source/executor/transport/ssh-known-hosts.js';
import type {Transport} from '../../../source/executor/transport/transport.js';
import {available} from '../../lab/available.js';
import {makeKey, makeSshClientHome, type SshClientHome} from '../../lab/ssh-client-home.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type Sshd, startSshd} from '../../lab/sshd.js';

describe.skipIf(!available('sshd'))('host keys', () => {
	let sshd: Sshd;
	let client: SshClientHome;
	let transport: Transport;
	let file: string;
	let name: string;
	let fingerprint: string;

	beforeAll(async () => {
		sshd = await startSshd({hostKeys: ['ed25519', 'ecdsa', 'rsa']});
		name = `[127.0.0.1]:${sshd.port}`;
		const [, blob = ''] = (sshd.hostKeys[0] as string).split(' ');
		fingerprint = fingerprintOf(Buffer.from(blob, 'base64'));
	});
	afterAll(() => sshd?.stop());
	beforeEach(async () => {
		client = await makeSshClientHome();
		file = path.join(client.sshFolder, 'known_hosts');
		await sshd.admit(client, {known: false});
	});
	afterEach(async () => {
		await transport.close();
		await client.remove();
	});

	const connect = (acceptHostKey?: string) => {
		transport = sshTransport(sshHost('lab'), {env: client.env, acceptHostKey});
		return transport.connect();
	};

	test('an unknown one is rejected; the error shows its fingerprint and both remedies', async () => {
		await expect(connect()).rejects.toMatchObject({
			kind: 'connection',
			message: `the host key of 127.0.0.1:${sshd.port} is unknown: ssh-ed25519 ${fingerprint}`,
			hint: expect.stringMatching(/--accept-host-key SHA256:.*ssh lab/),
		});
	});

	test('a rejected one is not saved', async () => {
		await connect().catch(() => undefined);
		await expect(readFile(file)).rejects.toThrow(/ENOENT/);
	});

	test('an accepted one is saved for OpenSSH too', async () => {
		await connect(fingerprint);
		expect(execFileSync('ssh-keygen', ['-F', name, '-f', file], {encoding: 'utf8'})).toContain(
			sshd.hostKeys[0],
		);
	});

	test('one that is accepted after it was shown is used by the same process', async () => {
		const sessions = createHostSessions({env: client.env});
		const host = sshHost('lab');
		const error = await sessions.open(host).catch((thrown: unknown) => thrown);
		expect(reportOf(error)).toMatchObject({code: 'host-key-unknown', fingerprint});
		sessions.acceptKey(host.name, fingerprint);
		({transport} = await sessions.open(host));
		expect(await readFile(file, 'utf8')).toContain(sshd.hostKeys[0]);
		await sessions.closeAll();
	});

	test('an accepted one is known from then on', async () => {
		await connect(fingerprint);
		await transport.close();
		await expect(connect()).resolves.toBeUndefined();
	});

	test('a different one than the accepted one is rejected', async () => {
		await expect(connect(`SHA256:${'x'.repeat(43)}`)).rejects.toThrow(
			/not the accepted SHA256:xxx/,
		);
	});

	test.each([0, 1, 2])('a host that is known by its key number %i only is known', async index => {
		await client.addKnownHost(`${name} ${sshd.hostKeys[index]}`);
		await expect(connect()).resolves.toBeUndefined();
	});

	test('a hashed entry is found', async () => {
		await client.addKnownHost(`${name} ${sshd.hostKeys[0]}`);
		execFileSync('ssh-keygen', ['-H', '-f', file], {stdio: 'ignore'});
		await expect(connect()).resolves.toBeUndefined();
	});

	test('an entry without the port also matches', async () => {
		await client.addKnownHost(`127.0.0.1 ${sshd.hostKeys[0]}`);
		await expect(connect()).resolves.toBeUndefined();
	});

	test('HostKeyAlias replaces the name', async () => {
		await client.addConfig('  HostKeyAlias the-gpu\n');
		await client.addKnownHost(`the-gpu ${sshd.hostKeys[0]}`);
		await expect(connect()).resolves.toBeUndefined();
	});

	test('UserKnownHostsFile sets the file', async () => {
		await client.addConfig('  UserKnownHostsFile ~/elsewhere\n');
		await writeFile(path.join(client.home, 'elsewhere'), `${name} ${sshd.hostKeys[0]}\n`);
		await expect(connect()).resolves.toBeUndefined();
	});

	describe('a different key than the known one', () => {
		beforeEach(async () => {
			const other = path.join(client.home, 'other');
			await client.addKnownHost('# first line');
			await client.addKnownHost(`${name} ${await makeKey(other, 'ed25519')}`);
			await rm(other);
		});

		test('is rejected; the error names file, line and a remedy', async () => {
			await expect(connect()).rejects.toMatchObject({
				kind: 'connection',
				message: expect.stringMatching(
					new RegExp(`has changed: it presents ssh-ed25519 SHA256:\\S+, but ${file}:2 has SHA256:`),
				),
				hint: expect.stringContaining(`ssh-keygen -f ${file} -R '${name}'`),
			});
		});

		test('cannot be accepted', async () => {
			await expect(connect(fingerprint)).rejects.toThrow(/has changed/);
		});
	});

	describe('as ssh_config says', () => {
		const own = () => path.join(client.home, '.config', 'cosmos', 'known_hosts');
		const text = (name: string) => readFile(name, 'utf8').catch(() => '');

		test('StrictHostKeyChecking accept-new takes an unknown one and writes it down', async () => {
			await client.addConfig('  StrictHostKeyChecking accept-new\n');
			await connect();
			expect(await text(file)).toBe(`${name} ${sshd.hostKeys[0]}\n`);
		});

		test('accept-new refuses a changed one', async () => {
			await client.addConfig('  StrictHostKeyChecking accept-new\n');
			await client.addKnownHost(`${name} ${await makeKey(path.join(client.home, 'x'), 'ed25519')}`);
			await expect(connect()).rejects.toMatchObject({code: 'host-key-changed'});
		});

		test('StrictHostKeyChecking no takes a changed one, and leaves the known one', async () => {
			await client.addConfig('  StrictHostKeyChecking no\n');
			const line = `${name} ${await makeKey(path.join(client.home, 'x'), 'ed25519')}`;
			await client.addKnownHost(line);
			await connect();
			expect(await text(file)).toBe(`${line}\n`);
		});

		test('StrictHostKeyChecking no refuses a revoked one', async () => {
			await client.addConfig('  StrictHostKeyChecking no\n');
			await client.addKnownHost(`@revoked * ${sshd.hostKeys[0]}`);
			await expect(connect()).rejects.toMatchObject({code: 'host-key-revoked'});
		});

		test('UserKnownHostsFile /dev/null with no keeps nothing anywhere', async () => {
			await client.addConfig('  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n');
			await connect();
			await transport.close();
			await connect();
			expect([await text(file), await text(own())]).toEqual(['', '']);
		});

		test('one that a person accepts is kept although UserKnownHostsFile is /dev/null', async () => {
			await client.addConfig('  UserKnownHostsFile /dev/null\n');
			await expect(connect()).rejects.toMatchObject({code: 'host-key-unknown'});
			await connect(fingerprint);
			await transport.close();
			await connect();
			expect(await text(own())).toBe(`${name} ${sshd.hostKeys[0]}\n`);
		});

		test('KnownHostsCommand is asked, with its tokens', async () => {
			const program = path.join(client.home, 'known');
			await writeFile(program, `#!/bin/sh\necho "$1" >>"${program}.log"\necho "$2 $3 $4"\n`, {
				mode: 0o755,
			});
			await client.addConfig(`  KnownHostsCommand ${program} %I %H %t %K\n`);
			await connect();
			expect(await text(`${program}.log`)).toBe('ORDER\nHOSTNAME\n');
		});

		test('a KnownHostsCommand that fails is named, with what it says', async () => {
			await client.addConfig("  KnownHostsCommand /bin/sh -c 'echo no vault >&2; exit 1'\n");
			await expect(connect()).rejects.toMatchObject({
				message: 'KnownHostsCommand fails: no vault',
			});
		});
	});

	test('the remedy names the port and the user of our configuration', async () => {
		transport = sshTransport(sshHost('127.0.0.1', {port: sshd.port, user: 'root'}), {
			env: client.env,
		});
		await expect(transport.connect()).rejects.toMatchObject({
			hint: expect.stringContaining(`connect once with ssh -p ${sshd.port} root@127.0.0.1`),
		});
	});

	test('a revoked one is rejected although it is known', async () => {
		await client.addKnownHost(`${name} ${sshd.hostKeys[0]}`);
		await client.addKnownHost(`@revoked * ${sshd.hostKeys[0]}`);
		await expect(connect()).rejects.toThrow(`revoked by ${file}:2`);
	});
});
