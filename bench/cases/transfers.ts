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
	const results = path.join(sshd.client.home, 'results');
	const bring = async () => {
		await collectOutputs(transport, `${sshd.home}/outputs`, results, {});
		await rm(results, {recursive: true});
	};
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
		const brought = await inTurn(
			rounds,
			bring,
			program &&
				(async () => {
					await program(sshd, down, copy);
					await rm(copy);
				}),
		);
		measures.push(
			{name: `${file.name} up`, beside, ...sent, goal, limit: writes},
			{name: `${file.name} down`, beside, ...brought, goal, limit: syncs},
		);
	}

	const kept = await inTurn(rounds, bring, async () => {
		await scp(sshd, down, copy);
		await run('sync', ['--data', copy]);
		await rm(copy);
	});
	measures.push({name: `${file.name} down`, beside: '`scp`, then `sync`', ...kept, goal});
	return measures;
}

const writes =
	"ours is on the host's disk, and hashed there, when it is done; `scp` and `rsync` leave the disk to the kernel, so that what else the disk has to do counts for ours alone.";
const syncs =
	'ours is on the disk when it is done, as the copy on the host is then removed; `scp` leaves that to the kernel. The row beside `scp`, then `sync`, compares the same.';

/** The same input once more: the host has it already. */
async function again(
	sshd: Sshd,
	transport: Transport,
	network: TcpProxy,
	rounds: number,
	file: Sample,
): Promise<Measure[]> {
	const passed = () => {
		const {up, down} = network.passed();
		return up + down;
	};
	const there = `root@127.0.0.1:${sshd.home}/again.mp4`;
	const shell = ['-p', String(network.port)];
	const ours = () => uploadInputs(transport, sshd.home, [file], {runId: 'run'});
	const measures: Measure[] = [];
	await ours();
	for (const {beside, compares, limit} of quickChecks) {
		const theirs = () => rsync(sshd, file.path, there, shell, compares);
		const bytes: Pick<Measure, 'ours' | 'theirs'> = {ours: [], theirs: []};
		const counting = (side: 'ours' | 'theirs', work: () => Promise<unknown>) => async () => {
			const before = passed();
			await work();
			bytes[side].push(passed() - before);
		};

		const hasRsync = hasPeer('rsync');
		if (hasRsync) {
			await theirs();
		}

		const times = await inTurn(
			rounds,
			counting('ours', ours),
			hasRsync ? counting('theirs', theirs) : undefined,
		);
		const [name, goal] = [`the same ${file.name} again`, {kind: 'times', most: 1} as const];
		measures.push(
			{name, beside, ...times, goal, limit},
			{name: `${name}, what passed`, beside, ...bytes, unit: 'bytes', goal},
		);
	}

	await rm(path.join(sshd.home, 'cosmos-inputs', `${file.sha256}.mp4`));
	return measures;
}

/** How rsync finds that a file is the same. */
const quickChecks = [
	{
		beside: '`rsync`',
		compares: ['-t'],
		limit:
			'rsync believes size and time of both files; ours those of the file there and of the record beside it.',
	},
	{
		beside: '`rsync -c`',
		compares: ['-c'],
		limit:
			'rsync reads and hashes on both sides; ours believes the record that it made when it last read the file there.',
	},
] as const;

function scp(sshd: Sshd, from: string, to: string): Promise<void> {
	return run('scp', ['-q', ...sshWords(sshd.client), from, to]);
}

function rsync(
	sshd: Sshd,
	from: string,
	to: string,
	shellWords: readonly string[] = [],
	words: readonly string[] = [],
): Promise<void> {
	const shell = ['ssh', ...sshWords(sshd.client), ...shellWords].join(' ');
	return run('rsync', [...words, '-e', shell, from, to]);
}
