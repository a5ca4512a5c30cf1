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
import {type Case, inTurn, type Measure} from '../measure.js';
import {run, sshWords} from '../run-program.js';

const megabytes = 512;

const transfers: Case = {
	rounds: 5,
	about: `A file of ${megabytes} MB of chance over loopback, each way, with the connection open on our side; ours is the run's own step: temporary name, hash of both sides compared, rename. scp opens its connection in about a tenth of a second and compares nothing.`,
	async run(rounds) {
		const sshd = await startSshd();
		const transport = sshTransport(sshHost(sshd.alias), {env: sshd.client.env});
		try {
			return await bothWays(sshd, transport, rounds);
		} finally {
			await transport.close();
			await sshd.stop();
		}
	},
};

export default transfers;

async function bothWays(sshd: Sshd, transport: Transport, rounds: number): Promise<Measure[]> {
	const {home} = sshd.client;
	const file = path.join(home, 'color.mp4');
	await pipeline(Readable.from(chance()), createWriteStream(file));
	const sha256 = await hashFile(file);
	const size = megabytes * 1e6;
	await mkdir(path.join(sshd.home, 'cosmos-inputs'));
	await mkdir(path.join(sshd.home, 'outputs'));
	const there = `${sshd.alias}:up.mp4`;
	const scp = (from: string, to: string) => run('scp', ['-q', ...sshWords(sshd.client), from, to]);
	const up = await inTurn(
		rounds,
		async () => {
			await uploadInputs(transport, sshd.home, [{path: file, size, sha256}], {runId: 'run'});
			await rm(path.join(sshd.home, 'cosmos-inputs', `${sha256}.mp4`));
		},
		async () => {
			await scp(file, there);
			await rm(path.join(sshd.home, 'up.mp4'));
		},
	);
	await scp(file, `${sshd.alias}:outputs/output.mp4`);
	const results = path.join(home, 'results');
	const down = await inTurn(
		rounds,
		async () => {
			await collectOutputs(transport, `${sshd.home}/outputs`, results, {});
			await rm(results, {recursive: true});
		},
		async () => {
			const copy = path.join(home, 'down.mp4');
			await scp(`${sshd.alias}:outputs/output.mp4`, copy);
			await rm(copy);
		},
	);
	const goal = {kind: 'speed', least: 0.8} as const;
	return [
		{name: `${megabytes} MB up`, beside: '`scp`', ...up, goal},
		{name: `${megabytes} MB down`, beside: '`scp`', ...down, goal},
	];
}

function* chance() {
	for (let left = megabytes; left > 0; left--) {
		yield randomBytes(1_000_000);
	}
}
