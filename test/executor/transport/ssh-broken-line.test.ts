import {randomBytes} from 'node:crypto';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {ConnectionLostError} from '../../../source/domain/errors.js';
import {type SshOptions, sshTransport} from '../../../source/executor/transport/ssh.js';
import type {ExecResult, Transport} from '../../../source/executor/transport/transport.js';
import {available} from '../../lab/available.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type Sshd, startSshd} from '../../lab/sshd.js';
import {startTcpProxy, type TcpProxy} from '../../lab/tcp-proxy.js';

const content = randomBytes(8 * 1024 * 1024 + 4321);

describe.skipIf(!available('sshd'))('a line that breaks', () => {
	let sshd: Sshd;
	let network: TcpProxy;
	let transport: Transport;
	let folder: string;

	beforeEach(async () => {
		sshd = await startSshd();
		network = await startTcpProxy(sshd.port);
		await sshd.client.addKnownHost(`127.0.0.1 ${sshd.hostKeys[0]}`);
		folder = await mkdtemp(path.join(tmpdir(), 'cosmos-line-'));
		transport = through();
	});
	afterEach(async () => {
		await transport.close();
		await network.stop();
		await sshd.stop();
		await rm(folder, {recursive: true});
	});

	/** A machine that is only slow answers within this time. */
	const soonNoticed = {keepaliveInterval: 2000, keepaliveCount: 3};

	function through(timing: SshOptions['timing'] = {}): Transport {
		return sshTransport(sshHost('lab', {port: network.port}), {env: sshd.client.env, timing});
	}

	/** A command that runs until the line breaks; resolves when it has begun. */
	async function longCommand(): Promise<{end: Promise<ExecResult>}> {
		let end: Promise<ExecResult> | undefined;
		await new Promise<void>((resolve, reject) => {
			end = transport.exec(['sh', '-c', 'echo; exec sleep 1000'], {onOutput: () => resolve()});
			end.catch(reject);
		});
		return {end: end as Promise<ExecResult>};
	}

	test('under several commands is a lost connection for each', async () => {
		const running = [await longCommand(), await longCommand()];
		network.cut();
		for (const {end} of running) {
			await expect(end).rejects.toBeInstanceOf(ConnectionLostError);
		}
	});

	test('is a lost connection if the server process was killed', async () => {
		const {end} = await longCommand();
		await sshd.cut();
		await expect(end).rejects.toBeInstanceOf(ConnectionLostError);
	});

	test('is a lost connection if cosmos closes it', async () => {
		const {end} = await longCommand();
		const lost = expect(end).rejects.toBeInstanceOf(ConnectionLostError);
		await transport.close();
		await lost;
	});

	test('is a lost connection between two commands, until the host is back', async () => {
		await transport.connect();
		await sshd.halt();
		for (const tries of [1, 2]) {
			const lost = await transport.exec(['true']).catch(error => error);
			expect([tries, lost]).toEqual([tries, expect.any(ConnectionLostError)]);
		}

		await expect(transport.isFolder('/')).rejects.toBeInstanceOf(ConnectionLostError);
		await sshd.resume();
		expect((await transport.exec(['echo', 'back'])).stdout).toBe('back\n');
	});

	test('is replaced by a new one', async () => {
		const {end} = await longCommand();
		network.cut();
		await end.catch(() => undefined);
		expect((await transport.exec(['echo', 'back'])).stdout).toBe('back\n');
	});

	test('is detected if the network is silent', async () => {
		transport = through(soonNoticed);
		const {end} = await longCommand();
		network.silence();
		await expect(end).rejects.toBeInstanceOf(ConnectionLostError);
	});

	test('loses nothing if it is only slow', async () => {
		const {end} = await longCommand();
		network.silence();
		const answer = transport.exec(['echo', 'late']);
		network.resume();
		expect((await answer).stdout).toBe('late\n');
		network.cut();
		await end.catch(() => undefined);
	});

	test('leaves a correct partial upload, and the next one resumes', async () => {
		const [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
		await writeFile(from, content);
		await transport.connect();
		const cut = network.cutAfter(3_000_000);
		const upload = transport.upload(from, to);
		await expect(upload).rejects.toBeInstanceOf(ConnectionLostError);
		await cut;
		const part = await readFile(to);
		expect(content.subarray(0, part.length).equals(part)).toBe(true);
		let begun: number | undefined;
		await transport.upload(from, to, {
			onProgress(done) {
				begun ??= done;
			},
		});
		expect(begun).toBeGreaterThan(0);
		expect((await readFile(to)).equals(content)).toBe(true);
	});

	test('leaves a correct partial download, and the next one resumes', async () => {
		const [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
		await writeFile(from, content);
		await transport.connect();
		const cut = network.cutAfter(3_000_000);
		const download = transport.download(from, to);
		await expect(download).rejects.toBeInstanceOf(ConnectionLostError);
		await cut;
		const part = await readFile(to);
		expect(content.subarray(0, part.length).equals(part)).toBe(true);
		let begun: number | undefined;
		await transport.download(from, to, {
			onProgress(done) {
				begun ??= done;
			},
		});
		expect(begun).toBeGreaterThan(0);
		expect((await readFile(to)).equals(content)).toBe(true);
	});

	test('is detected during an upload if the network is silent', async () => {
		const from = path.join(folder, 'from');
		await writeFile(from, content);
		transport = through(soonNoticed);
		await expect(
			transport.upload(from, path.join(folder, 'to'), {
				onProgress: done => done > 0 && network.silence(),
			}),
		).rejects.toBeInstanceOf(ConnectionLostError);
	});
});
