import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';

const run = promisify(execFile);

export type LinkOptions = {
	/** Milliseconds there and back. */
	roundTrip: number;
	/** Megabits in a second, each way. */
	megabits: number;
	/** Lost packets of a million. @default 0 */
	losses?: number;
	/** @default 1 */
	seed?: number;
};

/** A network of its own on this machine, which is reached over a link that is far away. */
export type FarLink = {
	/** Its name for `ip netns` and `nsenter`. */
	network: string;
	/** The address of this machine there; what listens on it is far away. */
	address: string;
	stop: () => Promise<void>;
};

/** Needs root, a C compiler, `ip` and `/dev/net/tun`. */
export async function startFarLink(options: LinkOptions): Promise<FarLink> {
	const {roundTrip, megabits, losses = 0, seed = 1} = options;
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-link-'));
	const program = path.join(folder, 'far-link');
	await run('cc', ['-O2', '-o', program, path.join(import.meta.dirname, 'far-link.c')]);
	// The number is that of the process, so that tests beside each other have networks of their own.
	const number = process.pid % 16_000;
	const [near, far, network] = [`near${number}`, `far${number}`, `cosmos-far-${number}`];
	const block = `10.${200 + Math.floor(number / 4096)}.${Math.floor(number / 16) % 256}`;
	const base = (number % 16) * 16;
	const [here, there] = [`${block}.${base + 1}`, `${block}.${base + 2}`];
	const relay = spawn(
		program,
		[near, far, roundTrip * 500, megabits * 125_000, losses, seed].map(String),
		{stdio: ['pipe', 'pipe', 'inherit']},
	);
	const stop = async () => {
		relay.stdin.end();
		if (relay.exitCode === null) {
			await once(relay, 'exit');
		}

		await run('ip', ['netns', 'delete', network]).catch(() => undefined);
		await rm(folder, {recursive: true, force: true});
	};
	try {
		await Promise.race([
			once(relay.stdout, 'data'),
			once(relay, 'exit').then(() => Promise.reject(new Error('far-link cannot start'))),
		]);
		const ip = (words: string) => run('ip', words.split(' '));
		await ip(`netns add ${network}`);
		await ip(`link set ${far} netns ${network}`);
		await ip(`addr add ${here}/28 dev ${near}`);
		await ip(`link set ${near} up txqueuelen 10000`);
		await ip(`-n ${network} addr add ${there}/28 dev ${far}`);
		await ip(`-n ${network} link set ${far} up txqueuelen 10000`);
		await ip(`-n ${network} link set lo up`);
		return {network, address: there, stop};
	} catch (error) {
		await stop();
		throw error;
	}
}
