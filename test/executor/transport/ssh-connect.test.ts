import {once} from 'node:events';
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {sshTransport} from '../../../source/executor/transport/ssh.js';
import {connectError} from '../../../source/executor/transport/ssh-connect-errors.js';
import type {SshTarget} from '../../../source/executor/transport/ssh-target.js';
import type {Transport} from '../../../source/executor/transport/transport.js';
import {available} from '../../lab/available.js';
import {makeSshClientHome, type SshClientHome} from '../../lab/ssh-client-home.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type Sshd, startSshd} from '../../lab/sshd.js';

describe('an unreachable host', () => {
	const target = {alias: 'h100', hostName: 'gpu.example.com', port: 2222, user: 'ada'} as SshTarget;
	test.each([
		['ENOTFOUND', 'there is no host named gpu.example.com', /HostName of h100/],
		['EAI_AGAIN', /cannot look up the name gpu.example.com/, /network/],
		['ECONNREFUSED', 'gpu.example.com:2222 refused the connection', /SSH server/],
		['ETIMEDOUT', 'gpu.example.com:2222 does not respond', /VPN/],
		['EHOSTUNREACH', 'no route to gpu.example.com:2222', /network/],
		['ECONNRESET', 'gpu.example.com:2222 closed the connection immediately', /SSH server/],
	])('%s has a message with the address and a remedy', (code, message, hint) => {
		const error = connectError(target, Object.assign(new Error(code), {code}));
		expect(error).toMatchObject({
			kind: 'connection',
			message: message instanceof RegExp ? expect.stringMatching(message) : message,
			hint: expect.stringMatching(hint),
		});
	});

	test('an address with colons is shown in brackets', () => {
		const error = Object.assign(new Error('no'), {code: 'ECONNREFUSED'});
		expect(connectError({...target, hostName: '::1'}, error).message).toContain('[::1]:2222');
	});
});

describe('a server that is not an SSH server', () => {
	let server: Server;
	let port: number;
	const sockets = new Set<Socket>();
	let greet: (socket: Socket) => void;
	let client: SshClientHome;

	beforeAll(async () => {
		client = await makeSshClientHome();
		server = createServer(socket => {
			sockets.add(socket);
			socket.on('error', () => undefined);
			greet(socket);
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		port = (server.address() as AddressInfo).port;
	});
	afterAll(async () => {
		for (const socket of sockets) {
			socket.destroy();
		}

		server.close();
		await client.remove();
	});

	const connect = (connectTimeout?: number) =>
		sshTransport(sshHost('127.0.0.1', {port}), {
			env: client.env,
			timing: connectTimeout === undefined ? {} : {connectTimeout},
		}).connect();

	test('is reported if it closes immediately', async () => {
		greet = socket => socket.end();
		await expect(connect()).rejects.toThrow(`127.0.0.1:${port} closed the connection immediately`);
	});

	test('is reported if it speaks another protocol', async () => {
		greet = socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
		await expect(connect()).rejects.toMatchObject({
			kind: 'connection',
			message: expect.stringContaining(`127.0.0.1:${port}`),
		});
	});

	test('is given up after the connect timeout if it says nothing', async () => {
		greet = () => undefined;
		await expect(connect(200)).rejects.toThrow(`127.0.0.1:${port} does not respond`);
	});
});

describe.skipIf(!available('sshd'))('one connection', () => {
	let sshd: Sshd;
	let transport: Transport;
	beforeEach(async () => {
		sshd = await startSshd();
		transport = sshTransport(sshHost('lab'), {env: sshd.client.env});
	});
	afterEach(async () => {
		await transport.close();
		await sshd.stop();
	});

	const accepted = () => sshd.log().match(/^Accepted publickey/gm)?.length ?? 0;

	test('serves concurrent callers', async () => {
		await Promise.all([transport.connect(), transport.exec(['true']), transport.home()]);
		expect(accepted()).toBe(1);
	});

	test('serves everything that comes later', async () => {
		await transport.exec(['true']);
		await transport.exec(['true']);
		await transport.fileSize('/etc/passwd');
		expect(accepted()).toBe(1);
	});

	test('stays closed once it was closed', async () => {
		await transport.connect();
		await transport.close();
		await expect(transport.exec(['echo', 'back'])).rejects.toThrow(/closed the connection to/);
		await expect(transport.connect()).rejects.toThrow(/closed the connection to/);
		expect(transport.closed).toBe(true);
	});

	test('is opened again after a failed attempt', async () => {
		const {env} = sshd.client;
		const wrong = sshTransport(sshHost('lab', {port: 1}), {env});
		await expect(wrong.connect()).rejects.toThrow(/refused/);
		await expect(wrong.connect()).rejects.toThrow(/refused/);
	});

	test('is closed on the server too', async () => {
		await transport.connect();
		await transport.close();
		await sshd.logged(/Received disconnect from 127.0.0.1/);
	});
});

describe.skipIf(!available('sshd'))('through a jump host', () => {
	let door: Sshd;
	let inner: Sshd;
	let client: SshClientHome;
	let transport: Transport;

	beforeAll(async () => {
		client = await makeSshClientHome();
		door = await startSshd({client, alias: 'door'});
		inner = await startSshd({client, alias: 'inner'});
		await client.addConfig('  ProxyJump door\n');
	});
	afterAll(async () => {
		await inner?.stop();
		await door?.stop();
		await client.remove();
	});
	afterEach(() => transport.close());

	test('commands and files reach the host behind it', async () => {
		transport = sshTransport(sshHost('inner'), {env: client.env});
		expect(await transport.home()).toBe(inner.home);
		expect((await transport.exec(['sh', '-c', 'echo $HOME'])).stdout).toBe(`${inner.home}\n`);
	});

	test('the connection goes through it', async () => {
		transport = sshTransport(sshHost('inner'), {env: client.env});
		await transport.connect();
		expect(door.log()).toMatch(/^Accepted publickey/m);
	});

	test('an error names the machine where it happened', async () => {
		const stranger = await makeSshClientHome();
		await door.admit(stranger, {known: false});
		await stranger.addConfig(`Host inner\n  HostName 127.0.0.1\n  ProxyJump door\n`);
		transport = sshTransport(sshHost('inner'), {env: stranger.env});
		await expect(transport.connect()).rejects.toThrow(`the host key of 127.0.0.1:${door.port}`);
		await stranger.remove();
	});

	test('a host that the jump host cannot reach is named', async () => {
		transport = sshTransport(sshHost('inner', {port: 1}), {env: client.env});
		await expect(transport.connect()).rejects.toThrow(
			/no connection to 127.0.0.1:1: the jump host says "Connection refused"/,
		);
	});

	test('a jump host that goes away is a lost connection', async () => {
		transport = sshTransport(sshHost('inner'), {env: client.env});
		let running: Promise<unknown> = Promise.resolve();
		await new Promise<void>((resolve, reject) => {
			running = transport.exec(['sh', '-c', 'echo; exec sleep 1000'], {onOutput: () => resolve()});
			running.catch(reject);
		});
		await door.cut();
		await expect(running).rejects.toThrow('connection to gpu lost');
	});
});
