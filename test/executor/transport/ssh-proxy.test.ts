import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {sshTransport} from '../../../source/executor/transport/ssh.js';
import type {Transport} from '../../../source/executor/transport/transport.js';
import {available} from '../../lab/available.js';
import {allProcesses} from '../../lab/processes.js';
import {makeSshClientHome, type SshClientHome} from '../../lab/ssh-client-home.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type Sshd, startSshd} from '../../lab/sshd.js';

/** Carries a connection as cloudflared and the like do, and notes its process. */
const relay = `
import {appendFileSync} from 'node:fs';
import {connect} from 'node:net';
const [host, port, file] = process.argv.slice(2);
appendFileSync(file, process.pid + '\\n');
const socket = connect({host, port: Number(port)});
process.stdin.pipe(socket).pipe(process.stdout);
socket.on('close', () => process.exit());`;

describe.skipIf(!available('sshd'))('a host behind a ProxyCommand', () => {
	let client: SshClientHome;
	let door: Sshd;
	let lab: Sshd;
	let pids: string;
	let transport: Transport | undefined;

	beforeAll(async () => {
		client = await makeSshClientHome();
		door = await startSshd({client, alias: 'door'});
		lab = await startSshd({client, alias: 'lab'});
		await writeFile(path.join(client.home, 'relay.mjs'), relay);
		const address = `  HostName 127.0.0.1\n  Port ${lab.port}\n  User root\n`;
		const program = `${process.execPath} ${path.join(client.home, 'relay.mjs')}`;
		await client.addConfig(`Host through-ssh\n${address}  ProxyCommand ssh -W %h:%p door\n`);
		await client.addConfig(
			`Host relayed\n${address}  ProxyCommand ${program} %h %p ${client.home}/pids\n`,
		);
		await client.addConfig(`Host silent\n${address}  ProxyCommand cat >/dev/null\n`);
		await client.addConfig(
			`Host broken\n${address}  ProxyCommand sh -c 'echo no way >&2; exit 3'\n`,
		);
		await client.addConfig(`Host missing\n${address}  ProxyCommand no-such-program %h\n`);
	});

	beforeEach(async () => {
		pids = path.join(client.home, 'pids');
		await writeFile(pids, '');
	});

	afterEach(async () => {
		await transport?.close();
		transport = undefined;
	});

	afterAll(async () => {
		await lab?.stop();
		await door?.stop();
		await client?.remove();
	});

	function to(alias: string, connectTimeout = 20_000): Transport {
		transport = sshTransport(sshHost(alias), {env: client.env, timing: {connectTimeout}});
		return transport;
	}

	it.each(['through-ssh', 'relayed'])('runs commands and moves files: %s', async alias => {
		const host = to(alias);
		expect((await host.exec(['cat'], {input: 'through'})).stdout).toBe('through');
		const text = 'x'.repeat(300_000);
		await host.writeFile(path.join(lab.home, alias), text);
		expect(await readFile(path.join(lab.home, alias), 'utf8')).toBe(text);
	});

	it('leaves no process behind when the connection is closed', async () => {
		const host = to('relayed');
		await host.exec(['true']);
		const pid = Number(await readFile(pids, 'utf8'));
		const isThere = async () => (await allProcesses()).some(one => one.pid === pid);
		expect(await isThere()).toBe(true);
		await host.close();
		await expect.poll(isThere).toBe(false);
	});

	it.each([
		['broken', /ProxyCommand for .* failed: it ended with code 3: no way/],
		['missing', /ProxyCommand for .* failed: .*no-such-program/],
	])('says what a proxy said that failed: %s', async (alias, message) => {
		await expect(to(alias).connect()).rejects.toMatchObject({
			kind: 'connection',
			message: expect.stringMatching(message),
			hint: expect.stringContaining('Run it in a terminal: '),
		});
	});

	it('does not wait for ever for a proxy that says nothing', async () => {
		await expect(to('silent', 300).connect()).rejects.toThrow('does not respond');
	});
});
