import {randomBytes} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {mkdir, rm} from 'node:fs/promises';
import {loadavg} from 'node:os';
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
import {type Case, type Measure, seconds} from '../measure.js';
import {hasPeer} from '../peers.js';
import {run, sshWords} from '../run-program.js';

const links: ReadonlyArray<LinkOptions & {name: string; megabytes: number; isGoal?: boolean}> = [
	{name: '50 ms, 1 Gbit/s', roundTrip: 50, megabits: 1000, megabytes: 500, isGoal: true},
	{name: '100 ms, 1 Gbit/s', roundTrip: 100, megabits: 1000, megabytes: 500, isGoal: true},
	{name: '20 ms, 1 Gbit/s', roundTrip: 20, megabits: 1000, megabytes: 500},
	{
		name: '50 ms, 50 Mbit/s, 0.1 % lost',
		...{roundTrip: 50, megabits: 50, losses: 1000, megabytes: 25},
	},
];

const farLinks: Case = {
	rounds: 3,
	about:
		"A file of chance each way over a link with a delay, a rate and losses (two TUN devices, joined by a relay), the same for every program; ours is the run's own step: temporary name, hash of both sides compared, rename. Then the same file up again, when it is there. Every time is printed as it is measured.",
	async run(rounds) {
		const measures: Measure[] = [];
		for (const {name, megabytes, isGoal = false, ...options} of links) {
			const link = await startFarLink(options);
			const sshd = await startSshd({address: link.address, network: link.network});
			try {
				for (const {way, times} of await measureLink(sshd, link.address, name, megabytes, rounds)) {
					const {ours = [], ...others} = times;
					for (const [program, theirs] of Object.entries(others)) {
						measures.push({
							name: `${megabytes} MB ${way}, ${name}`,
							beside: `\`${program}\``,
							...{ours, theirs},
							goal: goalOf(way, program, isGoal),
						});
					}
				}
			} finally {
				await sshd.stop();
				await link.stop();
			}
		}

		return measures;
	},
};

export default farLinks;

function goalOf(way: Way, program: string, isGoal: boolean): Measure['goal'] {
	return isGoal && program === (way === 'up again' ? 'rsync' : 'scp')
		? {kind: 'speed', least: 1}
		: {kind: 'none'};
}

type Way = 'up' | 'down' | 'up again';

/** Seconds of each program in each round. */
type Times = {way: Way; times: Record<string, number[]>};

async function measureLink(
	sshd: Sshd,
	address: string,
	name: string,
	megabytes: number,
	rounds: number,
): Promise<Times[]> {
	const transport = sshTransport(sshHost(sshd.alias), {env: sshd.client.env});
	try {
		const [home, away] = [sshd.client.home, sshd.home];
		const file = path.join(home, 'color.mp4');
		await pipeline(Readable.from(chance(megabytes)), createWriteStream(file));
		const input = {path: file, size: megabytes * 1e6, sha256: await hashFile(file)};
		await mkdir(path.join(away, 'cosmos-inputs'));
		await mkdir(path.join(away, 'outputs'));
		await run('cp', [file, path.join(away, 'outputs', 'output.mp4')]);
		await transport.connect();
		const there = path.join(away, 'cosmos-inputs', `${input.sha256}.mp4`);
		const send = () => uploadInputs(transport, away, [input], {runId: 'run'});
		const [up, down] = [`${sshd.alias}:up.mp4`, `${sshd.alias}:outputs/output.mp4`];
		const copy = path.join(home, 'down.mp4');
		const found = Object.entries(peers).filter(([program]) => hasPeer(program));
		const ways: Array<{way: Way; sides: Record<string, () => Promise<unknown>>; clean: string[]}> =
			[
				{
					way: 'up',
					sides: {
						ours: send,
						...sidesOf(([, one]) => one(sshd, file, up, address)),
					},
					clean: [there, recordOf(there), path.join(away, 'up.mp4')],
				},
				{
					way: 'down',
					sides: {
						ours: () =>
							collectOutputs(transport, path.join(away, 'outputs'), path.join(home, 'got'), {}),
						...sidesOf(([, one]) => one(sshd, down, copy, address)),
					},
					clean: [path.join(home, 'got'), copy],
				},
			];

		function sidesOf(copyBy: (peer: [string, Copy]) => Promise<void>) {
			return Object.fromEntries(found.map(peer => [peer[0], () => copyBy(peer)]));
		}

		const all: Times[] = [];
		for (const {way, sides, clean} of ways) {
			all.push({way, times: await inRounds(`${name}, ${way}`, rounds, sides, clean)});
		}

		if (found.some(([program]) => program === 'rsync')) {
			const again = () => rsync(['-t'])(sshd, file, up, address);
			await Promise.all([send(), again()]);
			const sides = {ours: send, rsync: again};
			const way = 'up again';
			all.push({way, times: await inRounds(`${name}, ${way}`, rounds, sides, [])});
		}

		return all;
	} finally {
		await transport.close();
	}
}

/** Each side once in each round, the first one changing; prints every time. @param clean removed after each */
async function inRounds(
	what: string,
	rounds: number,
	sides: Readonly<Record<string, () => Promise<unknown>>>,
	clean: readonly string[],
): Promise<Record<string, number[]>> {
	const times: Record<string, number[]> = Object.fromEntries(
		Object.keys(sides).map(side => [side, []]),
	);
	for (let round = 0; round < rounds; round++) {
		const order = Object.entries(sides);
		for (const [side, work] of [...order.slice(round % order.length), ...order].slice(
			0,
			order.length,
		)) {
			const took = await seconds(work);
			times[side]?.push(took);
			process.stderr.write(
				`${what}, round ${round + 1}: ${side} ${took.toFixed(2)} s (load ${loadavg()[0]?.toFixed(1)})\n`,
			);
			await Promise.all(clean.map(one => rm(one, {recursive: true, force: true})));
		}
	}

	return times;
}

function* chance(megabytes: number) {
	for (let left = megabytes; left > 0; left--) {
		yield randomBytes(1_000_000);
	}
}

type Copy = (sshd: Sshd, from: string, to: string, address: string) => Promise<void>;

const rsync =
	(words: readonly string[]): Copy =>
	({client}, from, to) =>
		run('rsync', [...words, '-e', ['ssh', ...sshWords(client)].join(' '), from, to]);

const peers: Readonly<Record<string, Copy>> = {
	scp: ({client}, from, to) => run('scp', ['-q', ...sshWords(client), from, to]),
	rsync: rsync([]),
	rclone: ({client, alias, port}, from, to, address) => {
		const key = path.join(client.home, '.ssh', 'id_ed25519');
		const remote = `:sftp,host=${address},port=${port},user=root,key_file=${key}:`;
		const there = (name: string) =>
			name.startsWith(`${alias}:`) ? `${remote}${name.slice(alias.length + 1)}` : name;
		return run('rclone', ['copyto', '--config', '/dev/null', there(from), there(to)]);
	},
};
