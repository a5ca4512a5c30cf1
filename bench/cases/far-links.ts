import {randomBytes} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {collectOutputs} from '../../source/executor/collect-outputs.js';
import {hashFile, uploadInputs} from '../../source/executor/transfer.js';
import {sshTransport} from '../../source/executor/transport/ssh.js';
import {recordOf} from '../../source/executor/transport/transport.js';
import {type LinkOptions, startFarLink} from '../../test/lab/far-link.js';
import {sshHost} from '../../test/lab/ssh-host.js';
import {type Sshd, startSshd} from '../../test/lab/sshd.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {hasPeer} from '../peers.js';
import {run, sshWords} from '../run-program.js';

const megabytes = 500;

const links: ReadonlyArray<LinkOptions & {name: string; isGoal?: boolean}> = [
	{name: '20 ms, 1 Gbit/s', roundTrip: 20, megabits: 1000},
	{name: '50 ms, 1 Gbit/s', roundTrip: 50, megabits: 1000, isGoal: true},
	{name: '100 ms, 1 Gbit/s', roundTrip: 100, megabits: 1000, isGoal: true},
	{name: '50 ms, 50 Mbit/s, 0.1 % lost', roundTrip: 50, megabits: 50, losses: 1000},
];

const farLinks: Case = {
	rounds: 3,
	about: `A file of ${megabytes} MB of chance each way over a link with a delay, a rate and losses (two TUN devices, joined by a relay), the same for every program; ours is the run's own step: temporary name, hash of both sides compared, rename.`,
	async run(rounds) {
		const measures: Measure[] = [];
		for (const {name, isGoal = false, ...options} of links) {
			const link = await startFarLink(options);
			const sshd = await startSshd({address: link.address, network: link.network});
			try {
				measures.push(...(await bothWays(sshd, link.address, name, rounds, isGoal)));
			} finally {
				await sshd.stop();
				await link.stop();
			}
		}

		return measures;
	},
};

export default farLinks;

async function bothWays(
	sshd: Sshd,
	address: string,
	name: string,
	rounds: number,
	isGoal: boolean,
): Promise<Measure[]> {
	const transport = sshTransport(sshHost(sshd.alias), {env: sshd.client.env});
	try {
		const [home, away] = [sshd.client.home, sshd.home];
		const file = path.join(home, 'color.mp4');
		await pipeline(Readable.from(chance()), createWriteStream(file));
		const input = {path: file, size: megabytes * 1e6, sha256: await hashFile(file)};
		await mkdir(path.join(away, 'cosmos-inputs'));
		await mkdir(path.join(away, 'outputs'));
		await run('cp', [file, path.join(away, 'outputs', 'output.mp4')]);
		await transport.connect();
		const there = path.join(away, 'cosmos-inputs', `${input.sha256}.mp4`);
		const ours = {
			up: async () => {
				await uploadInputs(transport, away, [input], {runId: 'run'});
				await Promise.all([rm(there), rm(recordOf(there))]);
			},
			down: async () => {
				await collectOutputs(transport, path.join(away, 'outputs'), path.join(home, 'got'), {});
				await rm(path.join(home, 'got'), {recursive: true});
			},
		};
		const measures: Measure[] = [];
		for (const [program, copy] of Object.entries(peers)) {
			const have = hasPeer(program);
			for (const [way, from, to] of [
				['up', file, `${sshd.alias}:up.mp4`],
				['down', `${sshd.alias}:outputs/output.mp4`, path.join(home, 'down.mp4')],
			] as const) {
				const theirs = async () => {
					await copy(sshd, from, to, address);
					await rm(way === 'up' ? path.join(away, 'up.mp4') : to);
				};
				measures.push({
					name: `${megabytes} MB ${way}, ${name}`,
					beside: `\`${program}\``,
					...(await inTurn(rounds, ours[way], have ? theirs : undefined)),
					goal: isGoal && program === 'scp' ? {kind: 'speed', least: 1} : {kind: 'none'},
				});
			}
		}

		return measures;
	} finally {
		await transport.close();
	}
}

function* chance() {
	for (let left = megabytes; left > 0; left--) {
		yield randomBytes(1_000_000);
	}
}

type Copy = (sshd: Sshd, from: string, to: string, address: string) => Promise<void>;

const peers: Readonly<Record<string, Copy>> = {
	scp: ({client}, from, to) => run('scp', ['-q', ...sshWords(client), from, to]),
	rsync: ({client}, from, to) =>
		run('rsync', ['-e', ['ssh', ...sshWords(client)].join(' '), from, to]),
	rclone: ({client, alias, port}, from, to, address) => {
		const key = path.join(client.home, '.ssh', 'id_ed25519');
		const remote = `:sftp,host=${address},port=${port},user=root,key_file=${key}:`;
		const there = (name: string) =>
			name.startsWith(`${alias}:`) ? `${remote}${name.slice(alias.length + 1)}` : name;
		return run('rclone', ['copyto', '--config', '/dev/null', there(from), there(to)]);
	},
};
