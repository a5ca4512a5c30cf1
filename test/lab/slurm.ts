import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {randomBytes, randomInt} from 'node:crypto';
import {once} from 'node:events';
import {openSync, readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {hostname, tmpdir} from 'node:os';
import path from 'node:path';
import {programPath} from './available.js';
import {allProcesses, descendantsOf, killByPid} from './processes.js';

export type SlurmOptions = {
	/** Names of the nodes; all are this machine. @default one, `n1` */
	nodes?: readonly string[];
	/** Jobs that a node takes at once, of 100 MB each. @default 8 */
	cpus?: number;
	/** More lines of slurm.conf. */
	config?: readonly string[];
};

/** A Slurm of the tests' own: controller, nodes and munge, on loopback, without accounting. */
export type SlurmLab = {
	/** What its commands need in their environment. */
	env: Readonly<Record<'SLURM_CONF', string>>;
	/** Its one partition. */
	partition: string;
	/** Runs a command of Slurm here and gives its standard output; throws when it fails. */
	run: (program: string, ...words: string[]) => string;
	/** A field of a job that has ended, or not, as `scontrol show job` words it. */
	field: (job: string, name: string) => string | undefined;
	/** Ends a node's daemon hard; its jobs live on until somebody says that the node is down. */
	killNode: (name: string) => Promise<void>;
	/** Ends a node as a power cut does: its daemon, its jobs and all that they have started. */
	loseNode: (name: string) => Promise<void>;
	/** Starts a node's daemon again; it notifies the controller when it is ready. */
	startNode: (name: string) => void;
	/** Ends the controller, as a restart does; jobs that run go on. */
	haltController: () => Promise<void>;
	/** Starts it again, with what it has written down, and waits for its answer. */
	resumeController: () => Promise<void>;
	/** Ends every job, then the daemons, and removes all that they left. */
	stop: () => Promise<void>;
};

const partition = 'gpu';

/** Starts it in a folder of its own and waits until its nodes are idle; takes about a second. */
export async function startSlurm(options: SlurmOptions = {}): Promise<SlurmLab> {
	const {nodes = ['n1']} = options;
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-slurm-'));
	const conf = path.join(folder, 'slurm.conf');
	const env = {SLURM_CONF: conf} as const;
	const daemons = new Map<string, ChildProcess>();

	function start(name: string, program: string, ...words: string[]): void {
		const out = openSync(path.join(folder, `${name}.out`), 'a');
		const child = spawn(programPath(program) as string, words, {
			env: {...process.env, ...env},
			// A session of its own: a Ctrl-C at the tests must not reach it before they clean up.
			detached: true,
			stdio: ['ignore', out, out],
		});
		daemons.set(name, child);
	}

	async function end(name: string, signal: NodeJS.Signals): Promise<void> {
		const child = daemons.get(name);
		if (child && child.exitCode === null && child.signalCode === null) {
			const ended = once(child, 'exit');
			child.kill(signal);
			await ended;
		}
	}

	/** Standard output, or undefined when the command fails. */
	function attempt(program: string, ...words: string[]): string | undefined {
		const {status, stdout} = spawnSync(program, words, {
			env: {...process.env, ...env},
			encoding: 'utf8',
		});
		return status === 0 ? stdout : undefined;
	}

	function run(program: string, ...words: string[]): string {
		const said = attempt(program, ...words);
		if (said === undefined) {
			throw new Error(`${program} ${words.join(' ')} failed`);
		}

		return said;
	}

	/** Checks until it is so; a daemon that has ended says why, and so does one that never gets there. */
	async function until(isSo: () => boolean, patience = 180_000): Promise<void> {
		const end = performance.now() + patience;
		while (!isSo()) {
			if (performance.now() > end) {
				const nodesThen = attempt('sinfo', '-h', '-N', '-o', '%N %T %E');
				throw new Error(
					`the laboratory's Slurm is not there after ${patience / 1000} s:\n${nodesThen}`,
				);
			}

			const dead = [...daemons].find(([, child]) => child.exitCode !== null);
			if (dead) {
				const said = readFileSync(path.join(folder, `${dead[0]}.out`), 'utf8');
				throw new Error(`${dead[0]} of the laboratory has ended:\n${said.slice(-2000)}`);
			}

			await new Promise(resolve => setTimeout(resolve, 50));
		}
	}

	async function stop(): Promise<void> {
		// A node's daemon that ends leaves its jobs alone.
		if (attempt('scancel', '--user=root', '--signal=KILL', '--full') !== undefined) {
			attempt('scancel', '--user=root');
			// A job of a node that is lost may stay in the list; its processes are ended below.
			await until(() => (attempt('squeue', '-h', '-t', 'R,CG') ?? '') === '', 30_000).catch(
				() => undefined,
			);
		}

		for (const name of [...nodes, 'slurmctld', 'munged']) {
			await end(name, name === 'munged' ? 'SIGTERM' : 'SIGKILL');
		}

		// Of a node whose daemon was killed.
		await endSteps(`${folder}/`);
		await rm(folder, {recursive: true, force: true});
	}

	const startController = () => start('slurmctld', 'slurmctld', '-D', '-f', conf);
	const startNode = (node: string) => start(node, 'slurmd', '-D', '-f', conf, '-N', node);

	try {
		await mkdir(path.join(folder, 'state'));
		await writeFile(path.join(folder, 'munge.key'), randomBytes(64), {mode: 0o600});
		await writeFile(conf, await configOf(folder, nodes, options));
		await writeFile(
			path.join(folder, 'gres.conf'),
			`NodeName=${nodes.join(',')} Name=gpu File=/dev/zero\n`,
		);
		start('munged', 'munged', '--foreground', '--force', ...mungeFiles(folder));
		await until(
			() => attempt('munge', '-n', '-S', path.join(folder, 'munge.socket')) !== undefined,
		);
		startController();
		for (const node of nodes) {
			await mkdir(path.join(folder, `spool-${node}`));
			startNode(node);
		}

		await until(() => {
			// A node of several partitions has a line for each.
			const lines = (attempt('sinfo', '-h', '-N', '-o', '%N %T') ?? '').split('\n').filter(Boolean);
			const states = [...new Set(lines)];
			return states.length === nodes.length && states.every(state => state.endsWith(' idle'));
		});
	} catch (error) {
		await stop();
		throw error;
	}

	return {
		env,
		partition,
		run,
		field: (job, name) =>
			new RegExp(` ${name}=(\\S+)`).exec(run('scontrol', '-o', 'show', 'job', job))?.[1],
		killNode: name => end(name, 'SIGKILL'),
		async loseNode(name) {
			await end(name, 'SIGKILL');
			await endSteps(path.join(folder, `${name}.log`));
		},
		startNode,
		haltController: () => end('slurmctld', 'SIGTERM'),
		async resumeController() {
			startController();
			await until(() => attempt('squeue', '-h') !== undefined);
		},
		stop,
	};
}

/** Ends the jobs of a node by force: every step whose daemon has a file there, and what it started. */
async function endSteps(place: string): Promise<void> {
	for (const {pid, name} of await allProcesses()) {
		if (name === 'slurmstepd' && readFiles(pid).some(file => file.startsWith(place))) {
			const jobs = await descendantsOf(pid);
			for (const one of [pid, ...jobs.map(job => job.pid)]) {
				killByPid(one, 'SIGKILL');
			}
		}
	}
}

/** The files that a process has open; none when it has ended meanwhile. */
function readFiles(pid: number): string[] {
	try {
		const links = `/proc/${pid}/fd`;
		return readdirSync(links).map(name => readlinkSync(path.join(links, name)));
	} catch {
		return [];
	}
}

function mungeFiles(folder: string): string[] {
	return [
		['--socket', 'munge.socket'],
		['--key-file', 'munge.key'],
		['--log-file', 'munge.log'],
		['--pid-file', 'munge.pid'],
		['--seed-file', 'munge.seed'],
	].flatMap(([flag = '', file = '']) => [flag, path.join(folder, file)]);
}

/**
 * A port that is free and that the system gives to nobody who connects: a daemon that calls another
 * one, which is not there yet, could otherwise get just its port.
 */
async function quietPort(): Promise<number> {
	for (;;) {
		const port = randomInt(20_000, 32_000);
		const server = createServer();
		const isFree = await new Promise<boolean>(resolve => {
			server.once('error', () => resolve(false));
			server.listen(port, '127.0.0.1', () => resolve(true));
		});
		if (isFree) {
			server.close();
			await once(server, 'close');
			return port;
		}
	}
}

/**
 * Nothing of the machine is needed: no cgroups, no systemd, no mail. Several nodes on one machine
 * tell each other apart by their ports. Memory is watched each second by the accounting's gatherer.
 */
async function configOf(
	folder: string,
	nodes: readonly string[],
	{cpus = 8, config = []}: SlurmOptions,
): Promise<string> {
	const machine = hostname().split('.')[0];
	const nodeLines: string[] = [];
	for (const node of nodes) {
		nodeLines.push(
			`NodeName=${node} NodeHostname=${machine} NodeAddr=127.0.0.1 Port=${await quietPort()} CPUs=${cpus} RealMemory=${Math.max(4000, cpus * 100)} Gres=gpu:1`,
		);
	}

	return [
		'ClusterName=lab',
		`SlurmctldHost=${machine}(127.0.0.1)`,
		`SlurmctldPort=${await quietPort()}`,
		'CommunicationParameters=NoInAddrAny,NoCtldInAddrAny',
		'SlurmUser=root',
		'SlurmdUser=root',
		'AuthType=auth/munge',
		`AuthInfo=socket=${folder}/munge.socket`,
		'CredType=cred/munge',
		`StateSaveLocation=${folder}/state`,
		`SlurmdSpoolDir=${folder}/spool-%n`,
		`SlurmctldPidFile=${folder}/slurmctld.pid`,
		`SlurmdPidFile=${folder}/%n.pid`,
		`SlurmctldLogFile=${folder}/slurmctld.log`,
		`SlurmdLogFile=${folder}/%n.log`,
		'MailProg=/bin/true',
		'ProctrackType=proctrack/linuxproc',
		'TaskPlugin=task/none',
		'SwitchType=switch/none',
		'MpiDefault=none',
		'SelectType=select/cons_tres',
		'SelectTypeParameters=CR_CPU_Memory',
		'DefMemPerCPU=100',
		'SchedulerType=sched/backfill',
		'SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000,bf_interval=1',
		'JobAcctGatherType=jobacct_gather/linux',
		'JobAcctGatherFrequency=task=1',
		'JobAcctGatherParams=OverMemoryKill',
		'AccountingStorageType=accounting_storage/none',
		'JobCompType=jobcomp/none',
		'SlurmdParameters=config_overrides',
		'KillWait=2',
		'ReturnToService=2',
		'GresTypes=gpu',
		...config,
		...nodeLines,
		`PartitionName=${partition} Nodes=${nodes.join(',')} Default=YES MaxTime=INFINITE State=UP`,
		'',
	].join('\n');
}
