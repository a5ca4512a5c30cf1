import {createHash, randomBytes} from 'node:crypto';
import {mkdir, readdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {collectOutputs} from '../../source/executor/collect-outputs.js';
import {type Input, uploadInputs} from '../../source/executor/transfer.js';
import {sshTransport} from '../../source/executor/transport/ssh.js';
import type {Transport} from '../../source/executor/transport/transport.js';
import {sshHost} from '../../test/lab/ssh-host.js';
import {type Sshd, startSshd} from '../../test/lab/sshd.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {hasPeer} from '../peers.js';
import {run, sshWords} from '../run-program.js';

const count = 1000;
const bytes = 10_000;

const smallFiles: Case = {
	rounds: 3,
	about: `${count} files of ${bytes} bytes of chance over loopback, each way, with the connection open on our side: hashed on both sides, each under a temporary name first. Then the same inputs again, when all of them are there.`,
	async run(rounds) {
		const sshd = await startSshd();
		const transport = sshTransport(sshHost(sshd.alias), {env: sshd.client.env});
		try {
			return await allWays(sshd, transport, rounds);
		} finally {
			await transport.close();
			await sshd.stop();
		}
	},
};

export default smallFiles;

async function allWays(sshd: Sshd, transport: Transport, rounds: number): Promise<Measure[]> {
	const folder = path.join(sshd.client.home, 'frames');
	const inputs = await makeFiles(folder);
	const there = path.join(sshd.home, 'cosmos-inputs');
	const copy = path.join(sshd.home, 'copy');
	const send = () => uploadInputs(transport, sshd.home, inputs, {runId: 'run'});
	const afresh = async () => {
		await rm(there, {recursive: true, force: true});
		await mkdir(there);
		await send();
	};

	const scp = (from: string, to: string) =>
		run('scp', ['-q', '-r', ...sshWords(sshd.client), from, to]);
	const rsyncBetween = (from: string, to: string) => {
		const shell = ['ssh', ...sshWords(sshd.client)].join(' ');
		return run('rsync', ['-a', '-e', shell, `${from}/`, `${to}/`]);
	};
	const rsync = () => rsyncBetween(folder, `${sshd.alias}:copy`);

	const anew = (work: () => Promise<void>) => async () => {
		await rm(copy, {recursive: true, force: true});
		await work();
	};

	const upScp = await inTurn(
		rounds,
		afresh,
		anew(() => scp(folder, `${sshd.alias}:copy`)),
	);
	const withRsync = hasPeer('rsync');
	const upRsync = await inTurn(rounds, afresh, withRsync ? anew(rsync) : undefined);
	// After the last round everything is there, on both sides.
	const again = await inTurn(rounds, send, withRsync ? rsync : undefined);
	await scp(folder, `${sshd.alias}:outputs`);
	const down = (bring: (from: string, to: string) => Promise<void>) =>
		bringHome(sshd, transport, rounds, bring);
	const downScp = await down(scp);
	const downRsync = withRsync ? await down(rsyncBetween) : {ours: downScp.ours, theirs: []};
	const name = `${count} small files`;
	return [
		{name: `${name} up`, beside: '`scp -r`', ...upScp, goal: {kind: 'speed', least: 0.8}},
		{name: `${name} up`, beside: '`rsync -a`', ...upRsync, goal: {kind: 'speed', least: 0.8}},
		{
			name: `${name}, all there`,
			beside: '`rsync -a`',
			...again,
			goal: {kind: 'speed', least: 1},
		},
		{name: `${name} down`, beside: '`scp -r`', ...downScp, goal: {kind: 'speed', least: 0.8}},
		{name: `${name} down`, beside: '`rsync -a`', ...downRsync, goal: {kind: 'speed', least: 0.8}},
	];
}

async function bringHome(
	sshd: Sshd,
	transport: Transport,
	rounds: number,
	theirs: (from: string, to: string) => Promise<void>,
): Promise<Pick<Measure, 'ours' | 'theirs'>> {
	const home = path.join(sshd.client.home, 'results');
	const brought = async () => {
		const files = (await readdir(home)).length;
		await rm(home, {recursive: true});
		if (files !== count) {
			throw new Error(`${files} files came home`);
		}
	};
	return inTurn(
		rounds,
		async () => {
			await collectOutputs(transport, `${sshd.home}/outputs`, home, {});
			await brought();
		},
		async () => {
			await theirs(`${sshd.alias}:outputs`, home);
			await brought();
		},
	);
}

async function makeFiles(folder: string): Promise<Input[]> {
	await mkdir(folder);
	const inputs: Input[] = [];
	for (let index = 0; index < count; index++) {
		const file = path.join(folder, `frame-${index}.png`);
		const content = randomBytes(bytes);
		await writeFile(file, content);
		inputs.push({
			path: file,
			size: bytes,
			sha256: createHash('sha256').update(content).digest('hex'),
		});
	}

	return inputs;
}
