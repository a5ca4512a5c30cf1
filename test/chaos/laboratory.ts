import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {type Started, startCosmos} from '../cosmos.js';
import {makeSshClientHome} from '../lab/ssh-client-home.js';
import {type Sshd, startSshd} from '../lab/sshd.js';
import {startTcpProxy, type TcpProxy} from '../lab/tcp-proxy.js';
import type {ChaosEngine, Site} from './engines/chaos-engine.js';
import {processesOf} from './host-processes.js';
import {mountSmallDisk, type SmallDisk} from './small-disk.js';
import {clearFolder, placeStrangers, type Strangers} from './strangers.js';
import {createWitness, type Witness} from './witness.js';

/** A way of its own to the host: what breaks it hurts nobody else. */
export type Line = {
	/** Name of the entry in the configuration. */
	host: string;
	network: TcpProxy;
};

/** A host and a local store that can be broken in every way, and a witness of what happens there. */
export type Laboratory = {
	/** The tests' own folder; no disk of it gets full. */
	folder: string;
	/** The local store's folder, on a disk of its own. */
	data: string;
	engine: ChaosEngine;
	/** The engine at work there. */
	site: Site;
	sshd: Sshd;
	witness: Witness;
	homeDisk: SmallDisk;
	/** Checkout and locks of the host are on it; the engine's own files are not. */
	hostDisk: SmallDisk;
	/** Makes one line for each GPU number given, and the configuration that has them. */
	openLines: (gpus: ReadonlyArray<0 | 1>) => Promise<Line[]>;
	closeLines: () => Promise<void>;
	start: (words: readonly string[], env?: Readonly<Record<string, string>>) => Started;
	/**
	 * Jobs and processes of the runs, run folders, parts of uploads and lock files that are still on the
	 * host, and what is missing there of others. Looks for some seconds for what is about to end.
	 */
	leftovers: (runIds: readonly string[]) => Promise<string[]>;
	/** Removes the uploaded inputs, as a person may. */
	forgetInputs: () => void;
	stop: () => Promise<void>;
};

/** Seconds between two questions whether the host is there; three without an answer end a line. */
const keepalive = 5;

export async function startLaboratory(engine: ChaosEngine): Promise<Laboratory> {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-chaos-'));
	const homeDisk = mountSmallDisk(path.join(folder, 'home-disk'), 192);
	const hostDisk = mountSmallDisk(path.join(folder, 'host-disk'), 192);
	const data = path.join(homeDisk.folder, 'data');
	const checkout = path.join(hostDisk.folder, 'cosmos-transfer1');
	const locks = path.join(hostDisk.folder, 'locks');
	const evidence = path.join(folder, 'witness');
	for (const one of [path.join(checkout, 'checkpoints'), locks, evidence]) {
		mkdirSync(one, {recursive: true});
	}

	const strangers = placeStrangers(checkout, locks);
	const witness = createWitness(evidence);
	const site = await engine.start({folder, checkout, locks, witness});
	const client = await makeSshClientHome();
	const sshd = await startSshd({client, alias: 'direct', env: site.sessions});
	await client.addKnownHost(`chaos-host ${sshd.hostKeys[0]}`);
	const configFolder = path.join(client.home, '.config', 'cosmos');
	mkdirSync(configFolder, {recursive: true});
	const lines: Line[] = [];
	let lineNumber = 0;

	async function openLines(gpus: ReadonlyArray<0 | 1>): Promise<Line[]> {
		const opened: Line[] = [];
		const config: string[] = [];
		for (const gpu of gpus) {
			const network = await startTcpProxy(sshd.port);
			const host = `line-${++lineNumber}`;
			await client.addConfig(sshEntry(host, network.port));
			config.push(`[hosts.${host}]\n${site.entryOf(gpu, host)}`);
			opened.push({host, network});
		}

		lines.push(...opened);
		writeFileSync(path.join(configFolder, 'config.toml'), config.join('\n'));
		return opened;
	}

	async function closeLines(): Promise<void> {
		for (const {network} of lines.splice(0)) {
			await network.stop();
		}
	}

	return {
		folder,
		data,
		engine,
		site,
		sshd,
		witness,
		homeDisk,
		hostDisk,
		openLines,
		closeLines,
		start: (words, env) =>
			startCosmos(words, {
				cwd: client.home,
				env: {HOME: client.home, COSMOS_DATA: data, ...env},
			}),
		leftovers: async runIds => [
			...(await whatStays(() => [
				...site.leftovers(),
				...processesOf(runIds),
				...leftFiles(checkout, locks, strangers),
			])),
			...strangers.harm(),
			...site.strangers(),
		],
		forgetInputs: () => clearFolder(path.join(checkout, 'cosmos-inputs'), strangers),
		async stop() {
			await closeLines();
			// What was started over a connection may hold what the engine waits for.
			await sshd.stop();
			await site.stop();
			await client.remove();
			homeDisk.unmount();
			hostDisk.unmount();
			rmSync(folder, {recursive: true, force: true});
		},
	};
}

function sshEntry(host: string, port: number): string {
	return `Host ${host}
  HostName 127.0.0.1
  Port ${port}
  User root
  HostKeyAlias chaos-host
  ServerAliveInterval ${keepalive}
`;
}

/** Milliseconds that a stopped process may take to end. */
const patience = 5000;

/** Looks again until nothing is there. */
async function whatStays(look: () => string[]): Promise<string[]> {
	const end = performance.now() + patience;
	for (;;) {
		const found = look();
		if (found.length === 0 || performance.now() > end) {
			return found;
		}

		await pause(50);
	}
}

function leftFiles(checkout: string, locks: string, {others}: Strangers): string[] {
	return [
		...others(path.join(checkout, 'cosmos-runs')).map(name => `run folder ${name}`),
		...others(path.join(checkout, 'cosmos-inputs'))
			.filter(name => !/^[0-9a-f]{64}\.\w+$/.test(name))
			.map(name => `input ${name}`),
		...others(locks)
			.filter(name => !/^cosmos-(?:lane-.*|gpus)\.lock$/.test(name))
			.map(name => `lock file ${name}`),
	];
}
