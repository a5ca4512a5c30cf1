import {randomBytes} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {collectOutputs} from '../../source/executor/collect-outputs.js';
import {hashFile, uploadInputs} from '../../source/executor/transfer.js';
import {sshTransport} from '../../source/executor/transport/ssh.js';
import type {Transport} from '../../source/executor/transport/transport.js';
import {sshHost} from '../../test/lab/ssh-host.js';
import {type Sshd, startSshd} from '../../test/lab/sshd.js';
import {startTcpProxy, type TcpProxy} from '../../test/lab/tcp-proxy.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {hasPeer} from '../peers.js';
import {run, sshWords} from '../run-program.js';

const sizes = [512, 1000] as const;

const transfers: Case = {
	rounds: 5,
	about: `Files of ${sizes.join(' and ')} MB of chance over loopback, each way, with the connection open on our side; ours is the run's own step: temporary name, hash of both sides compared, rename. scp and rsync open their connection in about a tenth of a second; scp compares nothing. Then the same file again, with the bytes that pass.`,
	async run(rounds) {
		const sshd = await startSshd();
		const network = await startTcpProxy(sshd.port);
		await sshd.client.addKnownHost(`[127.0.0.1]:${network.port} ${sshd.hostKeys[0]}`);
		const direct = sshTransport(sshHost(sshd.alias), {env: sshd.client.env});
		const counted = sshTransport(sshHost(sshd.alias, {port: network.port}), {env: sshd.client.env});
		try {
			const measures: Measure[] = [];
			for (const megabytes of sizes) {
				const file = await makeFile(sshd, megabytes);
				measures.push(...(await bothWays(sshd, direct, rounds, file)));
				measures.push(...(await again(sshd, counted, network, rounds, file)));
				await rm(file.path);
			}

			return measures;
		} finally {
			await direct.close();
			await counted.close();
			await network.stop();
			await sshd.stop();
		}
	},
};

export default transfers;

type Sample = {path: string; size: number; sha256: string; name: string};

async function makeFile(sshd: Sshd, megabytes: number): Promise<Sample> {
	const file = path.join(sshd.client.home, 'color.mp4');
	await pipeline(Readable.from(chance(megabytes)), createWriteStream(file));
	const sha256 = await hashFile(file);
	await mkdir(path.join(sshd.home, 'cosmos-inputs'), {recursive: true});
	await mkdir(path.join(sshd.home, 'outputs'), {recursive: true});
	return {path: file, size: megabytes * 1e6, sha256, name: `${megabytes} MB`};
}

function* chance(megabytes: number) {
	for (let left = megabytes; left > 0; left--) {
		yield randomBytes(1_000_000);
	}
}

async function bothWays(
	sshd: Sshd,
	transport: Transport,
	rounds: number,
	file: Sample,
): Promise<Measure[]> {
	const measures: Measure[] = [];
	const [up, down] = [`${sshd.alias}:up.mp4`, `${sshd.alias}:outputs/output.mp4`];
	const copy = path.join(sshd.client.home, 'down.mp4');
	const goal = {kind: 'speed', least: 0.8} as const;
	await scp(sshd, file.path, down);
	for (const {beside, program} of [
		{beside: '`scp`', program: scp},
		{beside: '`rsync`', program: hasPeer('rsync') ? rsync : undefined},
	]) {
		const sent = await inTurn(
			rounds,
			async () => {
				await uploadInputs(transport, sshd.home, [file], {runId: 'run'});
				await rm(path.join(sshd.home, 'cosmos-inputs', `${file.sha256}.mp4`));
			},
			program &&
				(async () => {
					await program(sshd, file.path, up);
					await rm(path.join(sshd.home, 'up.mp4'));
				}),
		);
		const results = path.join(sshd.client.home, 'results');
		const brought = await inTurn(
			rounds,
			async () => {
				await collectOutputs(transport, `${sshd.home}/outputs`, results, {});
				await rm(results, {recursive: true});
			},
			program &&
				(async () => {
					await program(sshd, down, copy);
					await rm(copy);
				}),
		);
		measures.push(
			{name: `${file.name} up`, beside, ...sent, goal},
			{name: `${file.name} down`, beside, ...brought, goal},
		);
	}

	return measures;
}

/** The same input once more: the host has it already. */
async function again(
	sshd: Sshd,
	transport: Transport,
	network: TcpProxy,
	rounds: number,
	file: Sample,
): Promise<Measure[]> {
	const bytes: Pick<Measure, 'ours' | 'theirs'> = {ours: [], theirs: []};
	const counting = (side: 'ours' | 'theirs', work: () => Promise<unknown>) => async () => {
		const before = network.passed();
		await work();
		const after = network.passed();
		bytes[side].push(after.up - before.up + after.down - before.down);
	};

	const ours = () => uploadInputs(transport, sshd.home, [file], {runId: 'run'});
	const there = `root@127.0.0.1:${sshd.home}/again.mp4`;
	const theirs = () => rsync(sshd, file.path, there, ['-p', String(network.port)]);
	const hasRsync = hasPeer('rsync');
	await ours();
	if (hasRsync) {
		await theirs();
	}

	const times = await inTurn(
		rounds,
		counting('ours', ours),
		hasRsync ? counting('theirs', theirs) : undefined,
	);
	await rm(path.join(sshd.home, 'cosmos-inputs', `${file.sha256}.mp4`));
	const [name, beside] = [`the same ${file.name} again`, '`rsync`'];
	return [
		{name, beside, ...times, goal: {kind: 'times', most: 1}},
		{name: `${name}, passed`, beside, ...bytes, unit: 'bytes', goal: {kind: 'times', most: 1}},
	];
}

function scp(sshd: Sshd, from: string, to: string): Promise<void> {
	return run('scp', ['-q', ...sshWords(sshd.client), from, to]);
}

function rsync(sshd: Sshd, from: string, to: string, words: readonly string[] = []): Promise<void> {
	const shell = ['ssh', ...sshWords(sshd.client), ...words].join(' ');
	return run('rsync', ['-t', '-e', shell, from, to]);
}
